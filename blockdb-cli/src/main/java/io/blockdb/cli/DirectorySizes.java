package io.blockdb.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What the files of a database show from outside, without opening or locking it.
 *
 * @param ledger bytes of the files of the ledger
 * @param index bytes of the files of the index
 * @param newest when a file changed last, in milliseconds since the Unix epoch
 */
record DirectorySizes(long ledger, long index, long newest) {
    /** The sizes of the database in a directory; zeros where there is none. */
    static DirectorySizes of(Path directory) throws IOException {
        long[] sizes = new long[2];
        long newest = 0;
        String[] names = {"ledger", "index"};
        for (int i = 0; i < names.length; i++) {
            for (BasicFileAttributes file : files(directory.resolve(names[i]))) {
                sizes[i] += file.size();
                newest = Math.max(newest, file.lastModifiedTime().toMillis());
            }
        }
        return new DirectorySizes(sizes[0], sizes[1], newest);
    }

    /** The files right below a directory; one that is deleted meanwhile does not count. */
    private static List<BasicFileAttributes> files(Path directory) throws IOException {
        List<Path> paths;
        try (Stream<Path> list = Files.list(directory)) {
            paths = list.toList();
        } catch (NoSuchFileException | NotDirectoryException e) {
            return List.of();
        }
        List<BasicFileAttributes> files = new ArrayList<>();
        for (Path path : paths) {
            BasicFileAttributes file = attributes(path);
            if (file != null && file.isRegularFile()) {
                files.add(file);
            }
        }
        return files;
    }

    private static @Nullable BasicFileAttributes attributes(Path path) throws IOException {
        try {
            return Files.readAttributes(path, BasicFileAttributes.class);
        } catch (NoSuchFileException e) {
            return null;
        }
    }
}
