package io.blockdb.client;

import io.blockdb.base.TableName;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Which entries a {@link Watch} is to hear of: {@code WatchRequest.of("orders").withPrefix("2026-").from(0)}. Pure data; every method
 * gives a changed copy.
 *
 * @param table the table
 * @param key the key; null: any
 * @param prefix what the keys begin with; null: anything
 * @param from the first sequence that is wanted, which may be long past; null: those written from now on
 * @param lastEventId {@link Change#eventId} of the last one that was dealt with; null: none. It wins over {@code from}
 * @param values whether the values are wanted
 * @param silenceMax how long the server may say nothing, not even that it is there, before it is given up and asked again
 */
public record WatchRequest(
        String table,
        byte @Nullable [] key,
        byte @Nullable [] prefix,
        @Nullable Long from,
        @Nullable String lastEventId,
        boolean values,
        Duration silenceMax) {
    private static final Duration SILENCE_MAX = Duration.ofSeconds(45);

    /** @throws IllegalArgumentException if the table's name breaks a limit, or key and prefix are both given */
    public WatchRequest {
        TableName.of(table);
        if (key != null && prefix != null) {
            throw new IllegalArgumentException("a watch takes a key or a prefix, not both");
        }
        if (silenceMax.isNegative() || silenceMax.isZero()) {
            throw new IllegalArgumentException("the longest silence must be positive, is " + silenceMax);
        }
    }

    /** All keys of a table, from now on, with their values. */
    public static WatchRequest of(String table) {
        return new WatchRequest(table, null, null, null, null, true, SILENCE_MAX);
    }

    /** One key, from now on, with its values. */
    public static WatchRequest of(Key key) {
        return new WatchRequest(key.table(), key.bytes(), null, null, null, true, SILENCE_MAX);
    }

    /** Only keys that begin with the UTF-8 of a text. */
    public WatchRequest withPrefix(String text) {
        return new WatchRequest(table, key, StrictText.utf8(text), from, lastEventId, values, silenceMax);
    }

    /** From a sequence on, that one included; 0: from the beginning. */
    public WatchRequest from(long sequence) {
        return new WatchRequest(table, key, prefix, sequence, lastEventId, values, silenceMax);
    }

    /** On from the event of this id, that one left out. */
    public WatchRequest after(String eventId) {
        return new WatchRequest(table, key, prefix, from, eventId, values, silenceMax);
    }

    /** Without values. */
    public WatchRequest withoutValues() {
        return new WatchRequest(table, key, prefix, from, lastEventId, false, silenceMax);
    }

    /** With another longest silence; it must be longer than the server's heartbeat, 15 seconds. */
    public WatchRequest silenceMax(Duration longest) {
        return new WatchRequest(table, key, prefix, from, lastEventId, values, longest);
    }

    String path() {
        return Paths.of("/api/v1/watch")
                .with("table", table)
                .withBytes("key", key)
                .withBytes("prefix", prefix)
                .with("from", from)
                .withFlag("values", values)
                .with("encoding", "base64")
                .toString();
    }
}
