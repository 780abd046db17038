package io.blockdb.cli.remote;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An object of JSON that a server answered with. What is not as it must be there is an {@link IOException} that says so.
 *
 * <p>Threading: immutable.
 */
final class Fields {
    /** Room for the longest value, and for a signed note. */
    private static final int STRING_LENGTH_MAX = 64 << 20;

    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxStringLength(STRING_LENGTH_MAX)
                    .build())
            .build();

    private final String place;
    private final Map<String, @Nullable Object> values;

    private Fields(String place, Map<String, @Nullable Object> values) {
        this.place = place;
        this.values = values;
    }

    /**
     * Reads a document.
     *
     * @param place host and port of the server, for messages
     */
    static Fields parse(String place, byte[] json) throws IOException {
        try (JsonParser parser = FACTORY.createParser(json)) {
            if (parser.nextToken() == JsonToken.START_OBJECT) {
                return new Fields(place, object(parser, place));
            }
            throw new IOException("the answer of " + place + " is no JSON object");
        } catch (JsonProcessingException e) {
            throw new IOException("the answer of " + place + " is no JSON: " + e.getOriginalMessage(), e);
        }
    }

    /**
     * The bytes of an object within a document, as they stand there; null where it is not there.
     *
     * @param name the field of the document that holds it
     */
    static byte @Nullable [] raw(byte[] json, String name) throws IOException {
        try (JsonParser parser = FACTORY.createParser(json)) {
            parser.nextToken();
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                boolean wanted = parser.currentName().equals(name);
                if (parser.nextToken() == JsonToken.START_OBJECT && wanted) {
                    int begin = (int) parser.currentTokenLocation().getByteOffset();
                    parser.skipChildren();
                    return Arrays.copyOfRange(
                            json, begin, (int) parser.currentLocation().getByteOffset());
                }
                parser.skipChildren();
            }
            return null;
        }
    }

    private static Map<String, @Nullable Object> object(JsonParser parser, String place) throws IOException {
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            values.put(name, value(parser, parser.nextToken(), place));
        }
        return values;
    }

    private static @Nullable Object value(JsonParser parser, JsonToken token, String place) throws IOException {
        switch (token) {
            case START_OBJECT:
                return new Fields(place, object(parser, place));
            case START_ARRAY:
                List<@Nullable Object> items = new ArrayList<>();
                for (JsonToken next = parser.nextToken(); next != JsonToken.END_ARRAY; next = parser.nextToken()) {
                    items.add(value(parser, next, place));
                }
                return items;
            case VALUE_STRING:
                return parser.getText();
            case VALUE_NUMBER_INT:
                return parser.getLongValue();
            case VALUE_NUMBER_FLOAT:
                return parser.getDoubleValue();
            case VALUE_TRUE:
                return Boolean.TRUE;
            case VALUE_FALSE:
                return Boolean.FALSE;
            default:
                return null;
        }
    }

    /** The fields in their order: texts, numbers, truths, lists, and maps as this one. */
    Map<String, @Nullable Object> asMap() {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        values.forEach((name, value) -> map.put(name, plain(value)));
        return map;
    }

    private static @Nullable Object plain(@Nullable Object value) {
        if (value instanceof Fields fields) {
            return fields.asMap();
        }
        if (value instanceof List<?> items) {
            List<@Nullable Object> list = new ArrayList<>();
            items.forEach(item -> list.add(plain(item)));
            return list;
        }
        return value;
    }

    /** Whether a field is there and is not null. */
    boolean has(String name) {
        return values.get(name) != null;
    }

    /** A text, or null where there is none. */
    @Nullable
    String textOrNull(String name) {
        return values.get(name) instanceof String text ? text : null;
    }

    /** A text. */
    String text(String name) throws IOException {
        String text = textOrNull(name);
        if (text == null) {
            throw lacks(name);
        }
        return text;
    }

    /** A whole number. */
    long number(String name) throws IOException {
        if (values.get(name) instanceof Long number) {
            return number;
        }
        throw lacks(name);
    }

    /** A whole number, or a default where there is none. */
    long number(String name, long otherwise) {
        return values.get(name) instanceof Long number ? number : otherwise;
    }

    /** Whether a field is true. */
    boolean truth(String name) {
        return Boolean.TRUE.equals(values.get(name));
    }

    /** An object. */
    Fields object(String name) throws IOException {
        if (values.get(name) instanceof Fields fields) {
            return fields;
        }
        throw lacks(name);
    }

    /** The items of an array. */
    List<?> list(String name) throws IOException {
        if (values.get(name) instanceof List<?> items) {
            return items;
        }
        throw lacks(name);
    }

    /** The objects of an array. */
    List<Fields> objects(String name) throws IOException {
        List<Fields> objects = new ArrayList<>();
        for (Object item : list(name)) {
            if (!(item instanceof Fields fields)) {
                throw lacks(name);
            }
            objects.add(fields);
        }
        return objects;
    }

    /** The texts of an array; none where it is not there. */
    List<String> texts(String name) throws IOException {
        List<String> texts = new ArrayList<>();
        for (Object item : has(name) ? list(name) : List.of()) {
            texts.add(String.valueOf(item));
        }
        return texts;
    }

    /** Bytes, written as the field {@code encoding} says; null where the field is null. */
    byte @Nullable [] bytesOrNull(String name) throws IOException {
        String text = textOrNull(name);
        if (text == null) {
            return null;
        }
        if (!"base64".equals(values.get("encoding"))) {
            return text.getBytes(StandardCharsets.UTF_8);
        }
        try {
            return Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            throw new IOException("the answer of " + place + " is not understood: " + name + " is no base64", e);
        }
    }

    /** Bytes, written as the field {@code encoding} says. */
    byte[] bytes(String name) throws IOException {
        byte[] bytes = bytesOrNull(name);
        if (bytes == null) {
            throw lacks(name);
        }
        return bytes;
    }

    private IOException lacks(String name) {
        return new IOException("the answer of " + place + " is not understood: it lacks the field " + name
                + ", or has it otherwise; its version may not be this program's");
    }
}
