package io.blockdb.db;

import io.blockdb.base.CorruptionException;
import io.blockdb.io.FileSystem;
import io.blockdb.io.ReadableFile;
import io.blockdb.ledger.DivergedException;
import io.blockdb.ledger.Ledger;
import io.blockdb.ledger.LedgerCopy;
import io.blockdb.proof.Checkpoint;
import io.blockdb.proof.CheckpointVerifier;
import io.blockdb.proof.MalformedException;
import io.blockdb.proof.ProofException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes a database out of a backup, and proves it before anybody opens it.
 *
 * <ol>
 *   <li>The ledger is copied beside the directory that is wanted, under its name and {@code .restoring}, and read back.
 *   <li>It is read from the first block to the last: chain, roots, values, erasures; the root is held against the checkpoint beside
 *       the backup, and that against keys that the caller trusts, or else against those that the ledger names.
 *   <li>The index is not taken from the backup, where nothing proves it: it is built anew.
 *   <li>The directory gets its name, at once.
 * </ol>
 *
 * <p>Crashes: what a run leaves under the temporary name is taken up by the next one.
 *
 * <p>Threading: one thread.
 */
public final class Restore {
    private static final String ENDING = ".restoring";

    private final Path backup;
    private final Path target;
    private final Options options;
    private final @Nullable CheckpointVerifier trusted;
    private final CopyProgress progress;
    private final FileSystem fileSystem;
    private final FileCopies copies;
    private long bytesDone;
    private long bytesTotal;

    private Restore(
            Path backup, Path target, Options options, @Nullable CheckpointVerifier trusted, CopyProgress progress) {
        this.backup = backup.toAbsolutePath().normalize();
        this.target = target.toAbsolutePath().normalize();
        this.options = options.withReadOnly(false).withCreateIfMissing(false);
        this.trusted = trusted;
        this.progress = progress;
        this.fileSystem = options.environment().fileSystem();
        this.copies = new FileCopies(fileSystem);
    }

    /**
     * Makes a database out of a backup. Without the private keys it can be read and written, and signs nothing until it is given a
     * key.
     *
     * @param directory a directory that is empty or not there yet; it gets its name when all of it is there
     * @param options how the database is to be opened
     * @param trusted who must have signed the checkpoint; null: a key that the backup itself names, which shows damage and no forgery
     * @throws BackupRefusedException if the directory is not empty, or the backup does not prove itself
     * @throws io.blockdb.ledger.DiskFullException if there is too little room; the next call goes on from there
     * @throws IOException if a file cannot be read or written; the next call goes on from there
     */
    public static RestoreReport restore(
            Path backup, Path directory, Options options, @Nullable CheckpointVerifier trusted, CopyProgress progress)
            throws IOException {
        return new Restore(backup, directory, options, trusted, progress).run();
    }

    private RestoreReport run() throws IOException {
        if (target.startsWith(backup) || backup.startsWith(target)) {
            throw new IllegalArgumentException(
                    target + " and " + backup + ": what is restored needs a directory of its own");
        }
        boolean there = fileSystem.exists(target);
        if (there
                && (!fileSystem.isDirectory(target) || !fileSystem.list(target).isEmpty())) {
            throw new BackupRefusedException(
                    target + " is there already and not empty: a backup is restored into a new directory");
        }
        Path parent = Objects.requireNonNull(target.getParent());
        Path temporary = parent.resolve(target.getFileName() + ENDING);
        RestoreReport report;
        try (DataDirectory from = DataDirectory.open(fileSystem, backup, true, false)) {
            BackupFormat.Content content = content(from.root());
            checkTemporary(temporary);
            try (DataDirectory to = DataDirectory.open(fileSystem, temporary, false, true)) {
                prepare(to.root(), content);
                report = restore(from, to, content);
            } catch (CorruptionException | DivergedException e) {
                throw new BackupRefusedException(backup + " does not prove itself: " + e.getMessage(), e);
            }
        }
        BlockDb.open(temporary, options.withCheckpointAtClose(false)).close();
        if (there) {
            fileSystem.delete(target);
        }
        fileSystem.rename(temporary, target);
        fileSystem.syncDirectory(parent);
        fileSystem.delete(target.resolve(BackupFormat.PART_NAME));
        fileSystem.syncDirectory(target);
        return report;
    }

    private BackupFormat.Content content(Path root) throws IOException {
        if (!fileSystem.exists(root.resolve(BackupFormat.FILE_NAME))) {
            throw new BackupRefusedException(
                    fileSystem.exists(root.resolve(BackupFormat.PART_NAME))
                            ? root + " is a backup that was begun and not finished: run 'backup' again"
                            : root + " is no backup: there is no file " + BackupFormat.FILE_NAME
                                    + " in it. To work with a copy of a data directory, open it as it is");
        }
        try {
            return BackupFormat.read(fileSystem, root, BackupFormat.FILE_NAME);
        } catch (CorruptionException e) {
            throw new BackupRefusedException(root + " does not prove itself: " + e.getMessage(), e);
        }
    }

    /** Fails where something else stands in the way than what an earlier run left. */
    private void checkTemporary(Path temporary) throws IOException {
        if (!fileSystem.exists(temporary) || fileSystem.exists(temporary.resolve(BackupFormat.PART_NAME))) {
            return;
        }
        for (String name : fileSystem.list(temporary)) {
            Path path = temporary.resolve(name);
            boolean empty = name.equals("LOCK")
                    || name.equals("OWNER")
                    || name.equals(BackupFormat.TEMPORARY_NAME)
                    || (fileSystem.isDirectory(path) && fileSystem.list(path).isEmpty());
            if (!empty) {
                throw new BackupRefusedException(temporary
                        + ", where the backup is put together, is there already and holds " + name + ": move it away");
            }
        }
    }

    /** Marks the temporary directory as such, and takes away what an earlier run left and this one does not go on from. */
    private void prepare(Path temporary, BackupFormat.Content content) throws IOException {
        BackupFormat.write(fileSystem, temporary, BackupFormat.PART_NAME, content);
        Set<String> wanted = new HashSet<>();
        content.files().forEach(file -> wanted.add(file.name()));
        for (String directory : List.of("ledger", "index", "keys", "tree")) {
            deleteBelow(temporary.resolve(directory), directory, wanted);
        }
    }

    /** Deletes what an earlier run left and this one does not go on from. */
    private void deleteBelow(Path directory, String name, Set<String> wanted) throws IOException {
        if (!fileSystem.exists(directory)) {
            return;
        }
        for (String file : fileSystem.list(directory)) {
            Path path = directory.resolve(file);
            if (fileSystem.isDirectory(path)) {
                deleteBelow(path, name + "/" + file, Set.of());
                fileSystem.delete(path);
            } else if (!name.equals("ledger") || !wanted.contains("ledger/" + file)) {
                fileSystem.delete(path);
            }
        }
    }

    private RestoreReport restore(DataDirectory from, DataDirectory to, BackupFormat.Content content)
            throws IOException {
        Checkpoint checkpoint = checkpoint(from.root(), content);
        long ledgerBytes = content.files().stream()
                .filter(file -> file.name().startsWith("ledger/"))
                .mapToLong(BackupFormat.File::size)
                .sum();
        bytesTotal = 2 * ledgerBytes;
        new LedgerCopy(
                        fileSystem,
                        from.ledger(),
                        to.ledger(),
                        content.ledgerId(),
                        false,
                        options.diskReserve(),
                        this::progress)
                .run(Ledger.GENESIS, content.head());
        LedgerProof proof = new LedgerProof(checkpoint == null ? 0 : checkpoint.treeSize());
        try (Ledger ledger = Ledger.open(
                options.environment(),
                to.ledger(),
                to.quarantine(),
                options.withReadOnly(true).ledgerOptions(),
                content.head(),
                blocks -> 0)) {
            proof.run(ledger, this::progress);
        }
        if (checkpoint != null) {
            check(checkpoint, proof, content);
            copies.write(AnchorFormat.signed(checkpoint), to.keys().resolve(AnchorFormat.FILE_NAME));
        }
        if (content.keys()) {
            for (String name : fileSystem.list(from.keys())) {
                if (name.endsWith(".pem")) {
                    copies.copy(from.keys().resolve(name), to.keys().resolve(name), true);
                }
            }
        }
        fileSystem.syncDirectory(to.keys());
        // Whoever erases a value here has to know that the backup holds it.
        KnownBackups.record(
                fileSystem,
                to.root(),
                new KnownBackups.Known(
                        backup, content.timeMicros(), content.head().blocks() - 1));
        return new RestoreReport(
                content.ledgerId(),
                content.head().blocks(),
                content.head().entries(),
                proof.erased(),
                checkpoint == null ? 0 : checkpoint.treeSize(),
                trusted != null,
                proof.keys(),
                content.keys());
    }

    private void progress(long bytes) {
        progress.done(bytesDone += bytes, bytesTotal);
    }

    private @Nullable Checkpoint checkpoint(Path root, BackupFormat.Content content) throws IOException {
        Path path = root.resolve(BackupFormat.CHECKPOINT_NAME);
        if (!content.checkpoint()) {
            if (trusted != null) {
                throw new BackupRefusedException(
                        root + " has no checkpoint, since none was signed when it was made: keys prove nothing of it");
            }
            return null;
        }
        if (!fileSystem.exists(path)) {
            throw new BackupRefusedException(root + " has lost its checkpoint, the file CHECKPOINT");
        }
        byte[] bytes = new byte[AnchorFormat.LENGTH_MAX];
        int length;
        try (ReadableFile file = fileSystem.openForReading(path)) {
            length = file.read(0, bytes, 0, bytes.length);
        }
        try {
            return Checkpoint.parse(new String(bytes, 0, Math.max(0, length), StandardCharsets.UTF_8));
        } catch (MalformedException e) {
            throw new BackupRefusedException(path + ": " + e.getMessage(), e);
        }
    }

    private void check(Checkpoint checkpoint, LedgerProof proof, BackupFormat.Content content)
            throws BackupRefusedException {
        String where = backup + " does not prove itself: ";
        if (!checkpoint.origin().ledgerId().equals(content.ledgerId())) {
            throw new BackupRefusedException(where + "the checkpoint is of ledger "
                    + checkpoint.origin().ledgerId() + ", the blocks are of " + content.ledgerId());
        }
        if (!Objects.equals(checkpoint.root(), proof.root())) {
            throw new BackupRefusedException(where + "the checkpoint says that the root of " + checkpoint.treeSize()
                    + " blocks is " + checkpoint.root() + ", found "
                    + (proof.root() == null ? "only " + content.head().blocks() + " blocks" : proof.root()));
        }
        CheckpointVerifier verifier = trusted;
        try {
            if (verifier != null) {
                verifier.verify(checkpoint);
            }
        } catch (ProofException e) {
            throw new BackupRefusedException(where + e.getMessage(), e);
        }
        String problem = verifier == null ? Signatures.problem(checkpoint, proof.keys()) : null;
        if (problem != null) {
            throw new BackupRefusedException(where + problem);
        }
    }
}
