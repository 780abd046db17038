package io.blockdb.server.security;

import org.jspecify.annotations.Nullable;

/**
 * What there is to know of a request before anything of it is believed.
 *
 * @param id what the request is called, in its answer and in the logs
 * @param method the HTTP method
 * @param path the path, without the query
 * @param source the address that it came from
 * @param authorization the header of that name, or null
 */
public record RequestFacts(
        String id,
        String method,
        String path,
        String source,
        @Nullable String authorization) {
    /** Shows no secret. */
    @Override
    public String toString() {
        return method + " " + path + " from " + source;
    }
}
