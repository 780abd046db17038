package io.blockdb.io;

import io.blockdb.base.Hash;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Finds files in memory by their paths, with the errors that a disk has.
 *
 * <p>Threading: guarded by the file system.
 */
final class MemoryTree {
    private final MemoryNode.Directory root;

    MemoryTree(MemoryNode.Directory root) {
        this.root = root;
    }

    MemoryNode.Directory root() {
        return root;
    }

    static Path parent(Path path) {
        return Objects.requireNonNull(absolute(path).getParent(), "the root directory has no parent");
    }

    static String name(Path path) {
        return Objects.requireNonNull(absolute(path).getFileName(), "the root directory has no name")
                .toString();
    }

    private static Path absolute(Path path) {
        return path.toAbsolutePath().normalize();
    }

    @Nullable
    MemoryNode find(Path path) {
        MemoryNode node = root;
        for (Path name : absolute(path)) {
            if (!(node instanceof MemoryNode.Directory directory)) {
                return null;
            }
            node = directory.entries().get(name.toString());
        }
        return node;
    }

    MemoryNode.File file(Path path) throws IOException {
        MemoryNode node = find(path);
        if (node == null) {
            throw new NoSuchFileException(path.toString());
        }
        if (node instanceof MemoryNode.File file) {
            return file;
        }
        throw new FileSystemException(path.toString(), null, "Not a regular file");
    }

    MemoryNode.Directory directory(Path path) throws IOException {
        MemoryNode node = find(path);
        if (node == null) {
            throw new NoSuchFileException(path.toString());
        }
        if (node instanceof MemoryNode.Directory directory) {
            return directory;
        }
        throw new NotDirectoryException(path.toString());
    }

    /** The directory that holds the path's name, or would. */
    MemoryNode.Directory directoryOf(Path path) throws IOException {
        if (find(parent(path)) instanceof MemoryNode.Directory directory) {
            return directory;
        }
        throw new NoSuchFileException(path.toString());
    }

    /** Finds or creates a directory and those above it. */
    MemoryNode.Directory directories(Path path, boolean durably) throws IOException {
        MemoryNode.Directory directory = root;
        for (Path name : absolute(path)) {
            MemoryNode node = directory.entries().get(name.toString());
            if (node == null) {
                node = new MemoryNode.Directory();
                if (durably) {
                    directory.putDurably(name.toString(), node);
                } else {
                    directory.put(name.toString(), node);
                }
            }
            if (!(node instanceof MemoryNode.Directory below)) {
                throw new FileAlreadyExistsException(path.toString());
            }
            directory = below;
        }
        return directory;
    }

    /** How many bytes all files have together; one with several names counts once. */
    long used() {
        return used(root, Collections.newSetFromMap(new IdentityHashMap<>()));
    }

    private static long used(MemoryNode node, Set<MemoryNode> counted) {
        if (node instanceof MemoryNode.File file) {
            return counted.add(node) ? file.content().length() : 0;
        }
        long sum = 0;
        for (MemoryNode child : ((MemoryNode.Directory) node).entries().values()) {
            sum += used(child, counted);
        }
        return sum;
    }

    /** As {@link MemoryFileSystem#snapshot} says. */
    SortedMap<String, String> snapshot() {
        SortedMap<String, String> paths = new TreeMap<>();
        collect("", root, paths);
        return paths;
    }

    private static void collect(String path, MemoryNode node, Map<String, String> target) {
        if (node instanceof MemoryNode.Directory directory) {
            target.put(path + "/", "directory");
            directory.entries().forEach((name, child) -> collect(path + "/" + name, child, target));
        } else {
            target.put(
                    path, sha256(((MemoryNode.File) node).content().toBytes()).toString());
        }
    }

    static Hash sha256(byte[] bytes) {
        try {
            return Hash.of(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}
