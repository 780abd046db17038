package io.blockdb.access;

import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * What is known of an API token, but for what proves it. Immutable.
 *
 * @param principal id of the principal that whoever shows the token is taken for
 * @param id 16 hexadecimal digits
 * @param label what it is for, by whoever made it; at most 128 bytes of UTF-8
 * @param expiresAt from when on it is refused, in microseconds since the Unix epoch; 0 = never
 * @param active false once it was revoked
 */
public record ApiToken(String principal, String id, String label, long expiresAt, boolean active) {
    /** Most bytes of UTF-8 that a label can have. */
    public static final int LABEL_LENGTH_MAX = 128;

    private static final Pattern LONE_SURROGATE = Pattern.compile("\\p{Cs}");

    /** @throws IllegalArgumentException if an argument is not as described */
    public ApiToken {
        Principal.checkId(principal);
        Principal.checkId(id);
        if (label.getBytes(StandardCharsets.UTF_8).length > LABEL_LENGTH_MAX) {
            throw new IllegalArgumentException("a token's label must have at most " + LABEL_LENGTH_MAX + " bytes");
        }
        if (label.chars().anyMatch(Character::isISOControl)
                || LONE_SURROGATE.matcher(label).find()) {
            throw new IllegalArgumentException("a token's label must be text without control characters");
        }
        if (expiresAt < 0) {
            throw new IllegalArgumentException("a token cannot expire at " + expiresAt + ": that is before 1970");
        }
    }

    /** Whether it is refused at a time, in microseconds since the Unix epoch, because it has expired. */
    public boolean isExpired(long timeMicros) {
        return expiresAt != 0 && expiresAt <= timeMicros;
    }

    /** The same token, revoked. */
    public ApiToken revoked() {
        return new ApiToken(principal, id, label, expiresAt, false);
    }
}
