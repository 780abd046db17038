package io.blockdb.server.feed;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.blockdb.base.LedgerId;
import io.blockdb.db.LedgerFeed;
import io.blockdb.ledger.LedgerBlock;
import io.blockdb.ledger.StoredValue;
import io.blockdb.proof.EntryLeaf;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The events of one block's entries, each made once for all watchers who get the same form of it.
 *
 * <p>Threading: one thread at a time. The events may go to any thread.
 */
final class BlockEvents {
    private static final JsonFactory JSON = new JsonFactory();
    private static final int WITH_VALUE = 1;
    private static final int BASE64 = 2;

    private final LedgerFeed feed;
    private final LedgerId ledger;
    private final LedgerBlock block;
    private final long shortHash;
    /** The events of the entry that was asked for last, by their form. */
    private final @Nullable SharedEvent[] forms = new SharedEvent[4];

    private int index = -1;
    private @Nullable EntryLeaf leaf;

    BlockEvents(LedgerFeed feed, LedgerId ledger, LedgerBlock block) {
        this.feed = feed;
        this.ledger = ledger;
        this.block = block;
        this.shortHash = EventId.shortHash(block.hash());
    }

    /** What an {@link EventId} holds of the block. */
    long shortHash() {
        return shortHash;
    }

    /** Sequence of an entry. */
    long sequence(int entry) {
        return block.header().firstSequence() + entry;
    }

    /** Goes to an entry, which {@link #event} is then asked of. */
    EntryLeaf moveTo(int entry) throws IOException {
        EntryLeaf next = block.leaf(entry);
        if (entry != index) {
            Arrays.fill(forms, null);
        }
        index = entry;
        leaf = next;
        return next;
    }

    /** The entry's event, in the form that an extent and an encoding ask for. */
    SharedEvent event(Rights.Extent extent, boolean base64) throws IOException {
        int form = (extent == Rights.Extent.WITH_VALUE ? WITH_VALUE : 0) | (base64 ? BASE64 : 0);
        SharedEvent event = forms[form];
        if (event == null) {
            event = new SharedEvent(encode((form & WITH_VALUE) != 0, base64));
            forms[form] = event;
        }
        return event;
    }

    /** As {@link #event}, for who may not throw what it throws. */
    SharedEvent eventOrFail(Rights.Extent extent, boolean base64) {
        try {
            return event(extent, base64);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private byte[] encode(boolean withValue, boolean base64) throws IOException {
        EntryLeaf entry = leaf;
        if (entry == null) {
            throw new IllegalStateException("at no entry");
        }
        boolean tellsValue = withValue && !entry.table().isWithheld();
        StoredValue stored = tellsValue && entry.kind() == EntryLeaf.KIND_PUT ? block.value(index) : null;
        byte[] value = stored == null || stored.isErased() ? null : stored.value();
        byte[] key = entry.key();
        boolean text = !base64 && isUtf8(key) && (value == null || isUtf8(value));
        long sequence = sequence(index);
        ByteArrayOutputStream out = new ByteArrayOutputStream(256 + key.length + (value == null ? 0 : value.length));
        EventText.begin(out, "entry", new EventId(ledger, sequence + 1, shortHash));
        try (JsonGenerator json = JSON.createGenerator(out)) {
            json.writeStartObject();
            json.writeNumberField("sequence_number", sequence);
            json.writeNumberField("height", block.header().height());
            json.writeStringField("table", entry.table().toString());
            writeBytes(json, "key", key, text);
            json.writeStringField("encoding", text ? "text" : "base64");
            json.writeStringField("kind", entry.kind() == EntryLeaf.KIND_PUT ? "put" : "delete");
            if (value != null) {
                writeBytes(json, "value", value, text);
            } else if (tellsValue) {
                json.writeNullField("value");
            }
            if (stored != null && stored.isErased()) {
                json.writeNumberField("erasure_sequence", feed.erasedBy(sequence));
            }
            if (entry.expiresAt() > 0) {
                json.writeNumberField("expires_at", entry.expiresAt());
            }
            json.writeNumberField("timestamp", block.header().timestamp());
            if (!entry.author().isEmpty()) {
                json.writeStringField("author", entry.author());
            }
            json.writeEndObject();
        }
        EventText.end(out);
        return out.toByteArray();
    }

    private static void writeBytes(JsonGenerator json, String name, byte[] bytes, boolean text) throws IOException {
        if (text) {
            json.writeStringField(name, new String(bytes, StandardCharsets.UTF_8));
        } else {
            json.writeBinaryField(name, bytes);
        }
    }

    private static boolean isUtf8(byte[] bytes) {
        int or = 0;
        for (byte b : bytes) {
            or |= b;
        }
        if (or >= 0) {
            return true;
        }
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }
}
