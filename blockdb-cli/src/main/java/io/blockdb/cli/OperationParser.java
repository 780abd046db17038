package io.blockdb.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import io.blockdb.base.TableName;
import java.io.IOException;
import java.time.InstantSource;
import java.util.regex.Pattern;

/**
 * Reads operations from lines of JSON: objects with the fields {@code type} (put or delete), {@code key}, {@code
 * value}, {@code table}, {@code encoding} (text or base64), and {@code ttl_seconds} or {@code expires_at}; and tables from
 * those with the type {@code table}, {@code policy} and {@code erasable}. A field it does not know is refused, since it
 * may be a misspelt one, except those that {@code scan} writes about where an entry stands.
 *
 * <p>Threading: one thread at a time.
 */
final class OperationParser {
    /** Where the parser says that a structure began: in its own words, and of the one line that it sees. */
    private static final Pattern PARSER_POSITION = Pattern.compile(" ?\\(start marker at .*", Pattern.DOTALL);

    private final JsonFactory json = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxStringLength(LineInput.LINE_MAX)
                    .build())
            .build();
    private final OperationFields fields;

    /** @param defaultTable the table of a line that names none */
    OperationParser(TableName defaultTable, InstantSource clock) {
        this.fields = new OperationFields(defaultTable, clock);
    }

    /**
     * The operation of a line.
     *
     * @throws UsageException if the line is not one, or breaks a limit
     */
    OperationLine parse(long number, String line) throws IOException {
        if (parseAny(number, line) instanceof OperationLine operation) {
            return operation;
        }
        throw new UsageException("type must be put or delete, is 'table'");
    }

    /**
     * What a line asks for: an operation, or a table.
     *
     * @throws UsageException if the line asks for nothing, or breaks a limit
     */
    InputLine parseAny(long number, String line) throws IOException {
        fields.begin();
        try (JsonParser parser = json.createParser(line)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new UsageException("a JSON object is expected");
            }
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                field(parser.currentName(), parser);
            }
            if (parser.nextToken() != null) {
                throw new UsageException("there is more behind the JSON object");
            }
        } catch (JsonProcessingException e) {
            throw notJson(e);
        }
        return fields.line(number);
    }

    /** What is said of a line that is not JSON. */
    static UsageException notJson(JsonProcessingException e) {
        String place =
                e.getLocation() == null ? "" : " at column " + e.getLocation().getColumnNr();
        String what = String.valueOf(e.getOriginalMessage());
        return new UsageException(
                "not valid JSON" + place + ": " + PARSER_POSITION.matcher(what).replaceAll(""));
    }

    private void field(String name, JsonParser parser) throws IOException {
        JsonToken token = parser.nextToken();
        OperationFields.Name field = OperationFields.Name.of(name);
        if (field == null || field == OperationFields.Name.STATE) {
            if (field == null && !OperationFields.isPlace(name)) {
                throw new UsageException("unknown field '" + name + "'");
            }
            parser.skipChildren();
            return;
        }
        switch (field) {
            case TTL_SECONDS, EXPIRES_AT -> {
                if (token == JsonToken.VALUE_NULL && field == OperationFields.Name.EXPIRES_AT) {
                    return;
                }
                if (token != JsonToken.VALUE_NUMBER_INT) {
                    throw new UsageException(name + " must be a whole number");
                }
                fields.set(field, parser.getText());
            }
            case ERASABLE -> {
                if (!token.isBoolean()) {
                    throw new UsageException(name + " must be true or false");
                }
                fields.set(field, parser.getText());
            }
            case VALUE -> {
                if (token != JsonToken.VALUE_NULL) {
                    fields.set(field, string(name, parser, token));
                }
            }
            default -> fields.set(field, string(name, parser, token));
        }
    }

    private static String string(String name, JsonParser parser, JsonToken token) throws IOException {
        if (token != JsonToken.VALUE_STRING) {
            throw new UsageException(name + " must be a string");
        }
        return parser.getText();
    }
}
