package io.blockdb.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * Positional reads past the page cache: direct reads, which take whole blocks of the file system into aligned memory. The
 * bytes around what was asked for are kept, so that reads which follow each other cost few of them; a read that goes back is read
 * again.
 *
 * <p>Where the file system refuses direct reads (one in memory, most networks'), the file is read in the usual way, and
 * {@link #isDirect} says so.
 *
 * <p>Threading: one thread at a time.
 */
final class DiskUncachedFile implements UncachedFile {
    private static final int WINDOW = 1 << 20;
    private static final int BLOCK_MAX = 64 << 10;
    /** So many windows are kept for the next files: memory outside of the heap is given back late. */
    private static final int KEPT_MAX = 8;

    private static final ConcurrentLinkedQueue<ByteBuffer> KEPT = new ConcurrentLinkedQueue<>();

    /** Null where this Java knows no direct reads. */
    private static final @Nullable OpenOption DIRECT = findDirect();

    private final Path file;
    /** Tells the file from another one that has taken its name; null where the system has no such key. */
    private final @Nullable Object identity;

    private final int block;
    private final ByteBuffer memory;
    private final ByteBuffer window;
    private FileChannel channel;
    private boolean closed;

    /** What the window holds: so many bytes of the file from here on. */
    private long windowStart;

    private int windowLength;

    private DiskUncachedFile(Path file, @Nullable Object identity, int block, ByteBuffer memory, FileChannel channel) {
        this.file = file;
        this.identity = identity;
        this.block = block;
        this.memory = memory;
        this.window = memory.alignedSlice(block);
        this.channel = channel;
    }

    static UncachedFile open(Path file) throws IOException {
        BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
        if (!attributes.isRegularFile()) {
            throw new FileSystemException(file.toString(), null, "Not a regular file");
        }
        ByteBuffer memory = memory();
        DiskUncachedFile direct = null;
        try {
            long size = Files.getFileStore(file).getBlockSize();
            if (Long.bitCount(size) == 1 && size <= BLOCK_MAX) {
                direct = new DiskUncachedFile(file, attributes.fileKey(), (int) size, memory, openDirect(file));
                direct.fill(0);
                return direct;
            }
        } catch (UnsupportedOperationException | IllegalArgumentException e) {
            // The system knows no direct reads.
        } catch (IOException e) {
            // This file system refuses them, be it when the file is opened or when it is read first. If the file cannot
            // be read at all, the usual way says so.
        }
        if (direct != null) {
            direct.close();
        } else {
            keep(memory);
        }
        return new Usual(DiskReadableFile.open(file));
    }

    private static FileChannel openDirect(Path file) throws IOException {
        OpenOption option = DIRECT;
        if (option == null) {
            throw new UnsupportedOperationException("this Java knows no direct reads");
        }
        return FileChannel.open(file, StandardOpenOption.READ, option);
    }

    /** By its name: newer compilers warn of every other use of the class, and their warning cannot be switched off. */
    private static @Nullable OpenOption findDirect() {
        try {
            for (Object option :
                    Class.forName("com.sun.nio.file.ExtendedOpenOption").getEnumConstants()) {
                if (option instanceof OpenOption direct && option.toString().equals("DIRECT")) {
                    return direct;
                }
            }
            return null;
        } catch (ClassNotFoundException noSuchModule) {
            return null;
        }
    }

    private static ByteBuffer memory() {
        ByteBuffer kept = KEPT.poll();
        return kept != null ? kept : ByteBuffer.allocateDirect(WINDOW + BLOCK_MAX);
    }

    private static void keep(ByteBuffer memory) {
        if (KEPT.size() < KEPT_MAX) {
            KEPT.add(memory.clear());
        }
    }

    @Override
    public boolean isDirect() {
        return true;
    }

    @Override
    public int read(long position, byte[] target, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, target.length);
        if (position < 0) {
            throw new IndexOutOfBoundsException(file + ": position " + position);
        }
        int done = 0;
        try {
            while (done < length) {
                long at = position + done;
                if (at < windowStart || at >= windowStart + windowLength) {
                    fill(at);
                    if (at >= windowStart + windowLength) {
                        break;
                    }
                }
                int from = (int) (at - windowStart);
                int count = Math.min(length - done, windowLength - from);
                window.get(from, target, offset + done, count);
                done += count;
            }
            return done;
        } catch (IOException e) {
            throw DiskFileSystem.located(file, e);
        }
    }

    /** Fills the window from the block on that holds a position. */
    private void fill(long position) throws IOException {
        windowStart = position & -block;
        windowLength = 0;
        boolean interrupted = Thread.interrupted();
        try {
            while (windowLength < WINDOW) {
                window.limit(WINDOW).position(windowLength);
                int count;
                try {
                    count = channel.read(window, windowStart + windowLength);
                } catch (ClosedByInterruptException e) {
                    interrupted |= Thread.interrupted();
                    reopen();
                    continue;
                } catch (ClosedChannelException e) {
                    reopen();
                    continue;
                }
                // A read that ends within a block was the last: only the end of the file is no multiple of it.
                windowLength += Math.max(0, count);
                if (count <= 0 || windowLength % block != 0) {
                    return;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void reopen() throws IOException {
        if (closed) {
            throw new IOException("closed");
        }
        FileChannel fresh = openDirect(file);
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
    public long size() throws IOException {
        // Of the file that was opened: another may have taken its name since.
        boolean interrupted = Thread.interrupted();
        try {
            while (true) {
                try {
                    return channel.size();
                } catch (ClosedChannelException e) {
                    interrupted |= Thread.interrupted();
                    reopen();
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

    @Override
    public void close() throws IOException {
        if (!closed) {
            closed = true;
            windowLength = 0;
            channel.close();
            keep(memory);
        }
    }

    /** Read in the usual way. */
    private static final class Usual implements UncachedFile {
        private final DiskReadableFile file;

        Usual(DiskReadableFile file) {
            this.file = file;
        }

        @Override
        public boolean isDirect() {
            return false;
        }

        @Override
        public int read(long position, byte[] target, int offset, int length) throws IOException {
            return file.read(position, target, offset, length);
        }

        @Override
        public long size() throws IOException {
            return file.size();
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }
}
