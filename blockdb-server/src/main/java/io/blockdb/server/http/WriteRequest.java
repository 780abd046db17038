package io.blockdb.server.http;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import io.blockdb.base.TableName;
import io.blockdb.server.config.ServerConfig;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The bodies of put and batch, read as a stream.
 *
 * @param operations what is to be written, in order
 */
record WriteRequest(List<Write> operations) {
    private static final long TTL_SECONDS_MAX = 100L * 366 * 24 * 3600;
    /** The last moment that an entry can hold. */
    private static final long EXPIRES_AT_MAX = (1L << 53) - 1;

    private static final String FIELDS = "key, value, table, encoding, ttl_seconds, expires_at";

    /**
     * One operation.
     *
     * @param value null: a delete
     * @param ttlSeconds after how many seconds the entry is hidden; 0: never, or by {@code expiresAt}
     * @param expiresAt from when on the entry is hidden, in microseconds since the Unix epoch; 0: never, or by {@code ttlSeconds}
     */
    record Write(
            TableName table, byte[] key, byte @Nullable [] value, ByteText encoding, long ttlSeconds, long expiresAt) {}

    /** What was read of one object, until all of it is known. */
    private static final class Fields {
        private final String what;
        private @Nullable String type;
        private @Nullable String key;
        private @Nullable String value;
        private @Nullable String table;
        private @Nullable String encoding;
        private long ttlSeconds;
        private long expiresAt;

        Fields(String what) {
            this.what = what;
        }

        Fields orElse(Defaults defaults) {
            table = table == null ? defaults.table() : table;
            encoding = encoding == null ? defaults.encoding() : encoding;
            return this;
        }

        Write write(ServerConfig.Limits limits) {
            boolean delete = "delete".equals(type);
            if (type != null && !delete && !type.equals("put")) {
                throw Problem.invalid(what + "type must be put or delete, is '" + Shown.text(type) + "'");
            }
            if (key == null) {
                throw Problem.invalid(what + "the field 'key' is missing");
            }
            if (delete && value != null) {
                throw Problem.invalid(what + "a delete has no value");
            }
            if (delete && (ttlSeconds != 0 || expiresAt != 0)) {
                throw Problem.invalid(what + "a delete has neither ttl_seconds nor expires_at");
            }
            if (ttlSeconds != 0 && expiresAt != 0) {
                throw Problem.invalid(what + "ttl_seconds and expires_at contradict each other");
            }
            if (!delete && value == null) {
                throw Problem.invalid(what + "the field 'value' is missing");
            }
            ByteText how = ByteText.named(encoding);
            byte[] keyBytes = Asked.checkedKey(how.decode(what + "the key", key), what + "the key", limits.keySize());
            byte[] valueBytes = value == null ? null : how.decode(what + "the value", value);
            if (valueBytes != null && valueBytes.length > limits.valueSize()) {
                throw new Problem(
                        Problem.Kind.TOO_LARGE,
                        what + "the value has " + valueBytes.length + " bytes: at most " + limits.valueSize()
                                + " are taken");
            }
            TableName name = Asked.table(table);
            if (name.isSystem()) {
                throw Problem.invalid(what + "table '" + Shown.text(name.toString())
                        + "' is BlockDB's own: names that begin with _ are reserved");
            }
            return new Write(name, keyBytes, valueBytes, how, ttlSeconds, expiresAt);
        }
    }

    /**
     * What holds where the body does not say otherwise: what the query says.
     *
     * @param table the table; null: {@code default}
     * @param encoding how keys and values are written; null: text
     */
    record Defaults(@Nullable String table, @Nullable String encoding) {}

    /** The body of put. */
    static WriteRequest put(byte[] body, Defaults defaults, ServerConfig.Limits limits) {
        return read(body, json -> {
            Fields fields = new Fields("");
            fields.type = "put";
            object(json, fields, false);
            return new WriteRequest(List.of(fields.orElse(defaults).write(limits)));
        });
    }

    /** The body of batch. */
    static WriteRequest batch(byte[] body, Defaults defaults, ServerConfig.Limits limits) {
        return read(body, json -> operations(json, defaults, limits));
    }

    private static WriteRequest operations(JsonParser json, Defaults defaults, ServerConfig.Limits limits)
            throws IOException {
        List<Write> operations = null;
        String table = defaults.table();
        String encoding = defaults.encoding();
        List<Fields> read = new ArrayList<>();
        expectObject(json, "the body");
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String name = json.currentName();
            json.nextToken();
            switch (name) {
                case "operations" -> {
                    if (json.currentToken() != JsonToken.START_ARRAY) {
                        throw Problem.invalid("operations must be an array");
                    }
                    while (json.nextToken() != JsonToken.END_ARRAY) {
                        if (read.size() == limits.batchOperations()) {
                            throw new Problem(
                                    Problem.Kind.TOO_LARGE,
                                    "a batch has at most " + limits.batchOperations() + " operations");
                        }
                        Fields fields = new Fields("operation " + read.size() + ": ");
                        object(json, fields, true);
                        read.add(fields);
                    }
                    operations = new ArrayList<>();
                }
                case "table" -> table = text(json, "", name);
                case "encoding" -> encoding = text(json, "", name);
                default -> throw unknown("", name, "operations, table, encoding");
            }
        }
        if (operations == null) {
            throw Problem.invalid("the field 'operations' is missing");
        }
        if (read.isEmpty()) {
            throw Problem.invalid("operations is empty: a batch has 1 to " + limits.batchOperations() + " of them");
        }
        long bytes = 0;
        Defaults ofAll = new Defaults(table, encoding);
        for (Fields fields : read) {
            Write write = withNumber(fields.orElse(ofAll), operations.size(), limits);
            byte[] value = write.value();
            bytes += write.key().length + (value == null ? 0 : value.length);
            operations.add(write);
        }
        if (bytes > limits.batchSize()) {
            throw new Problem(
                    Problem.Kind.TOO_LARGE,
                    "the keys and values of the batch have " + bytes + " bytes: at most " + limits.batchSize()
                            + " are taken");
        }
        return new WriteRequest(operations);
    }

    private static Write withNumber(Fields fields, int number, ServerConfig.Limits limits) {
        try {
            return fields.write(limits);
        } catch (Problem problem) {
            throw problem.with("operation", number);
        }
    }

    /** Reads a document whole. */
    private interface Reading<T> {
        T of(JsonParser json) throws IOException;
    }

    private static <T> T read(byte[] body, Reading<T> reading) {
        checkUtf8(body);
        try (JsonParser json = Json.parser(body)) {
            json.nextToken();
            T result = reading.of(json);
            if (json.nextToken() != null) {
                throw Problem.invalid("the body goes on after its JSON object");
            }
            return result;
        } catch (JsonProcessingException e) {
            throw Problem.invalid("the body is not JSON: " + Json.complaint(e) + place(e));
        } catch (IOException e) {
            throw Problem.invalid("the body is not JSON: " + Shown.text(String.valueOf(e.getMessage())));
        }
    }

    private static String place(JsonProcessingException e) {
        return e.getLocation() == null
                ? ""
                : " (line " + e.getLocation().getLineNr() + ", column "
                        + e.getLocation().getColumnNr() + ")";
    }

    /**
     * Jackson takes surrogates in UTF-8 for characters; a record must not hold what no text can. And it takes UTF-16 and UTF-32,
     * which both have zeros, for JSON: what stands before this server to look at what is written would read something else.
     */
    static void checkUtf8(byte[] body) {
        boolean ascii = true;
        boolean zero = false;
        for (byte b : body) {
            ascii &= b >= 0;
            zero |= b == 0;
        }
        if (zero) {
            // JSON has no zeros. UTF-16 and UTF-32 do, which Jackson would recognize and take.
            throw Problem.invalid("the body is not JSON in UTF-8: it has a zero byte");
        }
        if (!ascii) {
            try {
                StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body));
            } catch (CharacterCodingException e) {
                throw Problem.invalid("the body is not UTF-8");
            }
        }
    }

    private static void object(JsonParser json, Fields fields, boolean typed) throws IOException {
        expectObject(json, fields.what.isEmpty() ? "the body" : fields.what + "it");
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String name = json.currentName();
            json.nextToken();
            switch (name) {
                case "key" -> fields.key = text(json, fields.what, name);
                case "value" -> fields.value = text(json, fields.what, name);
                case "table" -> fields.table = text(json, fields.what, name);
                case "encoding" -> fields.encoding = text(json, fields.what, name);
                case "ttl_seconds" -> fields.ttlSeconds = number(json, fields.what, name, TTL_SECONDS_MAX);
                case "expires_at" -> fields.expiresAt = number(json, fields.what, name, EXPIRES_AT_MAX);
                case "type" -> {
                    if (!typed) {
                        throw unknown(fields.what, name, FIELDS);
                    }
                    fields.type = text(json, fields.what, name);
                }
                default -> throw unknown(fields.what, name, (typed ? "type, " : "") + FIELDS);
            }
        }
    }

    private static void expectObject(JsonParser json, String what) {
        if (json.currentToken() != JsonToken.START_OBJECT) {
            throw Problem.invalid(what + " must be a JSON object");
        }
    }

    private static String text(JsonParser json, String what, String name) throws IOException {
        if (json.currentToken() != JsonToken.VALUE_STRING) {
            throw Problem.invalid(what + name + " must be a string");
        }
        return json.getText();
    }

    private static long number(JsonParser json, String what, String name, long max) throws IOException {
        if (json.currentToken() == JsonToken.VALUE_NULL) {
            return 0;
        }
        if (json.currentToken() != JsonToken.VALUE_NUMBER_INT) {
            throw Problem.invalid(what + name + " must be a whole number");
        }
        if (!json.isExpectedNumberIntToken() || json.getNumberType() == JsonParser.NumberType.BIG_INTEGER) {
            throw Problem.invalid(what + name + " must be 1 to " + max);
        }
        long number = json.getLongValue();
        if (number < 1 || number > max) {
            throw Problem.invalid(what + name + " must be 1 to " + max + ", is " + number);
        }
        return number;
    }

    private static Problem unknown(String what, String name, String known) {
        return Problem.invalid(what + "unknown field '" + Shown.text(name) + "': known are " + known);
    }
}
