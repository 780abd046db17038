package io.blockdb.io;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.AsynchronousFileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.util.Objects;
import java.util.Set;

/**
 * Positional writes through a {@link RandomAccessFile} and syncs through an {@link AsynchronousFileChannel} on the same file,
 * neither of which an interrupt closes. The channel's {@code force(false)} is fdatasync where there is one, which
 * {@code RandomAccessFile} does not offer: it saves the journal a commit when the length has not changed.
 *
 * <p>Threading: as {@link WritableFile} says.
 */
final class DiskWritableFile implements WritableFile {
    /** Written at most at once: above 8 KiB the JDK allocates as much native memory for each call. */
    private static final int MAX_TRANSFER = 64 << 10;

    private static final long UNKNOWN = -1;

    private final Path file;
    private final RandomAccessFile writer;
    private final AsynchronousFileChannel syncer;

    /** Where the writer stands, which saves most seeks. */
    private long at;

    private DiskWritableFile(Path file, RandomAccessFile writer, AsynchronousFileChannel syncer) {
        this.file = file;
        this.writer = writer;
        this.syncer = syncer;
    }

    static DiskWritableFile create(Path file, FileAttribute<?>[] attributes) throws IOException {
        Set<StandardOpenOption> options = Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW);
        AsynchronousFileChannel syncer = AsynchronousFileChannel.open(file, options, null, attributes);
        try {
            return new DiskWritableFile(file, new RandomAccessFile(file.toFile(), "rw"), syncer);
        } catch (IOException e) {
            try (syncer) {
                Files.delete(file);
            } catch (IOException suppressed) {
                e.addSuppressed(suppressed);
            }
            throw DiskFileSystem.located(file, e);
        }
    }

    static DiskWritableFile open(Path file) throws IOException {
        AsynchronousFileChannel syncer = AsynchronousFileChannel.open(file, StandardOpenOption.WRITE);
        try {
            return new DiskWritableFile(file, new RandomAccessFile(file.toFile(), "rw"), syncer);
        } catch (IOException e) {
            try {
                syncer.close();
            } catch (IOException suppressed) {
                e.addSuppressed(suppressed);
            }
            throw DiskFileSystem.located(file, e);
        }
    }

    @Override
    public void write(long position, byte[] source, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, source.length);
        if (position < 0) {
            throw new IndexOutOfBoundsException(file + ": position " + position);
        }
        try {
            if (position != at) {
                writer.seek(position);
            }
            at = UNKNOWN;
            for (int done = 0; done < length; done += MAX_TRANSFER) {
                writer.write(source, offset + done, Math.min(length - done, MAX_TRANSFER));
            }
            at = position + length;
        } catch (IOException e) {
            throw DiskFileSystem.located(file, e);
        }
    }

    @Override
    public void truncate(long size) throws IOException {
        try {
            if (size < 0 || size > writer.length()) {
                throw new IllegalArgumentException(file + ": cannot be cut to " + size + " of " + writer.length());
            }
            at = UNKNOWN;
            writer.setLength(size);
        } catch (IOException e) {
            throw DiskFileSystem.located(file, e);
        }
    }

    @Override
    public void sync() throws IOException {
        try {
            syncer.force(false);
        } catch (IOException e) {
            throw DiskFileSystem.located(file, e);
        }
    }

    @Override
    public long size() throws IOException {
        try {
            return writer.length();
        } catch (IOException e) {
            throw DiskFileSystem.located(file, e);
        }
    }

    @Override
    public void close() throws IOException {
        try (syncer;
                writer) {
            at = UNKNOWN;
        } catch (IOException e) {
            throw DiskFileSystem.located(file, e);
        }
    }
}
