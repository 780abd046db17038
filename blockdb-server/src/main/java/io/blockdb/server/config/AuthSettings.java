package io.blockdb.server.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The table {@code [auth]}: who may do what. */
final class AuthSettings {
    private static final String SECTION = "auth";

    static final Setting<Boolean> ENABLED = new Setting<>(
            SECTION,
            "enabled",
            Kinds.yesOrNo(),
            "false",
            "Whether callers must say who they are. The first admin is made on the machine itself, with",
            "'blockdb-cli auth'.");
    static final Setting<Boolean> REQUIRE_AUTH_FOR_READS = new Setting<>(
            SECTION,
            "require_auth_for_reads",
            Kinds.yesOrNo(),
            "true",
            "Whether those who only read must too. It has no meaning while authentication is off.");
    static final Setting<Duration> SESSION_DURATION_HOURS = new Setting<>(
            SECTION,
            "session_duration_hours",
            Kinds.time(Duration.ofMinutes(1), Duration.ofDays(365), Duration.ofHours(1)),
            "24",
            "Hours that a login lasts.");
    static final Setting<Integer> PASSWORD_ROUNDS = new Setting<>(
            SECTION,
            "password_rounds",
            Kinds.whole(100_000, 100_000_000),
            "600000",
            "Rounds of PBKDF2-HMAC-SHA256 for passwords set from now on: what one guess costs a thief.");
    static final Setting<Integer> LOCKOUT_FAILURES = new Setting<>(
            SECTION,
            "lockout_failures",
            Kinds.whole(1, 1000),
            "5",
            "Failed logins in a row that lock a principal out for a while.");
    static final Setting<Duration> LOCKOUT_TIME = new Setting<>(
            SECTION,
            "lockout_time",
            Kinds.time(Duration.ofSeconds(1), Duration.ofDays(1), null),
            "30s",
            "How long the first lock-out lasts; each further failure makes it twice as long.");
    static final Setting<Duration> LOCKOUT_TIME_MAX = new Setting<>(
            SECTION,
            "lockout_time_max",
            Kinds.time(Duration.ofSeconds(1), Duration.ofDays(7), null),
            "15m",
            "How long one lasts at most.");
    static final Setting<Optional<Path>> AUDIT_FILE = new Setting<>(
            SECTION,
            "audit_file",
            Kinds.fileOrNone(),
            "",
            "File of the trail of refused requests, a line each. \"\": it goes into the log. A new file is begun, and old",
            "ones are deleted, as logging.file_size and files_kept say.");

    static final List<Setting<?>> ALL = List.of(
            ENABLED,
            REQUIRE_AUTH_FOR_READS,
            SESSION_DURATION_HOURS,
            PASSWORD_ROUNDS,
            LOCKOUT_FAILURES,
            LOCKOUT_TIME,
            LOCKOUT_TIME_MAX,
            AUDIT_FILE);

    private AuthSettings() {}

    static ServerConfig.Auth config(Values values) {
        return new ServerConfig.Auth(
                values.get(ENABLED),
                values.get(REQUIRE_AUTH_FOR_READS),
                values.get(SESSION_DURATION_HOURS),
                values.get(PASSWORD_ROUNDS),
                values.get(LOCKOUT_FAILURES),
                values.get(LOCKOUT_TIME),
                values.get(LOCKOUT_TIME_MAX),
                values.get(AUDIT_FILE).orElse(null));
    }
}
