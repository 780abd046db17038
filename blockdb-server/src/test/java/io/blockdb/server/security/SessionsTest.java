package io.blockdb.server.security;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How sessions begin, end, and stay few. */
class SessionsTest {
    private static final String ADA = "00000000000000aa";
    private static final String BOB = "00000000000000bb";

    private final Sessions sessions = new Sessions(Duration.ofHours(24));
    private final TestClock clock = new TestClock();

    private String open(String principal) {
        return sessions.open(principal, 7, clock.instant()).token();
    }

    @Test
    void aSessionIsFoundByItsTokenUntilItEndsOrExpires() {
        String token = open(ADA);
        String other = open(ADA);
        assertNotEquals(token, other);
        assertTrue(Sessions.isToken(token));
        assertEquals(47, token.length());
        assertEquals(ADA, sessions.find(token, clock.instant()).principal());
        assertNull(sessions.find(token.substring(1), clock.instant()));
        assertTrue(sessions.end(token));
        assertFalse(sessions.end(token));
        assertNull(sessions.find(token, clock.instant()));
        clock.pass(Duration.ofHours(24).minusMillis(1));
        assertNotNull(sessions.find(other, clock.instant()));
        clock.pass(Duration.ofMillis(1));
        assertNull(sessions.find(other, clock.instant()));
        open(BOB);
        assertEquals(1, sessions.size(), "what has expired makes room");
    }

    @Test
    void whoHasTooManyLosesTheOldest() {
        String kept = open(BOB);
        List<String> own = new ArrayList<>();
        for (int i = 0; i < 101; i++) {
            own.add(open(ADA));
        }
        assertEquals(101, sessions.size());
        assertNull(sessions.find(own.get(0), clock.instant()));
        assertNotNull(sessions.find(own.get(1), clock.instant()));
        assertNotNull(sessions.find(kept, clock.instant()));
    }

    @Test
    void noTextShowsAToken() {
        Sessions.Opened opened = sessions.open(ADA, 7, clock.instant());
        assertFalse(opened.toString().contains(opened.token()));
    }
}
