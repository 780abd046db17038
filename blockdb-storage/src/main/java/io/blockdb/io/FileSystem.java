package io.blockdb.io;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The operations on files that BlockDB needs, and no more. What a file holds after a power failure is what was there at
 * its last {@link WritableFile#sync}, plus any part of what was written since; a name that was created, renamed or deleted
 * is safe only once its directory was synced ({@link #syncDirectory}).
 *
 * <p>Failures are {@link IOException}s of {@code java.nio.file} where one fits ({@code NoSuchFileException},
 * {@code FileAlreadyExistsException}, {@code AccessDeniedException}), always with the path in the message. A thread that
 * was interrupted is served all the same, and keeps its interrupt flag: no operation closes a file because of it.
 *
 * <p>Threading: all methods may be called from any thread.
 */
public interface FileSystem {
    /** Opens an existing file for positional reads. */
    ReadableFile openForReading(Path file) throws IOException;

    /**
     * Opens an existing file for positional reads that go to the disk, past what the system keeps of it in memory, where the
     * file system allows that: {@link UncachedFile#isDirect} says whether it does. What was written before is seen.
     */
    UncachedFile openUncached(Path file) throws IOException;

    /** Creates a file that must not exist yet, for positional writes. */
    WritableFile create(Path file) throws IOException;

    /** As {@link #create}, readable and writable by the owner alone, where the file system knows owners. */
    WritableFile createPrivate(Path file) throws IOException;

    /** Opens an existing file for positional writes. */
    WritableFile openForWriting(Path file) throws IOException;

    /** Maps a whole, non-empty file that no longer grows, for reading. */
    MappedFile map(Path file) throws IOException;

    /** Whether there is a file or directory of that name. */
    boolean exists(Path path) throws IOException;

    /** Whether there is a directory of that name. */
    boolean isDirectory(Path path) throws IOException;

    /** Length of a file in bytes. */
    long size(Path file) throws IOException;

    /** Names of what a directory holds, sorted. */
    List<String> list(Path directory) throws IOException;

    /** Creates a directory, and those above it that are missing. Does nothing when it exists. */
    void createDirectories(Path directory) throws IOException;

    /**
     * Renames a file within one directory, atomically replacing what had the name before; or a directory, where nothing has the
     * name.
     */
    void rename(Path from, Path to) throws IOException;

    /**
     * Gives a file a second name. Both are the same bytes from then on, whoever writes to either; deleting one leaves the other.
     *
     * @param link must not exist yet; its directory must be synced ({@link #syncDirectory}) for the name to be safe
     * @return false where the two cannot share their bytes: another disk, a file system without links, or one that does not
     *     allow this one. Nothing was changed then, and a copy does instead
     * @throws java.nio.file.FileAlreadyExistsException if there is a file of that name
     * @throws java.nio.file.NoSuchFileException if there is no such file, or no directory to take the name
     */
    boolean link(Path existing, Path link) throws IOException;

    /** Deletes a file, or an empty directory. */
    void delete(Path file) throws IOException;

    /** Makes the names in a directory safe against power failure. */
    void syncDirectory(Path directory) throws IOException;

    /** Bytes that may still be written to the file system of {@code path}. */
    long usableSpace(Path path) throws IOException;

    /**
     * Locks a file against other processes and against this one.
     *
     * <p>An exclusive lock creates the file when it is missing. A shared one opens it only for reading and changes
     * nothing.
     *
     * @return the lock, or null when somebody else holds one that does not go with it
     * @throws IOException if no lock can be had at all: the file is missing (shared), may not be opened, or the file system
     *     has no locks
     */
    @Nullable
    Lock lock(Path file, boolean shared) throws IOException;

    /** A lock that is held until it is closed, or until the process ends. Closing twice is legal. */
    interface Lock extends AutoCloseable {
        @Override
        void close() throws IOException;
    }
}
