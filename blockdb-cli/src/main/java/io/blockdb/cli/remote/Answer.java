package io.blockdb.cli.remote;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * What a server answered. Compared by identity; the body is the holder's own.
 *
 * @param place host and port of the server, for messages
 * @param status HTTP's status
 * @param type the body's media type, without parameters; empty: none was said
 * @param body the body
 * @param retryAfterSeconds when to ask again; -1: not said
 */
record Answer(String place, int status, String type, byte[] body, int retryAfterSeconds) {
    /** Whether the server did what it was asked. */
    boolean good() {
        return status >= 200 && status < 300;
    }

    /** Whether the body is JSON. */
    boolean isJson() {
        return type.equals("application/json") || type.equals("application/problem+json");
    }

    /**
     * The body as an object of JSON.
     *
     * @throws IOException if it is none
     */
    Fields fields() throws IOException {
        if (!isJson()) {
            throw new IOException(notOurs());
        }
        return Fields.parse(place, body);
    }

    /** The body as text. */
    String text() {
        return new String(body, StandardCharsets.UTF_8);
    }

    /** What is said of an answer that no BlockDB server gives. */
    String notOurs() {
        return "what answers at " + place + " is no BlockDB server, or is one of another version (status " + status
                + "): check --url";
    }

    @Override
    public boolean equals(Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }

    @Override
    public String toString() {
        return status + " " + type + " of " + place + ", " + body.length + " bytes";
    }
}
