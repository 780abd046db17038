package io.blockdb.cli;

import java.io.Closeable;
import java.io.IOException;

/** What an import reads: lines or rows, one by one, each of which asks for something. */
interface OperationInput extends Closeable {
    /** Reads on to the next line or row that is not empty; false at the end. */
    boolean next() throws IOException;

    /** Number of the line, from 1; of the first one where a row has several. */
    long line();

    /**
     * What it asks for.
     *
     * @throws UsageException if it is malformed, or cannot be written
     */
    InputLine read() throws IOException;

    /** How many bytes of the input were read, up to and with this line. */
    long offset();

    /** How many lines of the input have ended in them. */
    long linesEnded();

    /**
     * Goes on behind a line, before anything was read.
     *
     * @param offset as {@link #offset} said it
     * @param lines as {@link #linesEnded} said it
     */
    void skipTo(long offset, long lines) throws IOException;
}
