package io.blockdb.db;

import io.blockdb.db.AnchorFormat.Anchored;
import io.blockdb.io.FileSystem;
import io.blockdb.io.ReadableFile;
import io.blockdb.io.WritableFile;
import io.blockdb.proof.Checkpoint;
import io.blockdb.proof.MalformedException;
import io.blockdb.proof.Origin;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Remembers the newest checkpoint that was signed: in {@code keys/ANCHOR}, and in a second file outside of the data directory
 * where the options name one. What is remembered in either counts. A signature is remembered, safe against power failure, before
 * anybody gets to see it.
 *
 * <p>A ledger is founded with an anchor that says that nothing was signed. So one that is missing was lost, and with it the
 * knowledge of what was signed: nothing is signed then until it is brought back. The second file is written by the first
 * signature after it was named; its directory must exist, so that a disk which is not mounted is not taken for a first use.
 *
 * <p>Threading: one thread at a time.
 */
final class SignedMemory {
    /** What can be done where the memory is gone. */
    private static final String WAY_ON = "Bring it back from a backup, or put the newest checkpoint of this ledger that"
            + " anybody holds in its place; if nobody holds one, 'key rotate --lost' goes on with a new key.";

    private final FileSystem fileSystem;
    private final Path inside;
    private final @Nullable Path outside;

    SignedMemory(FileSystem fileSystem, Path keys, @Nullable Path outside) {
        this.fileSystem = fileSystem;
        this.inside = keys.resolve(AnchorFormat.FILE_NAME);
        this.outside = outside;
    }

    /** Where a new ledger begins: remembers that nothing was signed. Safe against power failure when this returns. */
    static void begin(FileSystem fileSystem, Path keys, Origin origin) throws IOException {
        replace(fileSystem, keys.resolve(AnchorFormat.FILE_NAME), AnchorFormat.nothingSigned(origin));
    }

    /**
     * The newest checkpoint that is remembered, its signature checked; null where nothing was signed.
     *
     * @throws CannotSignException if the memory is lost, damaged, of another ledger, or contradicts itself
     */
    @Nullable
    Checkpoint newest(LedgerKeys keys) throws IOException {
        Checkpoint newest = null;
        List<Remembered> all = each();
        for (Remembered one : all) {
            Checkpoint there = checked(one, keys);
            if (there != null && newest != null && there.treeSize() == newest.treeSize()) {
                requireSameRoot(there, newest);
            }
            if (there != null && (newest == null || there.treeSize() > newest.treeSize())) {
                newest = there;
            }
        }
        if (all.isEmpty()) {
            throw new CannotSignException(
                    inside + ", which remembers what was signed last, is missing, so nothing is signed. " + WAY_ON);
        }
        return newest;
    }

    /**
     * What one of the files says.
     *
     * @param file the file
     * @param anchored what it says, its signature not checked; null where it cannot be read
     * @param problem why it cannot be read, or null
     */
    record Remembered(
            Path file,
            @Nullable Anchored anchored,
            @Nullable String problem) {}

    /**
     * What each file says that is there; nothing is checked.
     *
     * @throws CannotSignException if the directory of the second file is not there
     */
    List<Remembered> each() throws IOException {
        List<Remembered> all = new ArrayList<>();
        for (Path file : files()) {
            if (fileSystem.exists(file)) {
                try {
                    all.add(new Remembered(file, AnchorFormat.parse(bytes(file)), null));
                } catch (MalformedException e) {
                    all.add(new Remembered(file, null, String.valueOf(e.getMessage())));
                }
            }
        }
        return all;
    }

    /** @throws CannotSignException if the directory of the second file is not there */
    void requireReachable() throws IOException {
        files();
    }

    private List<Path> files() throws IOException {
        List<Path> files = new ArrayList<>();
        files.add(inside);
        Path second = outside;
        if (second != null) {
            Path parent = second.toAbsolutePath().getParent();
            if (parent == null || !fileSystem.isDirectory(parent)) {
                throw new CannotSignException("the directory of anchor_path " + second
                        + ", where what was signed last is remembered, is not there: mount its disk, or create it");
            }
            files.add(second);
        }
        return files;
    }

    private static @Nullable Checkpoint checked(Remembered one, LedgerKeys keys) throws IOException {
        Anchored anchored = one.anchored();
        if (anchored == null) {
            throw new CannotSignException(one.file() + ", which remembers what was signed last, cannot be read: "
                    + one.problem() + ". " + WAY_ON);
        }
        if (!anchored.origin().equals(keys.origin())) {
            throw new CannotSignException(one.file() + " remembers what was signed of the ledger " + anchored.origin()
                    + ", this one is " + keys.origin() + ": each database needs an anchor of its own");
        }
        Checkpoint newest = anchored.newest();
        String problem = newest == null ? null : keys.problemOf(newest);
        if (problem != null) {
            throw new CannotSignException(one.file() + ", which remembers what was signed last, is not to be trusted: "
                    + problem + ". " + WAY_ON);
        }
        return newest;
    }

    private void requireSameRoot(Checkpoint one, Checkpoint other) throws CannotSignException {
        if (!one.root().equals(other.root())) {
            throw new CannotSignException(inside + " and " + outside + " hold checkpoints of the same size "
                    + one.treeSize() + " with different roots, each signed by a key of this ledger: two histories were"
                    + " signed. Keep both files; they are the evidence. 'key rotate --lost' goes on with a new key.");
        }
    }

    private byte[] bytes(Path path) throws IOException, MalformedException {
        try (ReadableFile file = fileSystem.openUncached(path)) {
            long size = file.size();
            if (size > AnchorFormat.LENGTH_MAX) {
                throw new MalformedException(
                        "it has " + size + " bytes, at most " + AnchorFormat.LENGTH_MAX + " are read");
            }
            byte[] bytes = new byte[(int) size];
            file.read(0, bytes, 0, bytes.length);
            return bytes;
        }
    }

    /** The tree size that the anchor in the data directory states, unchecked; 0 where it states none. */
    long statedSize() throws IOException {
        try {
            return fileSystem.exists(inside) ? AnchorFormat.statedSize(bytes(inside)) : 0;
        } catch (MalformedException e) {
            return 0;
        }
    }

    /**
     * What the anchor in the data directory says, its signature not checked; null where it is missing, no anchor, or says that
     * nothing was signed.
     */
    @Nullable
    Checkpoint unverified() throws IOException {
        if (!fileSystem.exists(inside)) {
            return null;
        }
        try {
            return AnchorFormat.parse(bytes(inside)).newest();
        } catch (MalformedException e) {
            return null;
        }
    }

    /** Remembers a checkpoint, wherever it is not remembered yet; safe against power failure when this returns. */
    void remember(Checkpoint signed) throws IOException {
        byte[] note = AnchorFormat.signed(signed);
        List<Path> files = files();
        // The one outside first: without it nothing is handed out, and it is the one that may not be there.
        for (int i = files.size() - 1; i >= 0; i--) {
            if (!holds(files.get(i), note)) {
                replace(fileSystem, files.get(i), note);
            }
        }
    }

    private boolean holds(Path file, byte[] note) throws IOException {
        try {
            return fileSystem.exists(file) && Arrays.equals(bytes(file), note);
        } catch (MalformedException e) {
            return false;
        }
    }

    /**
     * Forgets what was signed, because its key signs no more: what the files hold is kept beside them, as evidence.
     *
     * @param keyId of the key that goes on
     */
    void startAnew(Origin origin, String keyId) throws IOException {
        for (Path file : files()) {
            if (fileSystem.exists(file)) {
                byte[] before;
                try {
                    before = bytes(file);
                } catch (MalformedException e) {
                    throw new CannotSignException(file + " is no anchor: " + e.getMessage() + ". Move it away.", e);
                }
                replace(fileSystem, file.resolveSibling(file.getFileName() + ".before-" + keyId), before);
            }
            replace(fileSystem, file, AnchorFormat.nothingSigned(origin));
        }
    }

    private static void replace(FileSystem fileSystem, Path path, byte[] bytes) throws IOException {
        Path temporary = path.resolveSibling(path.getFileName() + AnchorFormat.TEMPORARY_ENDING);
        if (fileSystem.exists(temporary)) {
            fileSystem.delete(temporary);
        }
        try (WritableFile file = fileSystem.create(temporary)) {
            file.write(0, bytes, 0, bytes.length);
            file.sync();
        }
        fileSystem.rename(temporary, path);
        Path directory = path.toAbsolutePath().getParent();
        if (directory != null) {
            fileSystem.syncDirectory(directory);
        }
    }
}
