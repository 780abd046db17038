package io.blockdb.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Positional reads through a {@link FileChannel}, which is opened again whenever the interrupt of one of its readers has
 * closed it.
 *
 * <p>Threading: reads take no lock of their own, unless the channel has to be opened again.
 */
final class DiskReadableFile implements ReadableFile {
    /**
     * Read at most this much at once: the JDK keeps, per thread and for good, a native buffer as large as the largest read.
     */
    private static final int MAX_TRANSFER = 64 << 10;

    private final Path file;
    /** Tells the file from another one that has taken its name; null where the system has no such key. */
    private final @Nullable Object identity;

    private volatile FileChannel channel;
    private volatile boolean closed;

    private DiskReadableFile(Path file, @Nullable Object identity, FileChannel channel) {
        this.file = file;
        this.identity = identity;
        this.channel = channel;
    }

    static DiskReadableFile open(Path file) throws IOException {
        BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
        if (!attributes.isRegularFile()) {
            throw new FileSystemException(file.toString(), null, "Not a regular file");
        }
        return new DiskReadableFile(file, attributes.fileKey(), FileChannel.open(file, StandardOpenOption.READ));
    }

    @Override
    public int read(long position, byte[] target, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, target.length);
        if (position < 0) {
            throw new IndexOutOfBoundsException(file + ": position " + position);
        }
        ByteBuffer buffer = ByteBuffer.wrap(target);
        int done = 0;
        boolean interrupted = Thread.interrupted();
        try {
            while (done < length) {
                FileChannel current = channel;
                // Set anew each time: an interrupted read may have moved the buffer before it threw.
                buffer.limit(offset + done + Math.min(length - done, MAX_TRANSFER))
                        .position(offset + done);
                int count;
                try {
                    count = current.read(buffer, position + done);
                } catch (ClosedChannelException e) {
                    interrupted |= Thread.interrupted();
                    reopen(current);
                    continue;
                }
                if (count < 0) {
                    break;
                }
                done += count;
            }
            return done;
        } catch (IOException e) {
            throw DiskFileSystem.located(file, e);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public long size() throws IOException {
        boolean interrupted = Thread.interrupted();
        try {
            while (true) {
                FileChannel current = channel;
                try {
                    return current.size();
                } catch (ClosedChannelException e) {
                    interrupted |= Thread.interrupted();
                    reopen(current);
                }
            }
        } catch (IOException e) {
            throw DiskFileSystem.located(file, e);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Replaces {@code broken}, unless another reader already has. */
    private synchronized void reopen(FileChannel broken) throws IOException {
        if (closed) {
            throw new IOException("closed");
        }
        if (channel != broken) {
            return;
        }
        FileChannel fresh = FileChannel.open(file, StandardOpenOption.READ);
        try {
            Object found = Files.readAttributes(file, BasicFileAttributes.class).fileKey();
            if (!Objects.equals(identity, found)) {
                throw new IOException("replaced by another file while it was being read");
            }
            channel = fresh;
        } finally {
            if (channel != fresh) {
                fresh.close();
            }
        }
    }

    @Override
    public synchronized void close() throws IOException {
        closed = true;
        channel.close();
    }
}
