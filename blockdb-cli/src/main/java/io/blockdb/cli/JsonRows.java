package io.blockdb.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteFeature;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Records as JSON objects: one a line, or the elements of an array. */
final class JsonRows implements Rows {
    /** How the objects stand together. */
    enum Shape {
        /** Each on a line of its own. */
        LINES,
        /** In one array, an element a line. */
        ARRAY
    }

    private final Output out;
    private final List<Column> columns;
    private final Shape shape;
    private final boolean base64;
    private final int lastBytes;
    private final JsonFactory factory = JsonFactory.builder()
            .disable(StreamWriteFeature.AUTO_CLOSE_TARGET)
            .disable(StreamWriteFeature.FLUSH_PASSED_TO_STREAM)
            .build();
    private @Nullable JsonGenerator json;
    private long count;

    JsonRows(Output out, List<Column> columns, Shape shape, boolean base64) {
        this.out = out;
        this.columns = columns;
        this.shape = shape;
        this.base64 = base64;
        this.lastBytes = Rows.lastBytes(columns);
    }

    @Override
    public void add(@Nullable Object... cells) throws IOException {
        JsonGenerator generator = json;
        if (generator == null) {
            generator = factory.createGenerator(out);
            generator.setRootValueSeparator(null);
            json = generator;
        }
        if (shape == Shape.ARRAY) {
            out.text(count == 0 ? "[\n" : ",\n");
        }
        boolean text = !base64 && Rows.allText(cells);
        generator.writeStartObject();
        for (int i = 0; i < cells.length; i++) {
            generator.writeFieldName(columns.get(i).name());
            write(generator, cells[i], text);
            if (i == lastBytes) {
                generator.writeStringField("encoding", text ? "text" : "base64");
            }
        }
        generator.writeEndObject();
        generator.flush();
        if (shape == Shape.LINES) {
            out.write('\n');
        }
        count++;
    }

    private static void write(JsonGenerator generator, @Nullable Object cell, boolean text) throws IOException {
        if (cell == null) {
            generator.writeNull();
        } else if (cell instanceof byte[] bytes) {
            generator.writeString(
                    text
                            ? new String(bytes, StandardCharsets.UTF_8)
                            : Base64.getEncoder().encodeToString(bytes));
        } else if (cell instanceof Long number) {
            generator.writeNumber(number);
        } else if (cell instanceof Boolean flag) {
            generator.writeBoolean(flag);
        } else if (cell instanceof Map<?, ?> fields) {
            generator.writeStartObject();
            for (Map.Entry<?, ?> field : fields.entrySet()) {
                generator.writeFieldName((String) field.getKey());
                write(generator, field.getValue(), text);
            }
            generator.writeEndObject();
        } else if (cell instanceof List<?> items) {
            generator.writeStartArray();
            for (Object item : items) {
                write(generator, item, text);
            }
            generator.writeEndArray();
        } else {
            generator.writeString((String) cell);
        }
    }

    @Override
    public void close() throws IOException {
        if (shape == Shape.ARRAY) {
            out.text(count == 0 ? "[]\n" : "\n]\n");
        }
    }
}
