package io.blockdb.server.node;

import io.blockdb.io.FileSystem;
import io.blockdb.io.WritableFile;
import io.blockdb.ledger.DiskFullException;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Looks whether a disk takes writes: before a database that can still be read is closed to be opened anew.
 *
 * <p>Threading: one thread at a time.
 */
final class DiskProbe {
    private static final String FILE_NAME = "PROBE";
    private static final int LENGTH = 4 << 10;

    private final FileSystem fileSystem;
    private final Path directory;
    private final long room;

    /** @param room how many bytes must be free, so that opening the database does not fail for want of room */
    DiskProbe(FileSystem fileSystem, Path directory, long room) {
        this.fileSystem = fileSystem;
        this.directory = directory;
        this.room = room;
    }

    /**
     * Writes a little, syncs it and deletes it again.
     *
     * @throws DiskFullException if there is too little room
     * @throws IOException if the disk does not take it
     */
    void check() throws IOException {
        long usable = fileSystem.usableSpace(directory);
        if (usable < room) {
            throw new DiskFullException(directory.toString(), usable, room);
        }
        Path file = directory.resolve(FILE_NAME);
        if (fileSystem.exists(file)) {
            fileSystem.delete(file);
        }
        try (WritableFile probe = fileSystem.create(file)) {
            probe.write(0, new byte[LENGTH], 0, LENGTH);
            probe.sync();
        }
        fileSystem.delete(file);
        fileSystem.syncDirectory(directory);
    }
}
