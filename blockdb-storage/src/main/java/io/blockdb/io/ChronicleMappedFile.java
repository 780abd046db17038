package io.blockdb.io;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Objects;
import net.openhft.chronicle.bytes.MappedBytesStore;
import net.openhft.chronicle.core.io.BackgroundResourceReleaser;
import net.openhft.chronicle.core.io.ReferenceOwner;
import org.jspecify.annotations.Nullable;

/**
 * A file mapped by Chronicle Bytes as one chunk: no size limit, and unmapped when {@link #close} returns. Chronicle checks
 * no bounds, so they are checked here; a read that the close overtakes between check and load would end the JVM, so the
 * owner counts its readers, as {@link MappedFile} says.
 *
 * <p>Rejected: {@code MappedBytes.singleMappedBytes}, which leaks its mapping.
 */
final class ChronicleMappedFile implements MappedFile {
    private static final boolean SWAP = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;

    static {
        // The code that would send anything is not among our dependencies; this is for those who add it.
        if (System.getProperty("chronicle.analytics.disable") == null) {
            System.setProperty("chronicle.analytics.disable", "true");
        }
    }

    private final Path file;
    private final long size;
    private final ReferenceOwner owner;
    private final net.openhft.chronicle.bytes.MappedFile chronicle;

    /** Null once closed. */
    private volatile @Nullable MappedBytesStore store;

    private ChronicleMappedFile(
            Path file,
            long size,
            ReferenceOwner owner,
            net.openhft.chronicle.bytes.MappedFile chronicle,
            MappedBytesStore store) {
        this.file = file;
        this.size = size;
        this.owner = owner;
        this.chronicle = chronicle;
        this.store = store;
    }

    /**
     * Maps {@code size} bytes.
     *
     * @throws RuntimeException or a LinkageError or AssertionError if Chronicle does not work in this JVM
     */
    static ChronicleMappedFile map(Path file, long size) throws IOException {
        boolean interrupted = Thread.interrupted();
        try {
            while (true) {
                try {
                    return mapUninterrupted(file, size);
                } catch (IOException | RuntimeException e) {
                    if (!Thread.interrupted()) {
                        throw e;
                    }
                    interrupted = true;
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

    private static ChronicleMappedFile mapUninterrupted(Path file, long size) throws IOException {
        net.openhft.chronicle.bytes.MappedFile chronicle =
                net.openhft.chronicle.bytes.MappedFile.mappedFile(file.toFile(), size, 0, true);
        ReferenceOwner owner = ReferenceOwner.temporary("blockdb");
        MappedBytesStore store = null;
        try {
            store = chronicle.acquireByteStore(owner, 0);
            return new ChronicleMappedFile(file, size, owner, chronicle, store);
        } finally {
            if (store == null) {
                chronicle.releaseLast();
            }
        }
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public byte getByte(long position) throws IOException {
        MappedBytesStore bytes = checked(position, Byte.BYTES);
        try {
            byte value = bytes.readByte(position);
            Mapping.throwPendingFault();
            return value;
        } catch (InternalError e) {
            throw Mapping.unreadable(file, size, position, Byte.BYTES, e);
        }
    }

    @Override
    public int getInt(long position) throws IOException {
        MappedBytesStore bytes = checked(position, Integer.BYTES);
        try {
            int value = bytes.readInt(position);
            Mapping.throwPendingFault();
            return SWAP ? Integer.reverseBytes(value) : value;
        } catch (InternalError e) {
            throw Mapping.unreadable(file, size, position, Integer.BYTES, e);
        }
    }

    @Override
    public long getLong(long position) throws IOException {
        MappedBytesStore bytes = checked(position, Long.BYTES);
        try {
            long value = bytes.readLong(position);
            Mapping.throwPendingFault();
            return SWAP ? Long.reverseBytes(value) : value;
        } catch (InternalError e) {
            throw Mapping.unreadable(file, size, position, Long.BYTES, e);
        }
    }

    @Override
    public void get(long position, byte[] target, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, target.length);
        MappedBytesStore bytes = checked(position, length);
        try {
            bytes.read(position, target, offset, length);
            Mapping.throwPendingFault();
        } catch (InternalError e) {
            throw Mapping.unreadable(file, size, position, length, e);
        }
    }

    private MappedBytesStore checked(long position, long length) {
        MappedBytesStore bytes = store;
        if (bytes == null) {
            throw new IllegalStateException(file + ": read after close");
        }
        Objects.checkFromIndexSize(position, /* size= */ length, /* length= */ size);
        return bytes;
    }

    @Override
    public IOException damaged(InternalError error) {
        return Mapping.unreadable(file, size, 0, 0, error);
    }

    @Override
    public synchronized void close() {
        MappedBytesStore bytes = store;
        if (bytes != null) {
            store = null;
            bytes.release(owner);
            chronicle.releaseLast();
            BackgroundResourceReleaser.releasePendingResources();
        }
    }
}
