package io.blockdb.cli;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * Standard error: errors, notes and progress, in UTF-8, a line each. A message that cannot be written is dropped: there
 * is nowhere left to say so.
 *
 * <p>Threading: one thread at a time.
 */
final class Messages {
    private final PrintStream target;
    private Style style = Style.PLAIN;

    Messages(Streams streams) {
        this.target = new PrintStream(streams.err(), true, StandardCharsets.UTF_8);
    }

    /** The stream, for those that write by themselves. */
    PrintStream stream() {
        return target;
    }

    Style style() {
        return style;
    }

    void style(Style chosen) {
        this.style = chosen;
    }

    /** What went wrong: one line, begun with {@code Error:}. */
    void error(String message) {
        line(style.bad("Error:") + " " + Text.printable(message));
    }

    /** What the user should know, although nothing went wrong. */
    void note(String message) {
        line("Note: " + Text.printable(message));
    }

    /** A line as it is; keys and values in it must be {@link Text#printable}. */
    void line(String text) {
        target.print(text + "\n");
        target.flush();
    }
}
