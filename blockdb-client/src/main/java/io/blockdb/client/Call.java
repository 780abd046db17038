package io.blockdb.client;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A request as it is to be sent, perhaps several times.
 *
 * @param path path and query, as they stand on the wire
 * @param body JSON; null: there is none
 * @param accept media type of the answer
 * @param repeat whether it may be sent again when it may have arrived
 * @param timeout for one attempt, from sending to the end of the answer
 */
record Call(
        String method,
        String path,
        byte @Nullable [] body,
        String accept,
        @Nullable String idempotencyKey,
        Repeat repeat,
        Duration timeout) {
    static final String JSON = "application/json";
    static final String TEXT = "text/plain";

    /** Whether a request may be sent again when it may have arrived. */
    enum Repeat {
        /** It changes nothing. */
        READ,
        /** It writes, and writing it again is the same write. */
        SAFE_WRITE,
        /** It writes, and may write twice. */
        UNSAFE_WRITE
    }

    static Call get(String path, String accept, Duration timeout) {
        return new Call("GET", path, null, accept, null, Repeat.READ, timeout);
    }

    boolean writes() {
        return repeat != Repeat.READ;
    }

    /** For messages: what is asked, without query and values. */
    @Override
    public String toString() {
        int query = path.indexOf('?');
        return method + " " + (query < 0 ? path : path.substring(0, query));
    }
}
