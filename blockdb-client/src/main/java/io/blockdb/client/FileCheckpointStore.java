package io.blockdb.client;

import io.blockdb.proof.Checkpoint;
import io.blockdb.proof.MalformedException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the checkpoint in a file: written beside it, synced, renamed over it, the directory synced. A lock on a file of its own
 * makes reading, comparing and replacing one step among processes; within this one a monitor does, because the system's locks are the
 * process's.
 */
final class FileCheckpointStore implements CheckpointStore {
    /** Two stores of one file in this process would meet in the system's lock, which refuses instead of waiting. */
    private static final Object WITHIN_THIS_PROCESS = new Object();

    /** A note of 64 signatures has some 10 KB. */
    private static final long LENGTH_MAX = 1 << 20;

    private final Path file;

    FileCheckpointStore(Path file) {
        this.file = file.toAbsolutePath();
    }

    @Override
    public @Nullable Checkpoint load() throws IOException {
        byte[] note;
        try {
            if (Files.size(file) > LENGTH_MAX) {
                throw new IOException(file + " is too long to hold a checkpoint");
            }
            note = Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            return null;
        }
        try {
            return Checkpoint.parse(note);
        } catch (MalformedException e) {
            throw new IOException(
                    file + " should hold the newest checkpoint that was trusted, but " + e.getMessage()
                            + "; put back a copy of it, or remove it to trust the next checkpoint as it comes",
                    e);
        }
    }

    @Override
    public boolean replace(@Nullable Checkpoint expected, Checkpoint next) throws IOException {
        synchronized (WITHIN_THIS_PROCESS) {
            try (FileChannel channel =
                            FileChannel.open(beside(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    FileLock lock = channel.lock()) {
                assert lock.isValid();
                if (!Objects.equals(load(), expected)) {
                    return false;
                }
                write(next);
                return true;
            }
        }
    }

    private void write(Checkpoint next) throws IOException {
        Path written = beside(".new");
        try (FileChannel channel = FileChannel.open(
                written, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = ByteBuffer.wrap(next.note().getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        Files.move(written, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        Path directory = file.getParent();
        if (directory != null && !System.getProperty("os.name", "").startsWith("Windows")) {
            // Windows has no way to sync a directory, and needs none.
            try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }

    private Path beside(String ending) {
        return file.resolveSibling(file.getFileName() + ending);
    }

    @Override
    public String toString() {
        return file.toString();
    }
}
