package io.blockdb.io;

import java.io.Closeable;
import java.io.IOException;

/**
 * A whole file mapped for reading. All access is bounds-checked plain loads, and copies to the heap: native and
 * intrinsic code (CRC32C, LZ4) must work on a copy, since it would crash the process on a file that shrank, where these
 * throw.
 *
 * <p>A read of a page that is gone (the file was truncated, the disk failed) throws a
 * {@link io.blockdb.base.CorruptionException} with the file's name, from that read. Should an {@link InternalError}
 * surface in the caller nevertheless, {@link #damaged} turns it into one. A read out of bounds is a bug of the caller:
 * {@link IndexOutOfBoundsException}.
 *
 * <p>Threading: reads from any thread. The owner must see to it that no read is under way or comes after {@link #close};
 * a read that comes later fails with {@link IllegalStateException}.
 */
public interface MappedFile extends Closeable {
    /** Length in bytes. */
    long size();

    /** The byte at {@code position}. */
    byte getByte(long position) throws IOException;

    /** The four bytes at {@code position}, big-endian. */
    int getInt(long position) throws IOException;

    /** The eight bytes at {@code position}, big-endian. */
    long getLong(long position) throws IOException;

    /** Copies {@code length} bytes from {@code position} to {@code target} at {@code offset}. */
    void get(long position, byte[] target, int offset, int length) throws IOException;

    /** The error to throw for an {@link InternalError} met while reading from this map. */
    IOException damaged(InternalError error);

    /** Unmaps the file. Closing twice is legal. */
    @Override
    void close();
}
