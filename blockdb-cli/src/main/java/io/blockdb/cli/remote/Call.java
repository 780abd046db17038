package io.blockdb.cli.remote;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * A request in the making.
 *
 * <p>Threading: one thread at a time.
 */
final class Call {
    private final String method;
    private final StringBuilder path;
    private boolean query;
    private byte @Nullable [] body;
    private @Nullable String idempotencyKey;
    private @Nullable String lastEventId;
    private String accept = "application/json";
    private boolean repeatable;
    private boolean patient;
    private int sent;

    private Call(String method, String path, boolean repeatable) {
        this.method = method;
        this.path = new StringBuilder(path);
        this.repeatable = repeatable;
    }

    /** Asks for something, which changes nothing. */
    static Call get(String path) {
        return new Call("GET", path, true);
    }

    /** Asks for something to be done. */
    static Call post(String path, byte[] json) {
        Call call = new Call("POST", path, false);
        call.body = json;
        return call;
    }

    /** Asks for something to be deleted. */
    static Call delete(String path) {
        return new Call("DELETE", path, false);
    }

    /** Ends the path with bytes, in base64. */
    Call key(byte[] key) {
        path.append('/').append(escaped(Base64.getEncoder().encodeToString(key)));
        return with("encoding", "base64");
    }

    /** Ends the path with a text. */
    Call segment(String text) {
        path.append('/').append(escaped(text));
        return this;
    }

    /** Adds a parameter of the query; one that is null is left out. */
    Call with(String name, @Nullable Object value) {
        if (value != null) {
            path.append(query ? '&' : '?').append(name).append('=').append(escaped(value.toString()));
            query = true;
        }
        return this;
    }

    /** Adds a parameter of the query, bytes in base64. */
    Call with(String name, byte @Nullable [] value) {
        return with(name, value == null ? null : Base64.getEncoder().encodeToString(value));
    }

    /** Takes an answer of this type. */
    Call accept(String type) {
        accept = type;
        return this;
    }

    /** Says which event was received last; null: none. */
    Call behind(@Nullable String eventId) {
        lastEventId = eventId;
        return this;
    }

    /** May be sent again: doing it twice is doing it once. */
    Call repeatable() {
        repeatable = true;
        return this;
    }

    /** Names the request, so that it may be sent again; null: it has no name. */
    Call named(@Nullable String id) {
        idempotencyKey = id;
        repeatable |= id != null;
        return this;
    }

    /** May take very long. */
    Call patient() {
        patient = true;
        return this;
    }

    /** Counts that it was sent. */
    void noteSent() {
        sent++;
    }

    /** Whether it was sent more than once: the first answer may have been lost. */
    boolean wasRepeated() {
        return sent > 1;
    }

    String method() {
        return method;
    }

    String path() {
        return path.toString();
    }

    byte @Nullable [] body() {
        return body;
    }

    @Nullable
    String idempotencyKey() {
        return idempotencyKey;
    }

    @Nullable
    String lastEventId() {
        return lastEventId;
    }

    String accept() {
        return accept;
    }

    boolean isRepeatable() {
        return repeatable;
    }

    boolean isPatient() {
        return patient;
    }

    /** Everything but letters, digits, - and _ in percent signs: a point would be taken for a place in the path. */
    private static String escaped(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        StringBuilder escaped = new StringBuilder(bytes.length + 16);
        for (byte b : bytes) {
            char c = (char) (b & 0xff);
            if (c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_') {
                escaped.append(c);
            } else {
                escaped.append('%')
                        .append(Character.toUpperCase(Character.forDigit(c >> 4, 16)))
                        .append(Character.toUpperCase(Character.forDigit(c & 15, 16)));
            }
        }
        return escaped.toString();
    }
}
