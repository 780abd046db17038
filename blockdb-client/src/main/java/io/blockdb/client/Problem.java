package io.blockdb.client;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An answer with a status of 400 or more: what RFC 9457 and the server's own fields say of it.
 *
 * @param ours whether it has the server's form; else something between here and there answered
 * @param error the refusal's name
 * @param retrySafe what the server says of repeating the request; null where it says nothing
 * @param erasureSequence -1 where there is none
 */
record Problem(
        int status,
        boolean ours,
        String error,
        String message,
        List<Integer> operations,
        long erasureSequence,
        @Nullable Boolean retrySafe,
        @Nullable Duration retryAfter) {
    private static final int EXCERPT_LENGTH = 200;
    /** Why there is nothing where no server has anything: the address has a path too many. That is not that a key is absent. */
    private static final String NO_SUCH_PATH = "NO_SUCH_PATH";

    static Problem of(Answer answer) {
        try {
            Json json = Json.parse(answer.body(), "the problem");
            List<Integer> operations = new ArrayList<>();
            for (Object operation : json.listOrEmpty("operations")) {
                if (operation instanceof Long number) {
                    operations.add(Math.toIntExact(number));
                }
            }
            Long single = json.numberOrNull("operation");
            if (single != null && operations.isEmpty()) {
                operations.add(Math.toIntExact(single));
            }
            if (NO_SUCH_PATH.equals(json.textOrNull("reason"))) {
                return notOurs(answer);
            }
            Long erasure = json.numberOrNull("erasure_sequence");
            return new Problem(
                    answer.status(),
                    true,
                    json.text("error"),
                    json.text("message"),
                    List.copyOf(operations),
                    erasure == null ? -1 : erasure,
                    json.flagOrNull("retry_safe"),
                    answer.retryAfter());
        } catch (MalformedAnswerException | ArithmeticException malformed) {
            return notOurs(answer);
        }
    }

    private static Problem notOurs(Answer answer) {
        return new Problem(
                answer.status(),
                false,
                "HTTP",
                "not an answer of BlockDB: " + answer.excerpt(EXCERPT_LENGTH),
                List.of(),
                -1,
                null,
                answer.retryAfter());
    }

    boolean is(String name) {
        return ours && error.equals(name);
    }
}
