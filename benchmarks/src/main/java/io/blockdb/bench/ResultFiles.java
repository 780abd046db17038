package io.blockdb.bench;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import java.io.IOException;
import java.io.Serial;
import java.io.Writer;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/** Results as JSON; fractions have five digits, which is more than they are good for. */
final class ResultFiles {
    private static final MathContext DIGITS = new MathContext(5, RoundingMode.HALF_EVEN);
    private static final ObjectMapper MAPPER = new ObjectMapper()
            .registerModule(new SimpleModule()
                    .addSerializer(Double.class, new Rounding())
                    .addSerializer(double.class, new Rounding()));

    private ResultFiles() {}

    private static final class Rounding extends StdSerializer<Double> {
        @Serial
        private static final long serialVersionUID = 1;

        Rounding() {
            super(Double.class);
        }

        @Override
        public void serialize(Double value, JsonGenerator out, SerializerProvider provider) throws IOException {
            if (Double.isFinite(value)) {
                out.writeNumber(BigDecimal.valueOf(value)
                        .round(DIGITS)
                        .stripTrailingZeros()
                        .toPlainString());
            } else {
                out.writeNumber(value);
            }
        }
    }

    /** Adds a line. */
    static void append(Path file, Object result) throws IOException {
        try (Writer out = Files.newBufferedWriter(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            out.write(MAPPER.writeValueAsString(result) + "\n");
        }
    }

    /** The objects of a file of lines; none where there is no file. */
    static <T> List<T> lines(Path file, Class<T> type) throws IOException {
        List<T> results = new ArrayList<>();
        if (Files.exists(file)) {
            for (String line : Files.readAllLines(file)) {
                results.add(MAPPER.readValue(line, type));
            }
        }
        return results;
    }

    /** Writes a document, each element of its lists on a line of its own. */
    static void write(Path file, Object document) throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        DefaultPrettyPrinter printer = new DefaultPrettyPrinter();
        printer.indentArraysWith(DefaultIndenter.SYSTEM_LINEFEED_INSTANCE);
        Files.writeString(file, MAPPER.writer(printer).writeValueAsString(document) + "\n");
    }

    static <T> T read(Path file, Class<T> type) throws IOException {
        return MAPPER.readValue(file.toFile(), type);
    }
}
