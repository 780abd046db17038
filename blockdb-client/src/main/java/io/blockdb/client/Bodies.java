package io.blockdb.client;

import com.fasterxml.jackson.core.JsonGenerator;
import io.blockdb.proof.Checkpoint;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The JSON of requests. Keys and values are always base64 in it, so that each of them is just itself. */
final class Bodies {
    private Bodies() {}

    private interface Writing {
        void to(JsonGenerator json) throws IOException;
    }

    private static byte[] object(Writing fields) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator json = Json.FACTORY.createGenerator(bytes)) {
            json.writeStartObject();
            fields.to(json);
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        return bytes.toByteArray();
    }

    static byte[] put(Batch.Operation put) {
        return object(json -> {
            operation(json, put);
            json.writeStringField("encoding", "base64");
        });
    }

    static byte[] batch(List<Batch.Operation> operations) {
        return object(json -> {
            json.writeStringField("encoding", "base64");
            json.writeArrayFieldStart("operations");
            for (Batch.Operation operation : operations) {
                json.writeStartObject();
                json.writeStringField("type", operation.value() == null ? "delete" : "put");
                operation(json, operation);
                json.writeEndObject();
            }
            json.writeEndArray();
        });
    }

    private static void operation(JsonGenerator json, Batch.Operation operation) throws IOException {
        json.writeStringField("table", operation.key().table());
        json.writeStringField("key", Paths.base64(operation.key().bytes()));
        byte[] value = operation.value();
        if (value != null) {
            json.writeStringField("value", Paths.base64(value));
        }
        if (operation.ttlSeconds() > 0) {
            json.writeNumberField("ttl_seconds", operation.ttlSeconds());
        }
    }

    static byte[] table(Table table) {
        return object(json -> {
            json.writeStringField("name", table.name());
            json.writeStringField("policy", table.policy().toString());
            json.writeBooleanField("erasable", table.erasable());
        });
    }

    static byte[] erasable(boolean erasable) {
        return object(json -> json.writeBooleanField("erasable", erasable));
    }

    static byte[] erase(Key key, long sequence, String reason) {
        return object(json -> {
            json.writeStringField("table", key.table());
            json.writeStringField("key", Paths.base64(key.bytes()));
            json.writeStringField("encoding", "base64");
            json.writeNumberField("sequence_number", sequence);
            json.writeStringField("reason", reason);
        });
    }

    static byte[] verify(@Nullable Checkpoint checkpoint) {
        return object(json -> {
            if (checkpoint != null) {
                json.writeStringField("checkpoint", checkpoint.note());
            }
        });
    }
}
