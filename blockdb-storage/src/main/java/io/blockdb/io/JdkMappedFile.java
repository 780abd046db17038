package io.blockdb.io;

import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A file mapped by the JDK, in parts because a buffer ends at 2 GiB. {@link #close} drops the buffers and the garbage
 * collector unmaps them: until then their address space is taken, and the disk space of a deleted file too. A read that the
 * close overtakes still reads.
 */
final class JdkMappedFile implements MappedFile {
    private static final int PART_BITS = 30;

    private final Path file;
    private final long size;
    private final int partBits;

    /** Null once closed. */
    private volatile MappedByteBuffer @Nullable [] parts;

    private JdkMappedFile(Path file, long size, int partBits, MappedByteBuffer[] parts) {
        this.file = file;
        this.size = size;
        this.partBits = partBits;
        this.parts = parts;
    }

    static JdkMappedFile map(Path file, long size) throws IOException {
        return map(file, size, PART_BITS);
    }

    /** The same with parts of 2^{@code partBits} bytes, at least a page. */
    static JdkMappedFile map(Path file, long size, int partBits) throws IOException {
        boolean interrupted = Thread.interrupted();
        try {
            while (true) {
                try {
                    return mapUninterrupted(file, size, partBits);
                } catch (ClosedByInterruptException e) {
                    interrupted |= Thread.interrupted();
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

    private static JdkMappedFile mapUninterrupted(Path file, long size, int partBits) throws IOException {
        long partSize = 1L << partBits;
        MappedByteBuffer[] parts = new MappedByteBuffer[Math.toIntExact((size + partSize - 1) >>> partBits)];
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            for (int part = 0; part < parts.length; part++) {
                long start = (long) part << partBits;
                parts[part] = channel.map(FileChannel.MapMode.READ_ONLY, start, Math.min(partSize, size - start));
            }
        }
        return new JdkMappedFile(file, size, partBits, parts);
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public byte getByte(long position) throws IOException {
        MappedByteBuffer[] all = checked(position, Byte.BYTES);
        try {
            byte value = all[(int) (position >>> partBits)].get(within(position));
            Mapping.throwPendingFault();
            return value;
        } catch (InternalError e) {
            throw Mapping.unreadable(file, size, position, Byte.BYTES, e);
        }
    }

    @Override
    public int getInt(long position) throws IOException {
        MappedByteBuffer[] all = checked(position, Integer.BYTES);
        int within = within(position);
        try {
            if (within + Integer.BYTES <= 1 << partBits) {
                int value = all[(int) (position >>> partBits)].getInt(within);
                Mapping.throwPendingFault();
                return value;
            }
        } catch (InternalError e) {
            throw Mapping.unreadable(file, size, position, Integer.BYTES, e);
        }
        int value = 0;
        for (int i = 0; i < Integer.BYTES; i++) {
            value = value << 8 | getByte(position + i) & 0xff;
        }
        return value;
    }

    @Override
    public long getLong(long position) throws IOException {
        MappedByteBuffer[] all = checked(position, Long.BYTES);
        int within = within(position);
        try {
            if (within + Long.BYTES <= 1 << partBits) {
                long value = all[(int) (position >>> partBits)].getLong(within);
                Mapping.throwPendingFault();
                return value;
            }
        } catch (InternalError e) {
            throw Mapping.unreadable(file, size, position, Long.BYTES, e);
        }
        return (long) getInt(position) << 32 | getInt(position + Integer.BYTES) & 0xffffffffL;
    }

    @Override
    public void get(long position, byte[] target, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, target.length);
        MappedByteBuffer[] all = checked(position, length);
        try {
            for (int done = 0; done < length; ) {
                MappedByteBuffer part = all[(int) ((position + done) >>> partBits)];
                int within = within(position + done);
                int count = Math.min(length - done, part.capacity() - within);
                part.get(within, target, offset + done, count);
                done += count;
            }
            Mapping.throwPendingFault();
        } catch (InternalError e) {
            throw Mapping.unreadable(file, size, position, length, e);
        }
    }

    private int within(long position) {
        return (int) (position & ((1L << partBits) - 1));
    }

    private MappedByteBuffer[] checked(long position, long length) {
        MappedByteBuffer[] all = parts;
        if (all == null) {
            throw new IllegalStateException(file + ": read after close");
        }
        Objects.checkFromIndexSize(position, /* size= */ length, /* length= */ size);
        return all;
    }

    @Override
    public IOException damaged(InternalError error) {
        return Mapping.unreadable(file, size, 0, 0, error);
    }

    @Override
    public void close() {
        parts = null;
    }
}
