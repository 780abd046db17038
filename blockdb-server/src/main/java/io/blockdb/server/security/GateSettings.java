package io.blockdb.server.security;

import io.blockdb.access.PasswordHash;
import io.blockdb.server.config.ServerConfig;
import java.time.Duration;

/**
 * Who is let in, and how.
 *
 * @param enabled whether callers must say who they are; else everybody may do everything
 * @param requireAuthForReads whether those who only read must too
 * @param sessionDuration how long a login lasts
 * @param passwordRounds how often a new password is hashed
 * @param lockoutFailures failed attempts in a row after which a principal is locked out from where they came
 * @param lockoutTime how long the first lock-out lasts; each further failure doubles it
 * @param lockoutTimeMax how long one lasts at most
 */
public record GateSettings(
        boolean enabled,
        boolean requireAuthForReads,
        Duration sessionDuration,
        int passwordRounds,
        int lockoutFailures,
        Duration lockoutTime,
        Duration lockoutTimeMax) {
    /** What the server's settings say of it. */
    public static GateSettings of(ServerConfig.Auth auth) {
        return new GateSettings(
                auth.enabled(),
                auth.requireAuthForReads(),
                auth.sessionDuration(),
                auth.passwordRounds(),
                auth.lockoutFailures(),
                auth.lockoutTime(),
                auth.lockoutTimeMax());
    }

    /** Nobody is asked. */
    public static final GateSettings OPEN = new GateSettings(
            false, true, Duration.ofHours(24), PasswordHash.ROUNDS, 5, Duration.ofSeconds(30), Duration.ofMinutes(15));
}
