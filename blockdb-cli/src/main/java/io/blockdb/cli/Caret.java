package io.blockdb.cli;

/** Shows where in a statement something is wrong. */
final class Caret {
    private Caret() {}

    /**
     * The line of the statement in which the place is, and below it a caret under the place.
     *
     * @param before what stands before the line, such as its number
     * @param place a place in the statement; its length, behind its end
     */
    static String under(String before, String statement, int place) {
        int begin = statement.lastIndexOf('\n', place - 1) + 1;
        int end = statement.indexOf('\n', place);
        String line = statement.substring(begin, end < 0 ? statement.length() : end);
        String left = Text.printable(statement.substring(begin, place));
        return before + Text.printable(line.stripTrailing()) + "\n"
                + " ".repeat(TerminalWidth.of(before) + TerminalWidth.of(left)) + "^";
    }
}
