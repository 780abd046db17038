package io.blockdb.bench;

import java.util.Arrays;
import java.util.concurrent.ConcurrentHashMap;
import org.HdrHistogram.Histogram;

/**
 * When writes were sent and answered, and when their events arrived, by the sequences of their entries.
 *
 * <p>Threading: any thread notes; one collects, when all is over.
 */
final class WriteTimes {
    private final ConcurrentHashMap<Long, Write> writes = new ConcurrentHashMap<>();
    private final int expected;

    WriteTimes(int expected) {
        this.expected = expected;
    }

    /** Of one write; the arrivals of its events are the reader's until all is over. */
    private static final class Write {
        private volatile int number = -1;
        private volatile long sent;
        private volatile long answered;
        private long[] arrivals = new long[1];
        private int arrived;
    }

    private Write of(long sequence) {
        return writes.computeIfAbsent(sequence, first -> new Write());
    }

    void note(long sequence, int number, long sent, long answered) {
        Write write = of(sequence);
        write.sent = sent;
        write.answered = answered;
        write.number = number;
    }

    /** Notes an event; called by one thread. */
    void arrived(long sequence, long nanos) {
        Write write = of(sequence);
        if (write.arrived == write.arrivals.length) {
            write.arrivals = Arrays.copyOf(write.arrivals, 2 * write.arrived);
        }
        write.arrivals[write.arrived++] = nanos;
    }

    /** Puts the times in microseconds into histograms, without those of the first writes. */
    void collect(int skipped, int count, int events, Histogram sent, Histogram answered, Histogram last) {
        if (count != expected || writes.size() != count) {
            System.out.println("of " + count + " writes " + writes.size() + " were seen");
        }
        for (Write write : writes.values()) {
            if (write.number < skipped) {
                continue;
            }
            long latest = 0;
            for (int i = 0; i < write.arrived; i++) {
                sent.recordValue(micros(write.arrivals[i] - write.sent));
                answered.recordValue(micros(write.arrivals[i] - write.answered));
                latest = Math.max(latest, write.arrivals[i]);
            }
            if (write.arrived == events) {
                last.recordValue(micros(latest - write.sent));
            }
        }
    }

    /** An event may arrive before the answer to its write does: no time at all then. */
    private static long micros(long nanos) {
        return Math.max(0, nanos / 1000);
    }
}
