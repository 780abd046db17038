package io.blockdb.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class DelimitedInputTest {
    /** Pieces that a parser may take for something else, whole and broken. */
    private static final List<String> PIECES = List.of(
            "a", "bc", "\"", "\"\"", ",", "\n", "\r\n", "\r", "\t", "\\", "\\n", "\\t", "ä", "€", "😀", " ", "0",
            "x,y");

    private final long seed = Long.getLong("blockdb.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final String reproduce =
            "reproduce with: mvn -pl blockdb-cli -am test -Dtest=DelimitedInputTest -Dblockdb.seed=" + seed;

    /** Gives the bytes in pieces of any size, as a pipe does. */
    private static final class Dripping extends InputStream {
        private final InputStream in;
        private final Random random;

        Dripping(byte[] bytes, Random random) {
            this.in = new ByteArrayInputStream(bytes);
            this.random = random;
        }

        @Override
        public int read() throws IOException {
            return in.read();
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            return in.read(bytes, offset, Math.min(length, 1 + random.nextInt(7)));
        }
    }

    private static DelimitedInput csv(String text) {
        return DelimitedInput.csv(new ByteArrayInputStream(text.getBytes(UTF_8)));
    }

    private static List<List<String>> rows(DelimitedInput input) throws IOException {
        List<List<String>> rows = new ArrayList<>();
        while (input.next()) {
            assertNull(input.problem());
            rows.add(row(input));
        }
        return rows;
    }

    private static List<String> row(DelimitedInput input) {
        List<String> fields = new ArrayList<>();
        for (int i = 0; i < input.count(); i++) {
            fields.add(input.text(i));
        }
        return fields;
    }

    @Test
    void whatRfc4180Says() throws IOException {
        assertEquals(
                List.of(
                        List.of("a", "b", "c"),
                        List.of("a,b", "c\nd", "e\"f"),
                        List.of("", "", ""),
                        List.of("x\r\ny", "in the \"middle\"", "\rz"),
                        List.of(""),
                        List.of("last", "one", "")),
                rows(csv(
                        "\ufeffa,b,c\r\n\"a,b\",\"c\nd\",\"e\"\"f\"\n,,\n\n\r\n\"x\r\ny\",in the \"middle\",\rz\r\n\"\"\n"
                                + "last,one,")));
        assertEquals(List.of(), rows(csv("")));
        assertEquals(List.of(), rows(csv("\ufeff\n\r\n\n")));
        assertEquals(List.of(List.of("a")), rows(csv("\"a\"")));
        assertEquals(List.of(List.of("a")), rows(csv("\"a\"\r")));
        assertEquals(List.of(List.of("", "")), rows(csv(",")));
    }

    @Test
    void escapesOfTsv() throws IOException {
        DelimitedInput input =
                DelimitedInput.tsv(new ByteArrayInputStream("a\\tb\tc\\nd\\re\\\\n\r\n\"q\"\t\\x\\\n".getBytes(UTF_8)));
        assertEquals(List.of(List.of("a\tb", "c\nd\re\\n"), List.of("\"q\"", "\\x\\")), rows(input));
    }

    @Test
    void anyFieldsComeBackHoweverTheyAreReadAndWritten() throws IOException {
        for (int round = 0; round < 400; round++) {
            boolean csv = random.nextBoolean();
            List<List<String>> expected = randomRows(csv ? 1 : 2);
            byte[] written = write(expected, csv).getBytes(UTF_8);
            InputStream in = new Dripping(written, random);
            int size = 4 + random.nextInt(60);
            List<List<String>> found =
                    rows(csv ? DelimitedInput.csv(in, size, 1 << 20) : DelimitedInput.tsv(in, size, 1 << 20));
            assertEquals(expected, found, () -> new String(written, UTF_8) + reproduce);
        }
    }

    /** @param widthMin TSV has no quotes: there a row of one empty field cannot be told from an empty line */
    private List<List<String>> randomRows(int widthMin) {
        int width = widthMin + random.nextInt(4);
        List<List<String>> rows = new ArrayList<>();
        for (int i = random.nextInt(12); i > 0; i--) {
            List<String> row = new ArrayList<>();
            for (int field = 0; field < width; field++) {
                StringBuilder text = new StringBuilder();
                for (int piece = random.nextInt(6); piece > 0; piece--) {
                    text.append(PIECES.get(random.nextInt(PIECES.size())));
                }
                row.add(text.toString());
            }
            rows.add(row);
        }
        return rows;
    }

    private String write(List<List<String>> rows, boolean csv) {
        StringBuilder text = new StringBuilder(random.nextBoolean() ? "\ufeff" : "");
        for (int i = 0; i < rows.size(); i++) {
            List<String> row = rows.get(i);
            for (int field = 0; field < row.size(); field++) {
                text.append(field == 0 ? "" : csv ? "," : "\t");
                text.append(csv ? quoted(row.get(field)) : escaped(row.get(field)));
            }
            boolean last = i == rows.size() - 1;
            text.append(last && random.nextBoolean() ? "" : random.nextBoolean() ? "\n" : "\r\n");
            text.append(!last && random.nextInt(5) == 0 ? "\n" : "");
        }
        return text.toString();
    }

    /** In quotes where they are needed, else now and then; an empty line would be no row. */
    private String quoted(String field) {
        boolean needed = field.isEmpty() || field.matches("(?s).*[,\"\n\r].*");
        return needed || random.nextInt(4) == 0 ? '"' + field.replace("\"", "\"\"") + '"' : field;
    }

    private static String escaped(String field) {
        return field.replace("\\", "\\\\")
                .replace("\t", "\\t")
                .replace("\n", "\\n")
                .replace("\r", "\\r");
    }

    @Test
    void whereItIsAfterEveryRow() throws IOException {
        String text = "\ufeffa,b\n\"x\ny\",1\n\nz,2\n";
        DelimitedInput input = csv(text);
        List<String> places = new ArrayList<>();
        while (input.next()) {
            places.add(input.line() + "-" + input.lastLine() + " @" + input.offset() + " " + input.linesEnded());
        }
        assertEquals(List.of("1-1 @7 1", "2-3 @15 3", "5-5 @20 5"), places);

        DelimitedInput behind = csv(text);
        assertTrue(behind.next());
        behind.skipTo(15, 3);
        assertTrue(behind.next());
        assertEquals(List.of("z", "2"), row(behind));
        assertEquals(5, behind.line());
        assertEquals(20, behind.offset());
    }

    @Test
    void everySplitOfAFileCanBeGoneOnBehind() throws IOException {
        for (int round = 0; round < 100; round++) {
            List<List<String>> expected = randomRows(1);
            byte[] written = write(expected, true).getBytes(UTF_8);
            DelimitedInput whole = DelimitedInput.csv(new ByteArrayInputStream(written), 16, 1 << 20);
            for (int i = 0; whole.next(); i++) {
                DelimitedInput rest = DelimitedInput.csv(new Dripping(written, random), 16, 1 << 20);
                rest.next();
                rest.skipTo(whole.offset(), whole.linesEnded());
                assertEquals(expected.subList(i + 1, expected.size()), rows(rest), reproduce);
            }
        }
    }

    @Test
    void whatIsWrongAndWhere() throws IOException {
        check(
                "a,b\n1,\"ä\"x,3\nok,ok\n",
                "2: column 6: expected a comma or the end of the line behind a closing quote, found 'x'",
                "ok");
        check(
                "a,b\n\"not closed,1\n2,\"here\" then\nok,ok\n",
                "2: line 3, column 4: expected a comma or the end of the line behind a closing quote, found 'h';"
                        + " lines 2 to 3 are left out",
                "ok");
        check(
                "a,b\n1,\"never closed\nx,y\n",
                "2: column 3: the quoted field that begins here is never closed: expected \", found the end of the input;"
                        + " all up to line 3 is left out",
                "");
        check(
                "a\n\"\"\"",
                "2: column 1: the quoted field that begins here is never closed: expected \", found the end of"
                        + " the input",
                "");
    }

    private static void check(String text, String problem, String next) throws IOException {
        DelimitedInput input = csv(text);
        assertTrue(input.next());
        assertTrue(input.next());
        assertEquals(problem, input.line() + ": " + input.problem());
        assertEquals(!next.isEmpty(), input.next());
        if (!next.isEmpty()) {
            assertEquals(next, input.text(0));
        }
    }

    @Test
    void aRowThatIsTooLongIsLeftOutToTheEndOfItsLine() throws IOException {
        String text = "a,b\n\"" + "x\n".repeat(600) + "y\nok,1\n";
        DelimitedInput input = DelimitedInput.csv(new ByteArrayInputStream(text.getBytes(UTF_8)), 64, 1000);
        assertTrue(input.next());
        assertTrue(input.next());
        assertEquals(2, input.line());
        String problem = String.valueOf(input.problem());
        assertTrue(
                problem.startsWith(
                        "the row that begins here is longer than 1000 B: is a quote not closed? Lines 2 to "),
                problem);
        assertTrue(input.next());
        assertEquals("x", input.text(0));
        long line = input.line();
        while (!Arrays.asList("ok").equals(row(input).subList(0, 1))) {
            assertTrue(input.next());
            line++;
            assertEquals(line, input.line());
        }
        assertEquals(text.length(), input.offset());
    }
}
