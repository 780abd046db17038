package io.blockdb.proof;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.blockdb.base.Hash;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The vectors of LEDGER.md as a tree: an object of JSON with typed access to its fields. */
public record Vectors(Map<String, @Nullable Object> fields) {
    /** The whole file. */
    public static Vectors load() throws IOException {
        try (InputStream file = Vectors.class.getResourceAsStream("/vectors/ledger-v1.json");
                JsonParser parser = new JsonFactory().createParser(Objects.requireNonNull(file))) {
            parser.nextToken();
            return (Vectors) Objects.requireNonNull(value(parser));
        }
    }

    private static @Nullable Object value(JsonParser parser) throws IOException {
        return switch (Objects.requireNonNull(parser.currentToken())) {
            case START_OBJECT -> {
                Map<String, @Nullable Object> fields = new LinkedHashMap<>();
                while (parser.nextToken() != JsonToken.END_OBJECT) {
                    String name = parser.currentName();
                    parser.nextToken();
                    fields.put(name, value(parser));
                }
                yield new Vectors(fields);
            }
            case START_ARRAY -> {
                List<@Nullable Object> items = new ArrayList<>();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    items.add(value(parser));
                }
                yield items;
            }
            // Some receipts that must be refused have numbers that are no integers.
            case VALUE_STRING, VALUE_NUMBER_FLOAT -> parser.getText();
            case VALUE_NUMBER_INT -> parser.getNumberValue().longValue();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NULL -> null;
            default -> throw new IOException("unexpected " + parser.currentToken());
        };
    }

    public boolean isNull(String name) {
        return fields.get(name) == null;
    }

    public String string(String name) {
        return (String) Objects.requireNonNull(fields.get(name), name);
    }

    public long number(String name) {
        return (Long) Objects.requireNonNull(fields.get(name), name);
    }

    public boolean flag(String name) {
        return (Boolean) Objects.requireNonNull(fields.get(name), name);
    }

    public byte[] base64(String name) {
        return Base64.getDecoder().decode(string(name));
    }

    public Hash hash(String name) {
        return Hash.parse(string(name));
    }

    public List<Vectors> objects(String name) {
        return items(name).stream().map(Vectors.class::cast).toList();
    }

    public List<String> strings(String name) {
        return items(name).stream().map(String.class::cast).toList();
    }

    /** A list of lists of strings, flattened. */
    public List<String> nestedStrings(String name) {
        return items(name).stream()
                .flatMap(inner -> ((List<?>) inner).stream())
                .map(String.class::cast)
                .toList();
    }

    public Vectors object(String name) {
        return (Vectors) Objects.requireNonNull(fields.get(name), name);
    }

    private List<?> items(String name) {
        return (List<?>) Objects.requireNonNull(fields.get(name), name);
    }

    /** What is tested, for the messages of failures. */
    public String why() {
        return string("why");
    }
}
