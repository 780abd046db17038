package io.blockdb.manifest;

import io.blockdb.base.ByteWriter;
import io.blockdb.base.CorruptionException;
import io.blockdb.base.UnsupportedFormatException;
import io.blockdb.io.FileSystem;
import io.blockdb.io.ReadableFile;
import io.blockdb.io.WritableFile;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The file that says which SSTables count: {@code MANIFEST} in the index directory, one whole {@link Version}. An edit
 * writes {@code MANIFEST.tmp}, syncs it, renames it over the old one, and syncs the directory; a crash leaves one or
 * the other.
 *
 * <p>Threading: {@link #write} by one thread at a time; {@link #read} at any time.
 */
public final class Manifest {
    /** Name of the file. */
    public static final String FILE_NAME = "MANIFEST";

    /** Name of the file while it is written. What a crash leaves of it means nothing and may be deleted. */
    public static final String TEMPORARY_NAME = FILE_NAME + ".tmp";

    private Manifest() {}

    /**
     * Reads the manifest.
     *
     * @return null where there is none
     * @throws CorruptionException if it is damaged or cut
     * @throws UnsupportedFormatException if it is of a version that cannot be read, or no manifest
     */
    public static @Nullable Version read(FileSystem fileSystem, Path indexDirectory) throws IOException {
        Path path = indexDirectory.resolve(FILE_NAME);
        if (!fileSystem.exists(path)) {
            return null;
        }
        try (ReadableFile file = fileSystem.openForReading(path)) {
            return read(file);
        }
    }

    /** As {@link #read}, from the disk, past what memory holds of it. */
    public static @Nullable Version readUncached(FileSystem fileSystem, Path indexDirectory) throws IOException {
        Path path = indexDirectory.resolve(FILE_NAME);
        if (!fileSystem.exists(path)) {
            return null;
        }
        try (ReadableFile file = fileSystem.openUncached(path)) {
            return read(file);
        }
    }

    private static Version read(ReadableFile file) throws IOException {
        long size = file.size();
        if (size > ManifestFormat.MAX_LENGTH) {
            throw new CorruptionException(
                    ManifestFormat.DISPLAY_NAME,
                    0,
                    size,
                    "has " + size + " bytes, at most " + ManifestFormat.MAX_LENGTH + " are read");
        }
        byte[] bytes = new byte[(int) size];
        int length = file.read(0, bytes, 0, bytes.length);
        if (length < bytes.length) {
            throw new CorruptionException(
                    ManifestFormat.DISPLAY_NAME, length, 0, "ends here, expected " + size + " bytes");
        }
        return ManifestFormat.decode(bytes);
    }

    /**
     * Replaces the manifest. When this returns, the new one is safe against power failure; when it throws, either of
     * the two may be found later, and nothing that only one of them names may be deleted.
     *
     * <p>Before: the SSTables named and their directory entries are synced, the ledger is synced through {@link
     * Version#reached}. After: files that are no longer named may go.
     */
    public static void write(FileSystem fileSystem, Path indexDirectory, Version version) throws IOException {
        ByteWriter bytes = ManifestFormat.encode(version);
        if (bytes.size() > ManifestFormat.MAX_LENGTH) {
            throw new IOException(ManifestFormat.DISPLAY_NAME + ": would have " + bytes.size() + " bytes, at most "
                    + ManifestFormat.MAX_LENGTH + " are read");
        }
        Path temporary = indexDirectory.resolve(TEMPORARY_NAME);
        if (fileSystem.exists(temporary)) {
            fileSystem.delete(temporary);
        }
        try (WritableFile file = fileSystem.create(temporary)) {
            file.write(0, bytes.array(), 0, bytes.size());
            file.sync();
        }
        fileSystem.rename(temporary, indexDirectory.resolve(FILE_NAME));
        fileSystem.syncDirectory(indexDirectory);
    }
}
