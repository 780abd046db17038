package io.blockdb.cli;

import java.util.ArrayList;
import java.util.List;

/**
 * Splits a statement into words as a shell does: blanks separate, single quotes are literal, in double quotes a
 * backslash escapes a double quote and a backslash, elsewhere any character. A backslash before the end of a line joins
 * the next one to it. A statement that begins with {@code #} has no words.
 */
final class ShellWords {
    /** A statement and the places where its words begin. */
    record Statement(String text, List<String> words, List<Integer> begins) {}

    /** A quote that was opened is not closed, or a backslash ends the line. */
    static final class Unfinished extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final int place;

        Unfinished(String what, int place) {
            super(what);
            this.place = place;
        }

        /** Where the quote or the backslash is. */
        int place() {
            return place;
        }
    }

    private final String text;
    private final List<String> words = new ArrayList<>();
    private final List<Integer> begins = new ArrayList<>();
    private final StringBuilder word = new StringBuilder();
    private boolean inWord;
    private char quote;
    private int opened;

    private ShellWords(String text) {
        this.text = text;
    }

    /**
     * The words of a statement.
     *
     * @throws Unfinished if it ends within a quote
     */
    static List<String> split(String text) {
        return parse(text).words();
    }

    /**
     * The words of a statement and their places.
     *
     * @throws Unfinished if it ends within a quote
     */
    static Statement parse(String text) {
        return new ShellWords(text).run();
    }

    private Statement run() {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\\' && quote != '\'') {
                i = escaped(i);
            } else if (quote != 0) {
                if (c == quote) {
                    quote = 0;
                } else {
                    word.append(c);
                }
            } else if (c == '\'' || c == '"') {
                begin(i);
                quote = c;
                opened = i;
            } else if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
                end();
            } else if (c == '#' && !inWord && words.isEmpty()) {
                break;
            } else {
                begin(i);
                word.append(c);
            }
        }
        if (quote != 0) {
            throw new Unfinished("the quote " + quote + " is not closed", opened);
        }
        end();
        return new Statement(text, words, begins);
    }

    /** Takes the backslash at {@code at} and what it escapes; answers the place of the last character taken. */
    private int escaped(int at) {
        if (at + 1 == text.length()) {
            throw new Unfinished("a backslash ends the line", at);
        }
        char next = text.charAt(at + 1);
        if (next == '\n') {
            return at + 1;
        }
        begin(at);
        if (quote == '"' && next != '"' && next != '\\') {
            word.append('\\');
        }
        word.append(next);
        return at + 1;
    }

    private void begin(int at) {
        if (!inWord) {
            begins.add(at);
            inWord = true;
        }
    }

    private void end() {
        if (inWord) {
            words.add(word.toString());
            word.setLength(0);
            inWord = false;
        }
    }
}
