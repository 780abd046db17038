package io.blockdb.server.security;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.blockdb.base.Hash;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Who is logged in at this server. Kept in memory alone, by the SHA-256 of what the client shows: a restart logs everybody out,
 * and a copy of the memory lets nobody in.
 *
 * <p>Memory is bounded: the oldest session of the principal that has too many goes, then the oldest of all. Threading: any thread.
 */
final class Sessions {
    private static final int SESSIONS_MAX = 100_000;
    private static final int SESSIONS_OF_ONE_MAX = 100;
    private static final int SECRET_LENGTH = 32;
    private static final Pattern FORM = Pattern.compile("bds_[A-Za-z0-9_-]{43}");

    private final Duration duration;
    private final SecureRandom random = new SecureRandom();

    /** By the digest of the token, the oldest first. */
    @GuardedBy("this")
    private final Map<Hash, Session> sessions = new LinkedHashMap<>();

    @GuardedBy("this")
    private final Map<String, Integer> ofPrincipal = new LinkedHashMap<>();

    /**
     * A login.
     *
     * @param principal id of who logged in
     * @param credential sequence of the password's entry that was compared: with another password the session ends
     */
    record Session(String principal, long credential, Instant expiresAt) {}

    /** What a client is told of its new session; the token is shown once. */
    record Opened(String token, Instant expiresAt) {
        /** Shows no secret. */
        @Override
        public String toString() {
            return "a session until " + expiresAt;
        }
    }

    Sessions(Duration duration) {
        this.duration = duration;
    }

    /** Whether a text has the form of a session's token. */
    static boolean isToken(String shown) {
        return FORM.matcher(shown).matches();
    }

    /** Begins a session. */
    Opened open(String principal, long credential, Instant now) {
        byte[] secret = new byte[SECRET_LENGTH];
        random.nextBytes(secret);
        String token = "bds_" + Base64.getUrlEncoder().withoutPadding().encodeToString(secret);
        Session session = new Session(principal, credential, now.plus(duration));
        Hash digest = Digests.sha256(token);
        synchronized (this) {
            makeRoom(principal, now);
            sessions.put(digest, session);
            ofPrincipal.merge(principal, 1, Integer::sum);
        }
        return new Opened(token, session.expiresAt());
    }

    @GuardedBy("this")
    private void makeRoom(String principal, Instant now) {
        // All last equally long: those that have expired come first.
        Iterator<Map.Entry<Hash, Session>> oldest = sessions.entrySet().iterator();
        while (oldest.hasNext()) {
            Session session = oldest.next().getValue();
            if (session.expiresAt().isAfter(now) && sessions.size() < SESSIONS_MAX) {
                break;
            }
            oldest.remove();
            counted(session);
        }
        if (ofPrincipal.getOrDefault(principal, 0) >= SESSIONS_OF_ONE_MAX) {
            Iterator<Session> own = sessions.values().iterator();
            for (boolean found = false; !found && own.hasNext(); ) {
                Session session = own.next();
                found = session.principal().equals(principal);
                if (found) {
                    own.remove();
                    counted(session);
                }
            }
        }
    }

    @GuardedBy("this")
    private void counted(Session gone) {
        ofPrincipal.computeIfPresent(gone.principal(), (id, count) -> count == 1 ? null : count - 1);
    }

    /** The session of a token, or null where there is none or it has expired. */
    @Nullable
    Session find(String shown, Instant now) {
        Hash digest = Digests.sha256(shown);
        synchronized (this) {
            Session session = sessions.get(digest);
            return session == null || !session.expiresAt().isAfter(now) ? null : session;
        }
    }

    /** Ends a session; whether there was one. */
    boolean end(String shown) {
        Hash digest = Digests.sha256(shown);
        synchronized (this) {
            Session gone = sessions.remove(digest);
            if (gone != null) {
                counted(gone);
            }
            return gone != null;
        }
    }

    /** How many there are, those included that have expired and were not looked at since. */
    synchronized int size() {
        return sessions.size();
    }
}
