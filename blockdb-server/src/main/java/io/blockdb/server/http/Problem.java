package io.blockdb.server.http;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What is answered instead of a result: a problem of RFC 9457, with the fields that BlockDB's users know.
 *
 * <p>Threading: one thread at a time.
 */
public final class Problem extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** The kinds of problems, each with its status. */
    public enum Kind {
        /** The request is not one. */
        INVALID_REQUEST(400, "InvalidRequest"),
        /** Nobody knows who asks. */
        UNAUTHORIZED(401, "Unauthorized"),
        /** Who asks may not. */
        FORBIDDEN(403, "Forbidden"),
        /** There is nothing there. */
        NOT_FOUND(404, "NotFound"),
        /** The path takes other methods. */
        METHOD_NOT_ALLOWED(405, "MethodNotAllowed"),
        /** Nothing is served in a form that the request accepts. */
        NOT_ACCEPTABLE(406, "NotAcceptable"),
        /** A key of a write-once table holds another value. */
        DUPLICATE_KEY(409, "DuplicateKey"),
        /** What stands there speaks against it. */
        CONFLICT(409, "Conflict"),
        /** The value was erased. */
        ERASED(410, "Erased"),
        /** A limit is exceeded. */
        TOO_LARGE(413, "TooLarge"),
        /** The body is of another type. */
        UNSUPPORTED_MEDIA_TYPE(415, "UnsupportedMediaType"),
        /** Too many requests. */
        RATE_LIMITED(429, "RateLimited"),
        /** A mistake of the server's. */
        INTERNAL(500, "Internal"),
        /** Nothing can be written now. */
        READ_ONLY(503, "ReadOnly"),
        /** The server cannot serve yet, or not now. */
        NOT_READY(503, "NotReady"),
        /** The cluster has no leader now. */
        NO_LEADER(503, "NoLeader"),
        /** Nobody knows whether it was done. */
        TIMEOUT(504, "Timeout"),
        /** The disk is nearly full. */
        DISK_FULL(507, "DiskFull");

        private final int status;
        private final String error;

        Kind(int status, String error) {
            this.status = status;
            this.error = error;
        }

        /** The kind that a status has where nothing more is known. */
        static Kind of(int status) {
            if (status == CONFLICT.status) {
                return CONFLICT;
            }
            if (status == NOT_READY.status) {
                return NOT_READY;
            }
            for (Kind kind : values()) {
                if (kind.status == status) {
                    return kind;
                }
            }
            return status < INTERNAL.status ? INVALID_REQUEST : INTERNAL;
        }

        /** The HTTP status. */
        public int status() {
            return status;
        }

        /** The name in the field {@code error}. */
        public String error() {
            return error;
        }
    }

    private final Kind kind;
    private final transient Map<String, Object> more = new TreeMap<>();
    private int retryAfterSeconds;

    /** A problem, told to the person who reads it. */
    public Problem(Kind kind, String message) {
        super(message, null, false, false);
        this.kind = kind;
    }

    /** A request that is not one. */
    static Problem invalid(String message) {
        return new Problem(Kind.INVALID_REQUEST, message);
    }

    /**
     * Adds a field: a text, a number, a truth, or a list of numbers.
     *
     * @return this
     */
    public Problem with(String name, Object value) {
        more.put(name, value instanceof List<?> list ? List.copyOf(list) : value);
        return this;
    }

    /**
     * Says when to ask again.
     *
     * @return this
     */
    public Problem retryAfter(int seconds) {
        retryAfterSeconds = seconds;
        return this;
    }

    /** Its kind. */
    public Kind kind() {
        return kind;
    }

    /** Fields of this problem alone. */
    Map<String, Object> more() {
        return more;
    }

    /** After how many seconds to ask again; 0: not said. */
    public int retryAfterSeconds() {
        return retryAfterSeconds;
    }

    /** The text that stands in {@code detail} and {@code message}. */
    public String text() {
        String text = getMessage();
        return text == null ? kind.error() : text;
    }
}
