package io.blockdb.io;

import java.io.Closeable;
import java.io.IOException;

/**
 * A file open for positional reads. Reads see what was written before them, by whichever handle.
 *
 * <p>Threading: any thread, also at once; closing while others read makes their reads fail with an {@link IOException}.
 */
public interface ReadableFile extends Closeable {
    /**
     * Reads {@code length} bytes from {@code position}, fewer only where the file ends.
     *
     * @return how many bytes were read: less than {@code length} only at the end of the file, 0 behind it
     */
    int read(long position, byte[] target, int offset, int length) throws IOException;

    /** Length of the file now, in bytes. */
    long size() throws IOException;

    /** Closes the file. Closing twice is legal. */
    @Override
    void close() throws IOException;
}
