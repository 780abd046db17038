package io.blockdb.io;

import java.io.File;
import java.io.IOException;
import java.nio.channels.AsynchronousFileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files of the machine. Paths must be of the default file system.
 *
 * <p>No caller's interrupt closes a file: {@code FileChannel} closes itself when a thread that uses it is interrupted, for
 * everybody. So writes go through {@code RandomAccessFile} and syncs through {@code AsynchronousFileChannel}, which do not,
 * and reads reopen their channel. docs/decisions/0003-file-access.md has what was measured.
 *
 * <p>Files are mapped with Chronicle Bytes where the JVM was started with the flags that it needs, else with the JDK, which
 * unmaps when the garbage collector gets to it rather than on close.
 *
 * <p>Limits: on Windows directories cannot be synced, {@link #syncDirectory} does nothing there, and a file cannot be
 * deleted while the JDK's mapping of it lasts.
 *
 * <p>Threading: stateless, except that locks are known to the whole process.
 */
public final class DiskFileSystem implements FileSystem {
    private static final Logger LOG = LoggerFactory.getLogger(DiskFileSystem.class);
    private static final FileAttribute<?>[] NO_ATTRIBUTES = {};
    private static final boolean DIRECTORIES_CAN_BE_SYNCED = File.separatorChar == '/';

    /** The files of this machine. Costs nothing; needs no closing. */
    public DiskFileSystem() {}

    @Override
    public ReadableFile openForReading(Path file) throws IOException {
        return DiskReadableFile.open(file);
    }

    @Override
    public UncachedFile openUncached(Path file) throws IOException {
        return DiskUncachedFile.open(file);
    }

    @Override
    public WritableFile create(Path file) throws IOException {
        return DiskWritableFile.create(file, NO_ATTRIBUTES);
    }

    @Override
    public WritableFile createPrivate(Path file) throws IOException {
        boolean knowsOwners = file.getFileSystem().supportedFileAttributeViews().contains("posix");
        return DiskWritableFile.create(
                file,
                knowsOwners
                        ? new FileAttribute<?>[] {
                            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
                        }
                        : NO_ATTRIBUTES);
    }

    @Override
    public WritableFile openForWriting(Path file) throws IOException {
        return DiskWritableFile.open(file);
    }

    @Override
    public MappedFile map(Path file) throws IOException {
        return Mapping.map(file);
    }

    @Override
    public boolean exists(Path path) throws IOException {
        return attributes(path) != null;
    }

    @Override
    public boolean isDirectory(Path path) throws IOException {
        BasicFileAttributes attributes = attributes(path);
        return attributes != null && attributes.isDirectory();
    }

    /** Unlike {@link Files#exists}, a path that cannot be looked at is an error and not an absent file. */
    private static @Nullable BasicFileAttributes attributes(Path path) throws IOException {
        try {
            return Files.readAttributes(path, BasicFileAttributes.class);
        } catch (NoSuchFileException absent) {
            return null;
        }
    }

    @Override
    public long size(Path file) throws IOException {
        return Files.size(file);
    }

    @Override
    public List<String> list(Path directory) throws IOException {
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            for (Path entry : entries) {
                names.add(Objects.requireNonNull(entry.getFileName()).toString());
            }
        } catch (DirectoryIteratorException e) {
            throw located(directory, Objects.requireNonNull(e.getCause()));
        }
        Collections.sort(names);
        return names;
    }

    @Override
    public void createDirectories(Path directory) throws IOException {
        Files.createDirectories(directory);
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        if (!Objects.equals(from.getParent(), to.getParent())) {
            throw new IllegalArgumentException(from + " and " + to + " are not in the same directory");
        }
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    @Override
    public boolean link(Path existing, Path link) throws IOException {
        try {
            Files.createLink(link, existing);
            return true;
        } catch (FileAlreadyExistsException | NoSuchFileException e) {
            throw e;
        } catch (UnsupportedOperationException | FileSystemException e) {
            LOG.debug("{} cannot be a link to {}: {}", link, existing, e.toString());
            return false;
        }
    }

    @Override
    public void delete(Path file) throws IOException {
        Files.delete(file);
    }

    @Override
    public void syncDirectory(Path directory) throws IOException {
        if (!isDirectory(directory)) {
            throw exists(directory)
                    ? new FileSystemException(directory.toString(), null, "Not a directory")
                    : new NoSuchFileException(directory.toString());
        }
        if (!DIRECTORIES_CAN_BE_SYNCED) {
            return;
        }
        try (AsynchronousFileChannel channel = AsynchronousFileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException e) {
            throw located(directory, e);
        }
    }

    @Override
    public long usableSpace(Path path) throws IOException {
        // One statvfs; Files.getFileStore reads the table of mounts each time, but says what is wrong.
        long bytes = path.toFile().getUsableSpace();
        if (bytes == 0) {
            bytes = Files.getFileStore(path).getUsableSpace();
        }
        return bytes < 0 ? Long.MAX_VALUE : bytes;
    }

    @Override
    public @Nullable Lock lock(Path file, boolean shared) throws IOException {
        return FileLocks.lock(file, shared);
    }

    /** The same failure with the path in its message, which those of open files lack. */
    static IOException located(Path path, IOException failure) {
        return failure instanceof FileSystemException
                ? failure
                : new IOException(path + ": " + describe(failure), failure);
    }

    private static String describe(IOException failure) {
        String message = failure.getMessage();
        return message == null || message.isEmpty() ? failure.getClass().getSimpleName() : message;
    }
}
