package io.blockdb.client;

import org.jspecify.annotations.Nullable;

/**
 * An entry that a {@link Watch} hears of.
 *
 * <p>The arrays are not copied and must not be changed.
 *
 * @param eventId what to resume behind it with ({@link WatchRequest#after}); opaque
 * @param key the key
 * @param deletion whether the entry deletes the key
 * @param value the value; null of a deletion, where it was erased, and where none was asked for
 * @param sequence number of the entry in the ledger
 * @param height height of its block
 * @param timestamp the block's time, in microseconds since the Unix epoch
 * @param author who wrote it; empty where nobody is named
 */
public record Change(
        String eventId,
        Key key,
        boolean deletion,
        byte @Nullable [] value,
        long sequence,
        long height,
        long timestamp,
        String author) {
    static Change of(ServerEvent event) {
        Json json = Json.parse(StrictText.utf8(event.data()), "the event");
        String author = json.textOrNull("author");
        return new Change(
                event.id(),
                Answers.key(json.text("table"), json.bytes("key")),
                Answers.isDeletion(json),
                json.bytesOrNull("value"),
                json.number("sequence_number"),
                json.number("height"),
                json.number("timestamp"),
                author == null ? "" : author);
    }
}
