package io.blockdb.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import io.blockdb.base.TableName;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Lines with any JSON object: some of its fields make the key, and the value is one field, or the text of the line as it
 * stands. A field that is a number or a truth value is taken as it is written.
 *
 * <p>Threading: one thread at a time.
 */
final class KeyedLines implements JsonOperations.Mapping {
    private final JsonFactory json = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxStringLength(LineInput.LINE_MAX)
                    .build())
            .build();
    private final TableName table;
    private final KeyTemplate key;
    private final @Nullable String valueField;
    /** The fields that are asked for, and what was found of them. */
    private final Map<String, @Nullable String> found = new HashMap<>();

    /** @param valueField the field that is the value; null: the whole line */
    KeyedLines(TableName table, KeyTemplate key, @Nullable String valueField) {
        this.table = table;
        this.key = key;
        this.valueField = valueField;
        for (KeyTemplate.Part part : key.parts()) {
            if (part.isField()) {
                found.put(part.text(), null);
            }
        }
        if (valueField != null) {
            found.put(valueField, null);
        }
    }

    @Override
    public InputLine map(long number, String line) throws IOException {
        found.replaceAll((field, last) -> null);
        try (JsonParser parser = json.createParser(line)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new UsageException("a JSON object is expected");
            }
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                String field = parser.currentName();
                JsonToken token = parser.nextToken();
                if (found.containsKey(field)) {
                    found.put(field, text(field, parser, token));
                } else {
                    parser.skipChildren();
                }
            }
            if (parser.nextToken() != null) {
                throw new UsageException("there is more behind the JSON object");
            }
        } catch (JsonProcessingException e) {
            throw OperationParser.notJson(e);
        }
        StringBuilder built = new StringBuilder();
        for (KeyTemplate.Part part : key.parts()) {
            built.append(part.isField() ? there(part.text()) : part.text());
        }
        String value = valueField == null ? line.strip() : there(valueField);
        return new OperationLine(
                number,
                false,
                table,
                Limits.key(Encoding.TEXT.decode("the key", built.toString())),
                Limits.value(Encoding.TEXT.decode("the value", value)),
                0);
    }

    private static String text(String field, JsonParser parser, JsonToken token) throws IOException {
        if (token != JsonToken.VALUE_STRING && !token.isNumeric() && !token.isBoolean()) {
            throw new UsageException("field '" + field + "': expected a string, a number or a truth value, found "
                    + (token == JsonToken.VALUE_NULL
                            ? "null"
                            : token == JsonToken.START_ARRAY ? "an array" : "an object"));
        }
        return parser.getText();
    }

    private String there(String field) {
        String text = found.get(field);
        if (text == null) {
            throw new UsageException("field '" + field + "' is missing");
        }
        return text;
    }
}
