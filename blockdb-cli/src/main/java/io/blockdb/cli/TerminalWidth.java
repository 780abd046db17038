package io.blockdb.cli;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** How many columns there are, and how many a text takes. */
final class TerminalWidth {
    private static final int DEFAULT = 80;

    private TerminalWidth() {}

    /** Columns of the terminal that standard output is, 0 where it is none. */
    static int of(Streams streams) {
        return streams.outIsTerminal() ? columns(streams) : 0;
    }

    /** Columns of the terminal that the process has. */
    static int columns(Streams streams) {
        int set = number(streams.variable("COLUMNS"));
        return set > 0 ? set : ask();
    }

    /** Asks the terminal by {@code stty}, since Java has no way to; where that fails, the usual width. */
    private static int ask() {
        try {
            Process process = new ProcessBuilder("stty", "size")
                    .redirectInput(new File("/dev/tty"))
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            try (InputStream answer = process.getInputStream()) {
                String[] rowsColumns = new String(answer.readAllBytes(), StandardCharsets.US_ASCII)
                        .strip()
                        .split(" ");
                int columns = rowsColumns.length == 2 ? number(rowsColumns[1]) : 0;
                return columns > 0 ? columns : DEFAULT;
            }
        } catch (IOException e) {
            return DEFAULT;
        }
    }

    private static int number(String text) {
        return text.matches("[0-9]{1,5}") ? Integer.parseInt(text) : 0;
    }

    /**
     * Columns that a text takes: East Asian characters and pictures two, marks that join what stands before them none.
     */
    static int of(String text) {
        int width = 0;
        for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
            width += of(text.codePointAt(i));
        }
        return width;
    }

    /** The text, or as much of it as fits with an ellipsis. */
    static String cut(String text, int columns) {
        if (2 * text.length() <= columns || of(text) <= columns) {
            return text;
        }
        int width = 0;
        int end = 0;
        while (end < text.length()) {
            int codePoint = text.codePointAt(end);
            width += of(codePoint);
            if (width > columns - 1) {
                break;
            }
            end += Character.charCount(codePoint);
        }
        return text.substring(0, end) + "…";
    }

    private static int of(int codePoint) {
        if (codePoint < 0x300) {
            return 1;
        }
        int type = Character.getType(codePoint);
        if (type == Character.NON_SPACING_MARK || type == Character.ENCLOSING_MARK || type == Character.FORMAT) {
            return 0;
        }
        boolean wide = (codePoint >= 0x1100 && codePoint <= 0x115f)
                || (codePoint >= 0x2e80 && codePoint <= 0xa4cf)
                || (codePoint >= 0xac00 && codePoint <= 0xd7a3)
                || (codePoint >= 0xf900 && codePoint <= 0xfaff)
                || (codePoint >= 0xfe30 && codePoint <= 0xfe6f)
                || (codePoint >= 0xff00 && codePoint <= 0xff60)
                || (codePoint >= 0x1f300 && codePoint <= 0x1faff)
                || (codePoint >= 0x20000 && codePoint <= 0x3fffd);
        return wide ? 2 : 1;
    }
}
