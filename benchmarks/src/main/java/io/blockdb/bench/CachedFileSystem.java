package io.blockdb.bench;

import io.blockdb.io.DiskFileSystem;
import io.blockdb.io.FileSystem;
import io.blockdb.io.MappedFile;
import io.blockdb.io.ReadableFile;
import io.blockdb.io.UncachedFile;
import io.blockdb.io.WritableFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The machine's files, with no direct reads: to measure what verifying costs where the disk is no bound.
 *
 * <p>Threading: as {@link DiskFileSystem}.
 */
final class CachedFileSystem implements FileSystem {
    private final FileSystem files = new DiskFileSystem();

    /** An ordinary file. */
    private record Cached(ReadableFile file) implements UncachedFile {
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

    @Override
    public UncachedFile openUncached(Path file) throws IOException {
        return new Cached(files.openForReading(file));
    }

    @Override
    public ReadableFile openForReading(Path file) throws IOException {
        return files.openForReading(file);
    }

    @Override
    public WritableFile create(Path file) throws IOException {
        return files.create(file);
    }

    @Override
    public WritableFile createPrivate(Path file) throws IOException {
        return files.createPrivate(file);
    }

    @Override
    public WritableFile openForWriting(Path file) throws IOException {
        return files.openForWriting(file);
    }

    @Override
    public MappedFile map(Path file) throws IOException {
        return files.map(file);
    }

    @Override
    public boolean exists(Path path) throws IOException {
        return files.exists(path);
    }

    @Override
    public boolean isDirectory(Path path) throws IOException {
        return files.isDirectory(path);
    }

    @Override
    public long size(Path file) throws IOException {
        return files.size(file);
    }

    @Override
    public List<String> list(Path directory) throws IOException {
        return files.list(directory);
    }

    @Override
    public void createDirectories(Path directory) throws IOException {
        files.createDirectories(directory);
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        files.rename(from, to);
    }

    @Override
    public boolean link(Path existing, Path link) throws IOException {
        return files.link(existing, link);
    }

    @Override
    public void delete(Path file) throws IOException {
        files.delete(file);
    }

    @Override
    public void syncDirectory(Path directory) throws IOException {
        files.syncDirectory(directory);
    }

    @Override
    public long usableSpace(Path path) throws IOException {
        return files.usableSpace(path);
    }

    @Override
    public @Nullable Lock lock(Path file, boolean shared) throws IOException {
        return files.lock(file, shared);
    }
}
