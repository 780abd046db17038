package io.blockdb.server.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class QuantitiesTest {
    @Test
    void sizesAreBytesOrHaveAUnitOf1024() {
        assertEquals(Optional.of(65_536L), Quantities.bytes("65536"));
        assertEquals(Optional.of(64L << 10), Quantities.bytes("64KB"));
        assertEquals(Optional.of(64L << 20), Quantities.bytes(" 64 mb "));
        assertEquals(Optional.of(3L << 40), Quantities.bytes("3TB"));
        for (String none : new String[] {"", "MB", "-1", "1.5MB", "1XB", "999999999999999TB", "9999999999999999"}) {
            assertEquals(Optional.empty(), Quantities.bytes(none), none);
        }
    }

    @Test
    void sizesAreWrittenExactly() {
        for (long bytes : new long[] {0, 1, 1023, 1024, 1025, 1536, 64L << 20, 3L << 40, (64L << 20) + 1}) {
            assertEquals(Optional.of(bytes), Quantities.bytes(Quantities.bytesText(bytes)));
        }
        assertEquals("64MB", Quantities.bytesText(64L << 20));
    }

    @Test
    void timesHaveAUnitUnlessOneIsUsual() {
        assertEquals(Optional.of(Duration.ofMillis(500)), Quantities.time("500ms", null));
        assertEquals(Optional.of(Duration.ofSeconds(90)), Quantities.time("90 s", null));
        assertEquals(Optional.of(Duration.ofDays(7)), Quantities.time("7d", Duration.ofSeconds(1)));
        assertEquals(Optional.of(Duration.ofHours(24)), Quantities.time("24", Duration.ofHours(1)));
        for (String none : new String[] {"", "5", "s", "-5s", "1.5s", "5y", "999999999999999d"}) {
            assertEquals(Optional.empty(), Quantities.time(none, null), none);
        }
    }

    @Test
    void timesAreWrittenExactly() {
        for (Duration time : new Duration[] {
            Duration.ZERO, Duration.ofMillis(1), Duration.ofMillis(1500), Duration.ofSeconds(90), Duration.ofDays(2)
        }) {
            assertEquals(Optional.of(time), Quantities.time(Quantities.timeText(time), null));
        }
        assertEquals("90s", Quantities.timeText(Duration.ofSeconds(90)));
    }
}
