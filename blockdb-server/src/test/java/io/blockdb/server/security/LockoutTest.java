package io.blockdb.server.security;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** How failures are counted, and for how long they lock out. */
class LockoutTest {
    private static final Duration FIRST = Duration.ofSeconds(30);
    private static final Duration LONGEST = Duration.ofMinutes(15);

    private final Lockout lockout = new Lockout(3, FIRST, LONGEST);
    private final TestClock clock = new TestClock();

    private Duration fail(String name) {
        return lockout.failed(name, clock.instant());
    }

    private Duration left(String name) {
        return lockout.remaining(name, clock.instant());
    }

    @Test
    void theFirstFailuresAreFreeAndEachFurtherOneDoublesTheTime() {
        assertEquals(Duration.ZERO, fail("ada"));
        assertEquals(Duration.ZERO, fail("ada"));
        assertEquals(Duration.ZERO, left("ada"));
        assertEquals(FIRST, fail("ada"));
        assertEquals(FIRST, left("ada"));
        assertEquals(Duration.ZERO, left("bob"));
        clock.pass(Duration.ofSeconds(29));
        assertEquals(Duration.ofSeconds(1), left("ada"));
        clock.pass(Duration.ofSeconds(1));
        assertEquals(Duration.ZERO, left("ada"));
        assertEquals(FIRST.multipliedBy(2), fail("ada"));
        assertEquals(FIRST.multipliedBy(4), fail("ada"));
        for (int i = 0; i < 100; i++) {
            fail("ada");
        }
        assertEquals(LONGEST, left("ada"));
    }

    @Test
    void successAndQuietForget() {
        fail("ada");
        fail("ada");
        lockout.succeeded("ada");
        fail("ada");
        assertEquals(Duration.ZERO, fail("ada"));
        clock.pass(LONGEST);
        assertEquals(Duration.ZERO, fail("ada"), "what was quiet for so long counts anew");
        assertEquals(1, lockout.size());
    }

    @Test
    void memoryIsBoundedAndTheOldestGoes() {
        for (int i = 0; i < 3; i++) {
            fail("ada");
        }
        for (int i = 0; i < 9_999; i++) {
            fail("name" + i);
        }
        assertEquals(10_000, lockout.size());
        assertEquals(FIRST, left("ada"), "looking at it keeps it");
        for (int i = 0; i < 20_000; i++) {
            fail("other" + i);
        }
        assertEquals(10_000, lockout.size());
        assertEquals(Duration.ZERO, left("ada"));
    }

    @Test
    void aSourceIsAnAddressOrANetworkOfIpv6() {
        assertEquals("192.0.2.7", Sources.of("192.0.2.7"));
        assertEquals("2001:db8:1:2::/64", Sources.of("2001:db8:1:2:3:4:5:6"));
        assertEquals("2001:db8:1:2::/64", Sources.of("[2001:db8:1:2:ffff:4:5:6%eth0]"));
    }
}
