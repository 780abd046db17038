package io.blockdb.db;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.blockdb.base.TableName;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;

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

    /** The level of the rules that this version applies. */
    static final int LEVEL = 1;

    /** What this version calls itself in {@code _format}. */
    static final String WRITER = "blockdb 0.1.0";

    /** Key of the one entry of {@code _format}. */
    static final byte[] LEVEL_KEY = "level".getBytes(StandardCharsets.US_ASCII);

    static final String ACTIVE = "active";
    static final String RETIRED = "retired";
    static final int REQUEST_ID_LENGTH_MAX = 128;

    /** How long a request id is remembered: 24 hours in microseconds. */
    static final long REQUEST_LIFETIME_MICROS = 24L * 60 * 60 * 1_000_000;

    private static final JsonFactory JSON = new JsonFactory();

    private SystemTables() {}

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

    private interface Fields {
        void write(JsonGenerator out) throws IOException;
    }

    private static byte[] json(Fields fields) {
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
    static int level(byte[] value) throws IOException {
        try {
            return Integer.parseInt(String.valueOf(parse(value).get("level")));
        } catch (NumberFormatException e) {
            throw new IOException("the entry of _format states no level", e);
        }
    }

    /** The fields of a JSON object of strings, numbers and booleans, as text. */
    static Map<String, String> parse(byte[] value) throws IOException {
        Map<String, String> fields = new LinkedHashMap<>();
        try (JsonParser in = JSON.createParser(value)) {
            if (in.nextToken() != JsonToken.START_OBJECT) {
                throw new IOException("the value of a system table is not a JSON object");
            }
            while (in.nextToken() == JsonToken.FIELD_NAME) {
                String name = in.currentName();
                in.nextToken();
                fields.put(name, String.valueOf(in.getText()));
            }
        }
        return fields;
    }
}
