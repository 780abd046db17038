package io.blockdb.cli;

import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;

/** How long an entry is seen: seconds, or a number with s, m, h or d. */
final class TimeToLive {
    private static final long SECONDS_MAX = 100L * 366 * 24 * 3600;

    private TimeToLive() {}

    /**
     * The seconds of a time such as {@code 90}, {@code 10m}, {@code 2h} or {@code 7d}.
     *
     * @throws UsageException if it is none, zero, or longer than a hundred years
     */
    static long parse(String written) {
        int length = written.length();
        long unit = length == 0
                ? 0
                : switch (written.charAt(length - 1)) {
                    case 's' -> 1;
                    case 'm' -> 60;
                    case 'h' -> 3600;
                    case 'd' -> 24 * 3600;
                    default -> 0;
                };
        String digits = unit == 0 ? written : written.substring(0, length - 1);
        if (digits.isEmpty() || digits.length() > 12 || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw new UsageException(
                    "'" + written + "' is not a time to live: write seconds, or a number with s, m, h or d");
        }
        return checked(Long.parseLong(digits) * Math.max(unit, 1));
    }

    /** The seconds themselves, if they are from 1 to a hundred years. */
    static long checked(long seconds) {
        if (seconds < 1 || seconds > SECONDS_MAX) {
            throw new UsageException("a time to live must be from 1 second to 100 years");
        }
        return seconds;
    }

    /** When an entry written now expires, in microseconds since the Unix epoch. */
    static long expiry(InstantSource clock, long seconds) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, clock.instant()) + seconds * 1_000_000;
    }
}
