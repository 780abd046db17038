package io.blockdb.cli;

import java.io.IOException;

/** The lines of a file of JSON objects. */
final class JsonOperations implements OperationInput {
    /** Says what a line asks for. */
    interface Mapping {
        /** @throws UsageException if it is malformed, or cannot be written */
        InputLine map(long number, String line) throws IOException;
    }

    private final LineInput lines;
    private final Mapping mapping;

    JsonOperations(LineInput lines, Mapping mapping) {
        this.lines = lines;
        this.mapping = mapping;
    }

    @Override
    public boolean next() throws IOException {
        while (lines.next()) {
            if (!lines.isBlank()) {
                return true;
            }
        }
        return false;
    }

    @Override
    public long line() {
        return lines.number();
    }

    @Override
    public InputLine read() throws IOException {
        return mapping.map(lines.number(), lines.text());
    }

    @Override
    public long offset() {
        return lines.offset();
    }

    @Override
    public long linesEnded() {
        return lines.linesEnded();
    }

    @Override
    public void skipTo(long offset, long lines) throws IOException {
        this.lines.skip(offset, lines);
    }

    @Override
    public void close() throws IOException {
        lines.close();
    }
}
