package io.blockdb.io;

import java.io.Closeable;
import java.io.IOException;

/**
 * A file open for positional writes.
 *
 * <p>Threading: one thread at a time, except that {@link #sync} may run beside {@link #write}; it then covers the writes
 * that had returned before it was called.
 */
public interface WritableFile extends Closeable {
    /** Writes all {@code length} bytes at {@code position}, behind the end of the file too (what lies between is zeros). */
    void write(long position, byte[] source, int offset, int length) throws IOException;

    /** Cuts the file to {@code size} bytes. */
    void truncate(long size) throws IOException;

    /** Makes the content and the length of the file safe against power failure. A failed sync must not be repeated. */
    void sync() throws IOException;

    /** Length of the file now, in bytes. */
    long size() throws IOException;

    /** Closes the file without syncing it. Closing twice is legal. */
    @Override
    void close() throws IOException;
}
