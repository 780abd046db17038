package io.blockdb.server.metrics;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.config.MeterFilterReply;

/**
 * Gives two of Micrometer's metrics the names that Prometheus' own check of names takes: seconds instead of nanoseconds, and no
 * {@code _count} that is not one of a histogram.
 */
final class PlainNames implements MeterFilter {
    @Override
    public MeterFilterReply accept(Meter.Id id) {
        return id.getName().equals("process.cpu.time") ? MeterFilterReply.DENY : MeterFilterReply.NEUTRAL;
    }

    @Override
    public Meter.Id map(Meter.Id id) {
        return id.getName().equals("system.cpu.count") ? id.withName("system.cpus") : id;
    }
}
