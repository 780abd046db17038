package io.blockdb.db;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.blockdb.base.CorruptionException;
import io.blockdb.base.TableName;
import io.blockdb.base.UnsupportedFormatException;
import io.blockdb.proof.EntryLeaf;
import io.blockdb.proof.MalformedException;
import io.blockdb.proof.VerifierKey;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * BlockDB's own tables: their names, keys and values, as LEDGER.md (section System tables) has them. Values are written
 * field by field in a fixed order, so every replica writes the same bytes.
 */
final class SystemTables {
    static final TableName FORMAT = TableName.of("_format");
    static final TableName KEYS = TableName.of("_keys");
    static final TableName TABLES = TableName.of("_tables");
    static final TableName ERASURES = TableName.of("_erasures");
    static final TableName REQUESTS = TableName.of("_requests");
    static final TableName PRINCIPALS = TableName.of("_principals");
    static final TableName CREDENTIALS = TableName.of("_credentials");

    /** The tables whose entries say what holds for later ones. */
    static final Set<TableName> KNOWN = Set.of(FORMAT, KEYS, TABLES, ERASURES, PRINCIPALS, CREDENTIALS);

    /** The level of the rules that this version applies. */
    static final int LEVEL = 1;

    /** What this version calls itself in {@code _format}. */
    static final String WRITER = "blockdb 0.1.0";

    /** Key of the one entry of {@code _format}. */
    static final byte[] LEVEL_KEY = "level".getBytes(StandardCharsets.US_ASCII);

    static final String ACTIVE = "active";
    static final String RETIRED = "retired";
    static final int REQUEST_ID_LENGTH_MAX = 128;

    /** Bytes of leaf data that the entry of a request has at most: author and table, then author, zero and id as the key. */
    static final int REQUEST_ENTRY_BYTES =
            EntryLeaf.FIXED + 2 * EntryLeaf.AUTHOR_LENGTH_MAX + "_requests".length() + 1 + REQUEST_ID_LENGTH_MAX;

    /** How long a request id is remembered: 24 hours in microseconds. */
    static final long REQUEST_LIFETIME_MICROS = 24L * 60 * 60 * 1_000_000;

    /** The longest text in a value of a system table that is not made by BlockDB itself, in bytes of UTF-8. */
    static final int TEXT_LENGTH_MAX = 4096;

    static final JsonFactory JSON = new JsonFactory();

    private SystemTables() {}

    /**
     * Holds a text that is to become a part of a value against what can be written there.
     *
     * @throws IllegalArgumentException if it is too long or not valid Unicode
     */
    static void checkText(String what, String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        if (utf8.length > TEXT_LENGTH_MAX) {
            throw new IllegalArgumentException(
                    what + " must have at most " + TEXT_LENGTH_MAX + " bytes, has " + utf8.length);
        }
        if (!new String(utf8, StandardCharsets.UTF_8).equals(text)) {
            throw new IllegalArgumentException(what + " is not valid Unicode: it has a lone surrogate");
        }
    }

    static byte[] formatValue(int level, String writer) {
        return json(out -> {
            out.writeNumberField("level", level);
            out.writeStringField("writer", writer);
        });
    }

    static byte[] keyValue(String vkey, String node, String state) {
        return json(out -> {
            out.writeStringField("vkey", vkey);
            out.writeStringField("node", node);
            out.writeStringField("state", state);
        });
    }

    static byte[] tableValue(TablePolicy policy, boolean erasable) {
        return json(out -> {
            out.writeStringField("policy", policy.toString());
            out.writeBooleanField("erasable", erasable);
        });
    }

    static byte[] erasureValue(TableName table, byte[] key, String reason) {
        return json(out -> {
            out.writeStringField("table", table.toString());
            out.writeStringField("key", Base64.getEncoder().encodeToString(key));
            out.writeStringField("reason", reason);
        });
    }

    static byte[] tableKey(TableName table) {
        return table.toString().getBytes(StandardCharsets.UTF_8);
    }

    static byte[] erasureKey(long sequence) {
        return ByteBuffer.allocate(8).putLong(sequence).array();
    }

    /** The sequence that a key of {@code _erasures} names, -1 where it is no such key. */
    static long erasedSequence(byte[] array, int offset, int length) {
        return length == Long.BYTES ? ByteBuffer.wrap(array).getLong(offset) : -1;
    }

    static byte[] keyKey(String keyId) {
        return keyId.getBytes(StandardCharsets.US_ASCII);
    }

    static byte[] requestKey(String author, byte[] requestId) {
        byte[] name = author.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(name.length + 1 + requestId.length)
                .put(name)
                .put((byte) 0)
                .put(requestId)
                .array();
    }

    /** Writes the fields of an object. */
    interface Fields {
        void write(JsonGenerator out) throws IOException;
    }

    /** A JSON object. */
    static byte[] json(Fields fields) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator out = JSON.createGenerator(bytes)) {
            out.writeStartObject();
            fields.write(out);
            out.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory", e);
        }
        return bytes.toByteArray();
    }

    /** The level that an entry of {@code _format} states. */
    static int level(byte[] value) throws CorruptionException {
        try {
            return Integer.parseInt(String.valueOf(parse(value).get("level")));
        } catch (NumberFormatException e) {
            throw new CorruptionException("_format", 0, 0, "the entry states no level", e);
        }
    }

    /** The key that an entry of {@code _keys} states. */
    static VerifierKey verifierKey(byte[] value) throws IOException {
        try {
            return VerifierKey.parse(String.valueOf(parse(value).get("vkey")));
        } catch (MalformedException e) {
            throw new CorruptionException("_keys", 0, 0, "entry of a key does not parse: " + e.getMessage(), e);
        }
    }

    /** The fields of a JSON object of strings, numbers and booleans, as text. */
    static Map<String, String> parse(byte[] value) throws CorruptionException {
        Map<String, String> fields = new LinkedHashMap<>();
        try (JsonParser in = JSON.createParser(value)) {
            if (in.nextToken() != JsonToken.START_OBJECT) {
                throw new CorruptionException("system table", 0, 0, "a value is not a JSON object");
            }
            while (in.nextToken() == JsonToken.FIELD_NAME) {
                String name = in.currentName();
                in.nextToken();
                fields.put(name, String.valueOf(in.getText()));
            }
        } catch (CorruptionException e) {
            throw e;
        } catch (IOException e) {
            throw new CorruptionException("system table", 0, 0, "a value is not JSON: " + e.getMessage(), e);
        }
        return fields;
    }

    /** The level of the rules that a ledger states, which this version must know. */
    static int checkLevel(int level) throws UnsupportedFormatException {
        if (level > SystemTables.LEVEL) {
            throw UnsupportedFormatException.version("_format: level of the rules", level, 1, SystemTables.LEVEL);
        }
        return level;
    }
}
