package io.blockdb.cli;

import java.util.ArrayList;
import java.util.List;

/**
 * Splits a line into words as a shell does: blanks separate, single quotes are literal, in double quotes a backslash
 * escapes a double quote and a backslash, elsewhere any character. A line that begins with {@code #} has no words.
 */
final class ShellWords {
    private ShellWords() {}

    /** A quote that was opened is not closed, or a backslash ends the line. */
    static final class Unfinished extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Unfinished(String what) {
            super(what);
        }
    }

    /**
     * The words of a line.
     *
     * @throws Unfinished if the line ends within a quote
     */
    static List<String> split(String line) {
        List<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        boolean inWord = false;
        char quote = 0;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c == '\\' && quote != '\'') {
                if (i + 1 == line.length()) {
                    throw new Unfinished("a backslash ends the line");
                }
                char next = line.charAt(++i);
                if (quote == '"' && next != '"' && next != '\\') {
                    word.append(c);
                }
                word.append(next);
                inWord = true;
            } else if (quote != 0) {
                if (c == quote) {
                    quote = 0;
                } else {
                    word.append(c);
                }
            } else if (c == '\'' || c == '"') {
                quote = c;
                inWord = true;
            } else if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
                if (inWord) {
                    words.add(word.toString());
                    word.setLength(0);
                    inWord = false;
                }
            } else if (c == '#' && !inWord && words.isEmpty()) {
                return words;
            } else {
                word.append(c);
                inWord = true;
            }
        }
        if (quote != 0) {
            throw new Unfinished("the quote " + quote + " is not closed");
        }
        if (inWord) {
            words.add(word.toString());
        }
        return words;
    }
}
