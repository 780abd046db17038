package io.blockdb.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How sizes, times, words and bytes are written. */
final class TextFormsTest {
    @Test
    void sizesAreReadWithAndWithoutUnits() {
        assertEquals(0, Sizes.parse("0"));
        assertEquals(65536, Sizes.parse("65536"));
        assertEquals(64 << 10, Sizes.parse("64KB"));
        assertEquals(64 << 20, Sizes.parse("64 mb"));
        assertEquals(2L << 30, Sizes.parse(" 2GB "));
        assertEquals(3L << 40, Sizes.parse("3TB"));
        for (String bad : List.of("", "MB", "-1", "1.5MB", "64M", "64XB", "9999999999999999999", "9999999999TB")) {
            assertThrows(UsageException.class, () -> Sizes.parse(bad), bad);
        }
    }

    @Test
    void sizesAreWrittenInTheLargestUnit() {
        assertEquals("0 B", Sizes.format(0));
        assertEquals("1023 B", Sizes.format(1023));
        assertEquals("1 KB", Sizes.format(1024));
        assertEquals("64 MB", Sizes.format(64 << 20));
        assertEquals("1.5 GB", Sizes.format(3L << 29));
        assertEquals("2048 TB", Sizes.format(1L << 51));
    }

    @Test
    void timesToLive() {
        assertEquals(90, TimeToLive.parse("90"));
        assertEquals(90, TimeToLive.parse("90s"));
        assertEquals(600, TimeToLive.parse("10m"));
        assertEquals(7200, TimeToLive.parse("2h"));
        assertEquals(604_800, TimeToLive.parse("7d"));
        for (String bad : List.of("", "s", "-1", "1.5h", "1w", "0", "0d", "99999999999999", "999999999999d", "101y")) {
            assertThrows(UsageException.class, () -> TimeToLive.parse(bad), bad);
        }
    }

    @Test
    void countsHaveCommasAndPlurals() {
        assertEquals("1,234,567", Counts.format(1_234_567));
        assertEquals("1 entry", Counts.format(1, "entry"));
        assertEquals("0 entries", Counts.format(0, "entry"));
        assertEquals("2,000 blocks", Counts.format(2000, "block"));
    }

    @Test
    void wordsAreSplitAsInAShell() {
        assertEquals(List.of("put", "a b", "c"), ShellWords.split("put 'a b'\tc"));
        assertEquals(List.of("its", "it's", "it's"), ShellWords.split("'it''s' \"it's\" it\\'s"));
        assertEquals(List.of("", "x", ""), ShellWords.split("'' x \"\""));
        assertEquals(List.of("a\\nb", "a\"b\\c", "a\\b"), ShellWords.split("\"a\\nb\" \"a\\\"b\\\\c\" 'a\\b'"));
        assertEquals(List.of("a#b", "#c"), ShellWords.split("a#b #c"));
        assertEquals(List.of(), ShellWords.split("  # put a b"));
        assertEquals(List.of("größe", "✓"), ShellWords.split("größe ✓\r"));
        assertEquals(List.of("put", "a b", "xy"), ShellWords.split("put \\\n 'a b' \"x\\\ny\""));
        assertEquals(List.of("a\nb"), ShellWords.split("'a\nb'"));
        assertEquals(List.of(2, 6, 13), ShellWords.parse("  put 'a b'\t c").begins());
        assertThrows(ShellWords.Unfinished.class, () -> ShellWords.split("put 'a"));
        assertThrows(ShellWords.Unfinished.class, () -> ShellWords.split("put \"a"));
        assertThrows(ShellWords.Unfinished.class, () -> ShellWords.split("put a\\"));
    }

    @Test
    void aCaretStandsBelowThePlace() {
        assertEquals("1: get k\n       ^", Caret.under("1: ", "get k", 4));
        assertEquals("c 漢 x\n     ^", Caret.under("", "a\nc 漢 x\n", 6));
        assertEquals("get\n   ^", Caret.under("", "get", 3));
    }

    @Test
    void bytesThatAreNoTextAreMarked() {
        assertEquals("größe", Text.shown("größe".getBytes(StandardCharsets.UTF_8)));
        assertEquals("0x00ff", Text.shown(new byte[] {0, -1}));
        assertEquals("a\\nb\\u0000\\u001b[1m\\u202e", Text.printable("a\nb\0\u001b[1m\u202e"));
        assertNull(Text.decode(new byte[] {(byte) 0xed, (byte) 0xa0, (byte) 0x80}), "an encoded surrogate");
        assertNull(Text.decode(new byte[] {(byte) 0xc0, (byte) 0x80}), "an overlong form");
    }

    @Test
    void widthsOnATerminal() {
        assertEquals(5, TerminalWidth.of("größe"));
        assertEquals(4, TerminalWidth.of("漢字"));
        assertEquals(1, TerminalWidth.of("e\u0301"));
        assertEquals("0123…", TerminalWidth.cut("0123456", 5));
        assertEquals("漢…", TerminalWidth.cut("漢字漢字", 4));
    }

    @Test
    void linesAreReadWhateverTheirLength() throws Exception {
        String longLine = "x".repeat(200_000);
        byte[] bytes = ("\ufeffa\r\n\n" + longLine + "\nlast").getBytes(StandardCharsets.UTF_8);
        try (LineInput lines = new LineInput(new ByteArrayInputStream(bytes))) {
            for (String expected : List.of("a\r", "", longLine, "last")) {
                assertEquals(true, lines.next());
                assertEquals(expected, lines.text());
            }
            assertEquals(false, lines.next());
            assertEquals(4, lines.number());
        }
    }

    @Test
    void aLineThatIsTooLongIsPassedOver() throws Exception {
        byte[] bytes = new byte[LineInput.LINE_MAX + 10];
        Arrays.fill(bytes, (byte) 'x');
        bytes[bytes.length - 3] = '\n';
        try (LineInput lines = new LineInput(new ByteArrayInputStream(bytes))) {
            assertEquals(true, lines.next());
            assertThrows(UsageException.class, lines::text);
            assertEquals(true, lines.next());
            assertEquals("xx", lines.text());
            assertEquals(2, lines.number());
        }
    }

    @Test
    void argumentsThatTheJvmHarmedAreTakenFromTheSystem() {
        byte[] line = "java\0-jar\0x.jar\0put\0größe\0✓\0".getBytes(StandardCharsets.UTF_8);
        assertArrayEquals(
                new String[] {"put", "größe", "✓"},
                Arguments.restore(new String[] {"put", "gr\ufffd\ufffd\ufffd\ufffde", "\ufffd\ufffd\ufffd"}, line));
        byte[] bad = {'p', 'u', 't', 0, (byte) 0xff, 0};
        assertNull(Arguments.restore(new String[] {"put", "\ufffd"}, bad));
    }
}
