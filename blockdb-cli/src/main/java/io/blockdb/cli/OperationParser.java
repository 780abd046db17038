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
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads operations from lines of JSON: objects with the fields {@code type} (put or delete), {@code key}, {@code
 * value}, {@code table}, {@code encoding} (text or base64) and {@code ttl_seconds}. A field it does not know is
 * refused, since it may be a misspelt one, except those that {@code scan} writes about where an entry stands.
 *
 * <p>Threading: one thread at a time.
 */
final class OperationParser {
    /** Where the parser says that a structure began: in its own words, and of the one line that it sees. */
    private static final Pattern PARSER_POSITION = Pattern.compile(" ?\\(start marker at .*", Pattern.DOTALL);

    /** What {@code scan} and {@code get} say besides the entry itself, so that their lines can be read again. */
    private static final Set<String> PLACES = Set.of("sequence_number", "height", "block_hash", "timestamp", "state");

    private final JsonFactory json = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxStringLength(LineInput.LINE_MAX)
                    .build())
            .build();
    private final TableName defaultTable;
    private final InstantSource clock;

    private String type = "put";
    private @Nullable String key;
    private @Nullable String value;
    private @Nullable String table;
    private Encoding encoding = Encoding.TEXT;
    private long ttlSeconds;

    /** @param defaultTable the table of a line that names none */
    OperationParser(TableName defaultTable, InstantSource clock) {
        this.defaultTable = defaultTable;
        this.clock = clock;
    }

    /**
     * The operation of a line.
     *
     * @throws UsageException if the line is not one, or breaks a limit
     */
    OperationLine parse(long number, String line) throws IOException {
        type = "put";
        key = null;
        value = null;
        table = null;
        encoding = Encoding.TEXT;
        ttlSeconds = 0;
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
            String place = e.getLocation() == null
                    ? ""
                    : " at column " + e.getLocation().getColumnNr();
            throw new UsageException("not valid JSON" + place + ": "
                    + PARSER_POSITION
                            .matcher(String.valueOf(e.getOriginalMessage()))
                            .replaceAll(""));
        }
        return operation(number);
    }

    private void field(String name, JsonParser parser) throws IOException {
        JsonToken token = parser.nextToken();
        switch (name) {
            case "type" -> type = string(name, parser, token);
            case "key" -> key = string(name, parser, token);
            case "value" -> value = token == JsonToken.VALUE_NULL ? null : string(name, parser, token);
            case "table" -> table = string(name, parser, token);
            case "encoding" -> {
                String written = string(name, parser, token);
                encoding = switch (written) {
                    case "text" -> Encoding.TEXT;
                    case "base64" -> Encoding.BASE64;
                    default -> throw new UsageException("encoding must be text or base64, is '" + written + "'");
                };
            }
            case "ttl_seconds" -> {
                if (token != JsonToken.VALUE_NUMBER_INT
                        || parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER) {
                    throw new UsageException("ttl_seconds must be a whole number");
                }
                ttlSeconds = TimeToLive.checked(parser.getLongValue());
            }
            default -> {
                if (!PLACES.contains(name)) {
                    throw new UsageException("unknown field '" + name + "'");
                }
                parser.skipChildren();
            }
        }
    }

    private static String string(String name, JsonParser parser, JsonToken token) throws IOException {
        if (token != JsonToken.VALUE_STRING) {
            throw new UsageException(name + " must be a string");
        }
        return parser.getText();
    }

    private OperationLine operation(long number) {
        boolean delete = type.equals("delete");
        if (!delete && !type.equals("put")) {
            throw new UsageException("type must be put or delete, is '" + type + "'");
        }
        if (key == null) {
            throw new UsageException("key is missing");
        }
        if (delete && (value != null || ttlSeconds != 0)) {
            throw new UsageException("a delete has neither value nor ttl_seconds");
        }
        if (!delete && value == null) {
            throw new UsageException("value is missing");
        }
        return new OperationLine(
                number,
                delete,
                table == null ? defaultTable : TableOption.parseWritable(table),
                Limits.key(encoding.decode("key", key)),
                value == null ? new byte[0] : Limits.value(encoding.decode("value", value)),
                ttlSeconds == 0 ? 0 : TimeToLive.expiry(clock, ttlSeconds));
    }
}
