package io.blockdb.cli.remote;

import io.blockdb.cli.database.NotAllowedException;
import io.blockdb.db.DuplicateKeyException;
import io.blockdb.db.ErasedException;
import io.blockdb.db.RefusedException;
import io.blockdb.db.RefusedException.Reason;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What a server did not do, as the exceptions that the engine itself would throw. */
final class Refusal {
    private static final int BAD_REQUEST = 400;
    private static final int SERVER_ERROR = 500;
    /** Why there is nothing where no BlockDB server has anything: the address has a path too many. */
    private static final String NO_SUCH_PATH = "NO_SUCH_PATH";

    private Refusal() {}

    /**
     * The answer, if it is a good one.
     *
     * @throws RefusedException if the rules of the ledger refused the write
     * @throws ErasedException if the value was erased
     * @throws IllegalArgumentException if the request was not one
     * @throws IOException if the server could not, or may not
     */
    static Answer check(Answer answer) throws IOException {
        if (answer.good()) {
            return answer;
        }
        if (!answer.isJson() || answer.status() < BAD_REQUEST) {
            throw new IOException(answer.notOurs());
        }
        Fields problem = answer.fields();
        String error = problem.textOrNull("error");
        String message = problem.textOrNull("message");
        if (error == null || message == null) {
            throw new IOException(answer.notOurs());
        }
        String why = problem.textOrNull("reason");
        if (NO_SUCH_PATH.equals(why)) {
            throw new IOException(answer.notOurs());
        }
        Reason reason = reason(why);
        if (error.equals("DuplicateKey")) {
            throw new DuplicateKeyException(operations(problem), message);
        }
        if (reason != null) {
            throw new RefusedException(reason, operations(problem), message);
        }
        switch (error) {
            case "Erased":
                throw new ErasedException(problem.number("erasure_sequence"));
            case "NotFound":
                throw new AbsentException(message);
            case "InvalidRequest":
            case "TooLarge":
                throw new IllegalArgumentException(message);
            case "Unauthorized":
                throw new IOException(answer.place() + " does not know who asks: " + message
                        + "; --token-file or BLOCKDB_TOKEN says it");
            case "Forbidden":
                throw new NotAllowedException(message);
            case "Conflict":
                throw new ConflictException(message);
            default:
                throw new IOException(answer.status() < SERVER_ERROR ? message : told(answer, error, message));
        }
    }

    private static String told(Answer answer, String error, String message) {
        return error.equals("Internal") ? "the server at " + answer.place() + " could not: " + message : message;
    }

    private static @Nullable Reason reason(@Nullable String name) {
        if (name == null) {
            return null;
        }
        try {
            return Reason.valueOf(name.toUpperCase(Locale.ROOT).replace('-', '_'));
        } catch (IllegalArgumentException e) {
            return null; // of a newer server: its words say enough
        }
    }

    private static List<Integer> operations(Fields problem) throws IOException {
        List<Integer> operations = new ArrayList<>();
        for (Object number : problem.has("operations") ? problem.list("operations") : List.of()) {
            if (number instanceof Long index) {
                operations.add(index.intValue());
            }
        }
        return operations;
    }

    /** What stands there speaks against it, other than by the rules of the ledger. */
    static final class ConflictException extends IOException {
        private static final long serialVersionUID = 1L;

        ConflictException(String message) {
            super(message);
        }
    }

    /** There is nothing of what was asked for. */
    static final class AbsentException extends IOException {
        private static final long serialVersionUID = 1L;

        AbsentException(String message) {
            super(message);
        }
    }
}
