package io.blockdb.io;

import io.blockdb.base.CorruptionException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;

/**
 * Something open in a {@link MemoryFileSystem}, which remembers who opened it.
 *
 * <p>Threading: all of them lock the file system.
 */
abstract class MemoryHandle {
    final MemoryFileSystem system;
    final Path path;
    private final Throwable opened;
    private boolean closed;

    private MemoryHandle(MemoryFileSystem system, Path path) {
        this.system = system;
        this.path = path;
        this.opened = new Throwable(getClass().getSimpleName() + " of " + path + " opened here");
    }

    Throwable opened() {
        return opened;
    }

    boolean isClosed() {
        return closed;
    }

    void requireOpen() throws IOException {
        if (closed) {
            throw new IOException(path + ": closed");
        }
    }

    /** Answers false when it was closed before. */
    boolean closeHandle() {
        synchronized (system) {
            if (closed) {
                return false;
            }
            closed = true;
            system.forget(this);
            return true;
        }
    }

    /** An open file. */
    private abstract static class OpenFile extends MemoryHandle {
        final MemoryNode.File file;

        OpenFile(MemoryFileSystem system, Path path, MemoryNode.File file) {
            super(system, path);
            this.file = file;
        }

        static void check(Path path, long position, byte[] bytes, int offset, int length) {
            Objects.checkFromIndexSize(offset, length, bytes.length);
            if (position < 0) {
                throw new IndexOutOfBoundsException(path + ": position " + position);
            }
        }
    }

    static class ForReading extends OpenFile implements ReadableFile {
        ForReading(MemoryFileSystem system, Path path, MemoryNode.File file) {
            super(system, path, file);
        }

        @Override
        public int read(long position, byte[] target, int offset, int length) throws IOException {
            check(path, position, target, offset, length);
            synchronized (system) {
                requireOpen();
                system.begin(MemoryFileSystem.Operation.READ, path);
                return file.content().read(position, target, offset, length);
            }
        }

        @Override
        public long size() throws IOException {
            synchronized (system) {
                requireOpen();
                system.begin(MemoryFileSystem.Operation.SIZE, path);
                return file.content().length();
            }
        }

        @Override
        public void close() {
            closeHandle();
        }
    }

    /** There is no cache to read past. */
    static final class Uncached extends ForReading implements UncachedFile {
        Uncached(MemoryFileSystem system, Path path, MemoryNode.File file) {
            super(system, path, file);
        }

        @Override
        public boolean isDirect() {
            return true;
        }
    }

    static final class Writable extends OpenFile implements WritableFile {
        Writable(MemoryFileSystem system, Path path, MemoryNode.File file) {
            super(system, path, file);
        }

        @Override
        public void write(long position, byte[] source, int offset, int length) throws IOException {
            check(path, position, source, offset, length);
            synchronized (system) {
                requireOpen();
                system.write(path, file, position, source, offset, length);
            }
        }

        @Override
        public void truncate(long size) throws IOException {
            synchronized (system) {
                requireOpen();
                if (size < 0 || size > file.content().length()) {
                    throw new IllegalArgumentException(path + ": cannot be cut to " + size + " of "
                            + file.content().length());
                }
                system.begin(MemoryFileSystem.Operation.TRUNCATE, path);
                file.truncate(size);
            }
        }

        @Override
        public void sync() throws IOException {
            synchronized (system) {
                requireOpen();
                system.sync(path, file);
            }
        }

        @Override
        public long size() throws IOException {
            synchronized (system) {
                requireOpen();
                system.begin(MemoryFileSystem.Operation.SIZE, path);
                return file.content().length();
            }
        }

        @Override
        public void close() {
            closeHandle();
        }
    }

    /** A map whose file may be cut under it: every byte that is gone is an unreadable page. */
    static final class Mapped extends OpenFile implements MappedFile {
        private final long size;

        Mapped(MemoryFileSystem system, Path path, MemoryNode.File file) {
            super(system, path, file);
            this.size = file.content().length();
        }

        @Override
        public long size() {
            return size;
        }

        @Override
        public byte getByte(long position) throws IOException {
            return bytes(position, Byte.BYTES)[0];
        }

        @Override
        public int getInt(long position) throws IOException {
            return (int) bigEndian(bytes(position, Integer.BYTES));
        }

        @Override
        public long getLong(long position) throws IOException {
            return bigEndian(bytes(position, Long.BYTES));
        }

        private static long bigEndian(byte[] bytes) {
            long value = 0;
            for (byte b : bytes) {
                value = value << Byte.SIZE | b & 0xff;
            }
            return value;
        }

        private byte[] bytes(long position, int length) throws IOException {
            byte[] bytes = new byte[length];
            get(position, bytes, 0, length);
            return bytes;
        }

        @Override
        public void get(long position, byte[] target, int offset, int length) throws IOException {
            Objects.checkFromIndexSize(offset, length, target.length);
            synchronized (system) {
                if (isClosed()) {
                    throw new IllegalStateException(path + ": read after close");
                }
                Objects.checkFromIndexSize(position, /* size= */ length, /* length= */ size);
                if (file.content().read(position, target, offset, length) < length) {
                    throw damaged(position, length, new InternalError("a fault occurred in an access to memory"));
                }
            }
        }

        @Override
        public IOException damaged(InternalError error) {
            synchronized (system) {
                return damaged(0, 0, error);
            }
        }

        private CorruptionException damaged(long position, long length, InternalError error) {
            return new CorruptionException(
                    Mapping.name(path),
                    position,
                    length,
                    "mapped page cannot be read: expected " + size + " bytes, found "
                            + file.content().length(),
                    error);
        }

        @Override
        public void close() {
            closeHandle();
        }
    }

    static final class Locked extends MemoryHandle implements FileSystem.Lock {
        final MemoryNode.File file;
        final boolean shared;

        Locked(MemoryFileSystem system, Path path, MemoryNode.File file, boolean shared) {
            super(system, path);
            this.file = file;
            this.shared = shared;
        }

        @Override
        public void close() {
            closeHandle();
        }
    }
}
