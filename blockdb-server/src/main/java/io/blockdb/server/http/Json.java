package io.blockdb.server.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.util.ByteArrayBuilder;
import io.javalin.http.Context;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Reading and writing JSON as a stream.
 *
 * <p>Threading: any thread.
 */
public final class Json {
    /** The longest text in a body: a value in base64, and room for escapes. */
    private static final int STRING_LENGTH_MAX = 64 << 20;

    private static final int DEPTH_MAX = 8;
    private static final int NAME_LENGTH_MAX = 256;
    private static final int NUMBER_LENGTH_MAX = 32;

    private static final Pattern OWN_MATTERS =
            Pattern.compile(" ?\\((start marker at|not recognized as one since) .*\\)");

    private static final JsonFactory FACTORY = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxStringLength(STRING_LENGTH_MAX)
                    .maxNestingDepth(DEPTH_MAX)
                    .maxNameLength(NAME_LENGTH_MAX)
                    .maxNumberLength(NUMBER_LENGTH_MAX)
                    .build())
            .build();

    private Json() {}

    /** Writes the fields of an object. */
    @FunctionalInterface
    public interface Fields {
        /** Writes them. */
        void write(JsonGenerator json) throws IOException;
    }

    /** An object in UTF-8. */
    public static byte[] object(Fields fields) {
        try (ByteArrayBuilder bytes = new ByteArrayBuilder(FACTORY._getBufferRecycler())) {
            write(bytes, fields);
            return bytes.getClearAndRelease();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void write(OutputStream out, Fields fields) throws IOException {
        try (JsonGenerator json = FACTORY.createGenerator(out)) {
            json.writeStartObject();
            fields.write(json);
            json.writeEndObject();
        }
    }

    /** An answer that went well: {@code "success":true} and some fields. */
    static byte[] success(Fields fields) {
        return object(successful(fields));
    }

    private static Fields successful(Fields fields) {
        return json -> {
            json.writeBooleanField("success", true);
            fields.write(json);
        };
    }

    /**
     * As {@link #success(Fields)}, of an answer that may be large: it is counted as one of those on their way ({@link AnswerBudget}).
     *
     * @throws Problem if there are too many such answers on their way
     */
    static InputStream success(Context ctx, Fields fields) {
        Pieces pieces = new Pieces();
        try {
            write(AnswerBudget.counted(ctx, pieces), successful(fields));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return pieces.stream();
    }

    /** Writes to a stream as it goes; the stream stays open. */
    static JsonGenerator generator(OutputStream out) throws IOException {
        return FACTORY.createGenerator(out).disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
    }

    /** Reads a document in UTF-8. */
    static JsonParser parser(byte[] document) throws IOException {
        return FACTORY.createParser(document);
    }

    /** What the parser says of a document that is none, without what it says of its own settings. */
    static String complaint(JsonProcessingException e) {
        return Shown.text(OWN_MATTERS.matcher(e.getOriginalMessage()).replaceAll(""));
    }

    /** Writes fields whose values are texts, numbers, truths and lists of them. */
    static void fields(JsonGenerator json, Map<String, Object> values) throws IOException {
        for (Map.Entry<String, Object> field : values.entrySet()) {
            json.writeFieldName(field.getKey());
            value(json, field.getValue());
        }
    }

    private static void value(JsonGenerator json, Object value) throws IOException {
        if (value instanceof String text) {
            json.writeString(text);
        } else if (value instanceof Boolean truth) {
            json.writeBoolean(truth);
        } else if (value instanceof Number number) {
            json.writeNumber(number.longValue());
        } else if (value instanceof Iterable<?> list) {
            json.writeStartArray();
            for (Object item : list) {
                value(json, item);
            }
            json.writeEndArray();
        } else {
            throw new IllegalArgumentException("no such value in JSON: " + value);
        }
    }
}
