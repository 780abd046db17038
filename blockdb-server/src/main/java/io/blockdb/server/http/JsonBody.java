package io.blockdb.server.http;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import io.javalin.http.Context;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A body that is a flat object of texts, whole numbers, truths and lists of texts: what all routes but put and batch take.
 *
 * <p>Threading: one thread at a time.
 */
public final class JsonBody {
    private final Map<String, Object> fields = new HashMap<>();

    private JsonBody() {}

    /**
     * Reads the body of a request; none is taken for an empty object.
     *
     * @param known the fields that there may be
     * @throws Problem if it is not such an object
     */
    public static JsonBody of(Context ctx, String... known) {
        byte[] body = Body.of(ctx);
        JsonBody result = new JsonBody();
        if (body.length > 0) {
            WriteRequest.checkUtf8(body);
            result.read(body, List.of(known));
        }
        return result;
    }

    private void read(byte[] body, List<String> known) {
        try (JsonParser json = Json.parser(body)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw Problem.invalid("the body must be a JSON object");
            }
            while (json.nextToken() != JsonToken.END_OBJECT) {
                String name = json.currentName();
                if (!known.contains(name)) {
                    throw Problem.invalid(
                            "unknown field '" + Shown.text(name) + "': known are " + String.join(", ", known));
                }
                Object value = switch (json.nextToken()) {
                    case VALUE_STRING -> json.getText();
                    case VALUE_NUMBER_INT -> number(json, name);
                    case VALUE_TRUE -> true;
                    case VALUE_FALSE -> false;
                    case VALUE_NULL -> null;
                    case START_ARRAY -> list(json, name);
                    default ->
                        throw Problem.invalid(name + " must be a text, a whole number, a truth or a list of texts");
                };
                if (value != null) {
                    fields.put(name, value);
                }
            }
            if (json.nextToken() != null) {
                throw Problem.invalid("the body goes on after its JSON object");
            }
        } catch (JsonProcessingException e) {
            throw Problem.invalid("the body is not JSON: " + Json.complaint(e));
        } catch (IOException e) {
            throw Problem.invalid("the body is not JSON: " + Shown.text(String.valueOf(e.getMessage())));
        }
    }

    private static Long number(JsonParser json, String name) throws IOException {
        if (json.getNumberType() == JsonParser.NumberType.BIG_INTEGER) {
            throw Problem.invalid(name + " is too large a number");
        }
        return json.getLongValue();
    }

    private static List<String> list(JsonParser json, String name) throws IOException {
        List<String> texts = new ArrayList<>();
        while (json.nextToken() != JsonToken.END_ARRAY) {
            if (json.currentToken() != JsonToken.VALUE_STRING) {
                throw Problem.invalid(name + " must be a list of texts");
            }
            texts.add(json.getText());
        }
        return texts;
    }

    /** A list of texts, empty where there is none. */
    List<String> texts(String name) {
        Object value = fields.get(name);
        if (value == null) {
            return List.of();
        }
        if (!(value instanceof List<?> list)) {
            throw Problem.invalid(name + " must be a list of texts");
        }
        return list.stream().map(String.class::cast).toList();
    }

    /** A text, or null where there is none. */
    public @Nullable String text(String name) {
        Object value = fields.get(name);
        if (value != null && !(value instanceof String)) {
            throw Problem.invalid(name + " must be a string");
        }
        return (String) value;
    }

    /** A text that must be there. */
    public String needed(String name) {
        String text = text(name);
        if (text == null) {
            throw Problem.invalid("the field '" + name + "' is missing");
        }
        return text;
    }

    /** Refuses a body without a field. */
    public void present(String name) {
        if (!fields.containsKey(name)) {
            throw Problem.invalid("the field '" + name + "' is missing");
        }
    }

    /** A truth, or a default. */
    public boolean truth(String name, boolean byDefault) {
        Object value = fields.get(name);
        if (value != null && !(value instanceof Boolean)) {
            throw Problem.invalid(name + " must be true or false");
        }
        return value == null ? byDefault : (Boolean) value;
    }

    /** A whole number that is not negative, or a default. */
    public long number(String name, long byDefault) {
        Object value = fields.get(name);
        if (value != null && (!(value instanceof Long number) || number < 0)) {
            throw Problem.invalid(name + " must be a whole number, 0 or more");
        }
        return value == null ? byDefault : (Long) value;
    }
}
