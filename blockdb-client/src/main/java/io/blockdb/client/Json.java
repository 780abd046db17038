package io.blockdb.client;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An object of an answer's JSON. What is missing, doubled or of another type than asked for is a
 * {@link MalformedAnswerException} that names the field.
 *
 * <p>Threading: immutable.
 */
final class Json {
    /** For reading and writing. Lengths are bounded by {@link BoundedBody}; only the depth is left to be bounded here. */
    static final JsonFactory FACTORY = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(32)
                    .maxStringLength(Integer.MAX_VALUE)
                    .build())
            .build();

    private final Map<String, Object> fields;
    private final String what;

    private Json(Map<String, Object> fields, String what) {
        this.fields = fields;
        this.what = what;
    }

    /**
     * Parses UTF-8.
     *
     * @param what what it is called in a message
     */
    static Json parse(byte[] utf8, String what) {
        try (JsonParser parser = FACTORY.createParser(utf8)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new MalformedAnswerException(what + " is no JSON object");
            }
            Json json = new Json(object(parser), what);
            if (parser.nextToken() != null) {
                throw new MalformedAnswerException(what + " has something behind its JSON object");
            }
            return json;
        } catch (IOException e) {
            // The message of the cause may quote the answer at length; its place is what helps.
            throw new MalformedAnswerException(what + " is not valid JSON", e);
        }
    }

    private static Map<String, Object> object(JsonParser parser) throws IOException {
        Map<String, Object> object = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            parser.nextToken();
            object.put(name, value(parser));
        }
        return Collections.unmodifiableMap(object);
    }

    /** Text, Long, Double, Boolean, a list, a map, or {@link #NULL}. */
    private static Object value(JsonParser parser) throws IOException {
        return switch (parser.currentToken()) {
            case START_OBJECT -> object(parser);
            case START_ARRAY -> {
                List<Object> list = new ArrayList<>();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    list.add(value(parser));
                }
                yield Collections.unmodifiableList(list);
            }
            case VALUE_STRING -> parser.getText();
            case VALUE_NUMBER_INT -> parser.getLongValue();
            case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
            case VALUE_TRUE, VALUE_FALSE -> parser.getBooleanValue();
            case VALUE_NULL -> NULL;
            default -> throw new IOException("unexpected end");
        };
    }

    /** Stands for null, which collections do not take well. */
    static final Object NULL = new Object() {
        @Override
        public String toString() {
            return "null";
        }
    };

    private @Nullable Object find(String name) {
        Object found = fields.get(name);
        return found == NULL ? null : found;
    }

    private MalformedAnswerException wrong(String name, String expected, @Nullable Object found) {
        return new MalformedAnswerException(what + (found == null ? " lacks the field '" : " has a field '") + name
                + "'" + (found == null ? ", " : " that is not ") + expected);
    }

    String text(String name) {
        String text = textOrNull(name);
        if (text == null) {
            throw wrong(name, "a text", null);
        }
        return text;
    }

    @Nullable
    String textOrNull(String name) {
        Object found = find(name);
        if (found != null && !(found instanceof String)) {
            throw wrong(name, "a text", found);
        }
        return (String) found;
    }

    /** A number that is not negative. */
    long number(String name) {
        Long number = numberOrNull(name);
        if (number == null) {
            throw wrong(name, "a number", null);
        }
        return number;
    }

    @Nullable
    Long numberOrNull(String name) {
        Object found = find(name);
        if (found == null) {
            return null;
        }
        if (!(found instanceof Long number) || number < 0) {
            throw wrong(name, "a whole number from 0 on", found);
        }
        return number;
    }

    boolean flag(String name) {
        Boolean flag = flagOrNull(name);
        if (flag == null) {
            throw wrong(name, "true or false", null);
        }
        return flag;
    }

    @Nullable
    Boolean flagOrNull(String name) {
        Object found = find(name);
        if (found != null && !(found instanceof Boolean)) {
            throw wrong(name, "true or false", found);
        }
        return (Boolean) found;
    }

    /** Bytes written as text or as base64, as the field {@code encoding} beside them says; null where there are none. */
    byte @Nullable [] bytesOrNull(String name) {
        String text = textOrNull(name);
        if (text == null) {
            return null;
        }
        String encoding = text("encoding");
        try {
            return switch (encoding) {
                case "base64" -> Base64.getDecoder().decode(text);
                case "text" -> StrictText.utf8(text);
                default -> throw wrong("encoding", "text or base64", encoding);
            };
        } catch (IllegalArgumentException e) {
            throw new MalformedAnswerException(what + " has a field '" + name + "' that is not " + encoding, e);
        }
    }

    byte[] bytes(String name) {
        byte[] bytes = bytesOrNull(name);
        if (bytes == null) {
            throw wrong(name, "text or base64", null);
        }
        return bytes;
    }

    List<?> listOrEmpty(String name) {
        Object found = find(name);
        if (found == null) {
            return List.of();
        }
        if (!(found instanceof List<?> list)) {
            throw wrong(name, "a list", found);
        }
        return list;
    }

    /** A list of objects, which has to be there. */
    List<Json> objects(String name) {
        if (!(find(name) instanceof List<?> list)) {
            throw wrong(name, "a list", find(name));
        }
        List<Json> objects = new ArrayList<>(list.size());
        for (int i = 0; i < list.size(); i++) {
            if (!(list.get(i) instanceof Map<?, ?> map)) {
                throw wrong(name, "a list of objects", list);
            }
            objects.add(new Json(named(map), name + "[" + i + "] of " + what));
        }
        return objects;
    }

    private static Map<String, Object> named(Map<?, ?> map) {
        Map<String, Object> named = new LinkedHashMap<>();
        map.forEach((name, value) -> named.put((String) name, value));
        return named;
    }

    /** All fields, nested, without those that are null. */
    Map<String, Object> all() {
        return withoutNulls(fields);
    }

    private static Map<String, Object> withoutNulls(Map<?, ?> map) {
        Map<String, Object> copy = new LinkedHashMap<>();
        map.forEach((name, value) -> {
            if (value instanceof Map<?, ?> nested) {
                copy.put((String) name, withoutNulls(nested));
            } else if (value != NULL) {
                copy.put((String) name, value);
            }
        });
        return Collections.unmodifiableMap(copy);
    }
}
