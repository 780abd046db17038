package io.blockdb.client;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import org.jspecify.annotations.Nullable;

/**
 * An answer, read to its end.
 *
 * @param retryAfter how long the server asks to wait; null where it does not say
 */
record Answer(int status, byte[] body, @Nullable Duration retryAfter) {
    private static final long LONGEST_WAIT_SECONDS = 365L * 24 * 3600;

    /** What a {@code Retry-After} says, in either of its forms (RFC 9110, 10.2.3); null where it makes no sense. */
    static @Nullable Duration retryAfter(@Nullable String header, Instant now) {
        if (header == null) {
            return null;
        }
        String text = header.strip();
        if (!text.isEmpty() && text.length() <= 10 && text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return Duration.ofSeconds(Math.min(Long.parseLong(text), LONGEST_WAIT_SECONDS));
        }
        try {
            Duration wait = Duration.between(
                    now,
                    ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME)
                            .toInstant());
            return wait.isNegative() ? Duration.ZERO : wait;
        } catch (DateTimeParseException e) {
            return null;
        }
    }

    /** The beginning of the body for a message: one line, nothing that a terminal would obey. */
    String excerpt(int lengthMax) {
        String text = new String(body, 0, Math.min(body.length, lengthMax), StandardCharsets.UTF_8)
                .replaceAll("[\\p{Cntrl}\\s]+", " ")
                .strip();
        return text.isEmpty() ? "(empty)" : text;
    }
}
