package io.blockdb.cli;

import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** The lines of a pipe or a file: no prompt, no history. */
final class PipedLines implements CommandLines {
    private final LineInput lines;

    PipedLines(InputStream in) {
        this.lines = new LineInput(in);
    }

    @Override
    public @Nullable String next() throws IOException {
        return lines.next() ? lines.text() : null;
    }

    @Override
    public String place() {
        return "line " + lines.number();
    }

    /** Leaves standard input open: it is the process's. */
    @Override
    public void close() {}
}
