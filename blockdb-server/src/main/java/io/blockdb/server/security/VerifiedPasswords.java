package io.blockdb.server.security;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.blockdb.base.Hash;
import io.blockdb.db.Principals;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Remembers for a short time which names and passwords were right, so that a client which sends them with every request has them
 * hashed once in a while. What is remembered is an HMAC under a key that this process drew, and no password.
 *
 * <p>Memory is bounded. Threading: any thread.
 */
final class VerifiedPasswords {
    private static final int REMEMBERED_MAX = 1_000;
    private static final Duration LIFETIME = Duration.ofMinutes(5);
    private static final int KEY_LENGTH = 32;

    private final byte[] key = new byte[KEY_LENGTH];

    @GuardedBy("this")
    private final Map<Hash, Remembered> remembered = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Hash, Remembered> eldest) {
            return size() > REMEMBERED_MAX;
        }
    };

    private record Remembered(Principals.Proven proven, Instant until) {}

    VerifiedPasswords() {
        new SecureRandom().nextBytes(key);
    }

    /** What a name and a password proved not long ago, or null. Whether it still holds is for the caller to see. */
    Principals.@Nullable Proven find(String name, String password, Instant now) {
        Hash digest = Digests.keyed(key, name + ":" + password);
        synchronized (this) {
            Remembered known = remembered.get(digest);
            if (known != null && !known.until().isAfter(now)) {
                remembered.remove(digest);
                return null;
            }
            return known == null ? null : known.proven();
        }
    }

    /** Takes note of a name and a password that were right. */
    void add(String name, String password, Principals.Proven proven, Instant now) {
        Hash digest = Digests.keyed(key, name + ":" + password);
        synchronized (this) {
            remembered.put(digest, new Remembered(proven, now.plus(LIFETIME)));
        }
    }
}
