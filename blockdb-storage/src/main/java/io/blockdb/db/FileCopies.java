package io.blockdb.db;

import io.blockdb.io.FileSystem;
import io.blockdb.io.ReadableFile;
import io.blockdb.io.WritableFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Copies or links single files. Each appears under its name when it is whole and synced; the directory's names are the caller's to
 * sync.
 *
 * <p>Threading: one thread.
 */
final class FileCopies {
    private static final int CHUNK = 1 << 20;
    private static final String TEMPORARY = ".tmp";

    private final FileSystem fileSystem;

    FileCopies(FileSystem fileSystem) {
        this.fileSystem = fileSystem;
    }

    /** Makes {@code to} the same file as {@code from}, in place of what it was; false where they cannot be. */
    boolean link(Path from, Path to) throws IOException {
        Path temporary = temporary(to);
        if (!fileSystem.link(from, temporary)) {
            return false;
        }
        fileSystem.rename(temporary, to);
        if (fileSystem.exists(temporary)) {
            // Both names were of that file already: then a rename does nothing.
            fileSystem.delete(temporary);
        }
        return true;
    }

    /** Copies a file, in place of what there was. */
    void copy(Path from, Path to, boolean secret) throws IOException {
        Path temporary = temporary(to);
        try (ReadableFile in = fileSystem.openForReading(from);
                WritableFile out = secret ? fileSystem.createPrivate(temporary) : fileSystem.create(temporary)) {
            byte[] bytes = new byte[CHUNK];
            long at = 0;
            for (int length; (length = in.read(at, bytes, 0, bytes.length)) > 0; at += length) {
                out.write(at, bytes, 0, length);
            }
            out.sync();
        }
        fileSystem.rename(temporary, to);
    }

    /** Writes a file, in place of what there was. */
    void write(byte[] bytes, Path to) throws IOException {
        Path temporary = temporary(to);
        try (WritableFile out = fileSystem.create(temporary)) {
            out.write(0, bytes, 0, bytes.length);
            out.sync();
        }
        fileSystem.rename(temporary, to);
    }

    /** Whether two files are there and hold the same bytes. */
    boolean same(Path one, Path other) throws IOException {
        if (!fileSystem.exists(other) || fileSystem.size(one) != fileSystem.size(other)) {
            return false;
        }
        try (ReadableFile left = fileSystem.openForReading(one);
                ReadableFile right = fileSystem.openForReading(other)) {
            byte[] expected = new byte[CHUNK];
            byte[] found = new byte[CHUNK];
            long at = 0;
            for (int length; (length = left.read(at, expected, 0, CHUNK)) > 0; at += length) {
                int there = right.read(at, found, 0, CHUNK);
                if (!Arrays.equals(expected, 0, length, found, 0, Math.max(0, there))) {
                    return false;
                }
            }
            return true;
        }
    }

    private Path temporary(Path file) throws IOException {
        Path temporary = file.resolveSibling(file.getFileName() + TEMPORARY);
        if (fileSystem.exists(temporary)) {
            fileSystem.delete(temporary);
        }
        return temporary;
    }
}
