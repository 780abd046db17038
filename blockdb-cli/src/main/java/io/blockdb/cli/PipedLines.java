package io.blockdb.cli;

import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * The lines of a pipe or a file: no prompt, no history. A backslash at the end of a line joins the next one. An open
 * quote does not: one that was forgotten would swallow the rest.
 */
final class PipedLines implements CommandLines {
    private final LineInput lines;
    private long first;

    PipedLines(InputStream in) {
        this.lines = new LineInput(in);
    }

    @Override
    public @Nullable String next() throws IOException {
        if (!lines.next()) {
            return null;
        }
        first = lines.number();
        String statement = lines.text();
        while (goesOn(statement) && lines.next()) {
            statement = statement.stripTrailing() + "\n" + lines.text();
        }
        return statement;
    }

    private static boolean goesOn(String statement) {
        String text = statement.stripTrailing();
        try {
            ShellWords.split(text);
            return false;
        } catch (ShellWords.Unfinished e) {
            return e.place() == text.length() - 1 && text.endsWith("\\");
        }
    }

    @Override
    public String place() {
        return "line " + first;
    }

    /** Leaves standard input open: it is the process's. */
    @Override
    public void close() {}
}
