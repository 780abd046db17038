package io.blockdb.db;

import io.blockdb.base.CorruptionException;
import io.blockdb.base.LedgerId;
import io.blockdb.base.LedgerPoint;
import io.blockdb.io.FileSystem;
import io.blockdb.ledger.DivergedException;
import io.blockdb.ledger.Ledger;
import io.blockdb.ledger.LedgerCopy;
import io.blockdb.manifest.Manifest;
import io.blockdb.manifest.SstableInfo;
import io.blockdb.manifest.Version;
import io.blockdb.proof.Checkpoint;
import io.blockdb.sstable.SstableFormat;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies a database that is open, and may be written to meanwhile, into a directory of its own: ledger, index, the newest
 * checkpoint, and the private keys where that is asked for. The copy ends with a block that is synced; behind it the writers go on.
 *
 * <ol>
 *   <li>The SSTables that are current are held, so that none is deleted; then the newest block that a checkpoint covers is the end
 *       of the copy. The index never reaches further than that.
 *   <li>The ledger ({@link LedgerCopy}), then the SSTables and a manifest that names them, then the checkpoint.
 *   <li>{@code BACKUP} is written ({@link BackupFormat}): from then on it is a backup. Until then it is what it was before, or one
 *       that was begun.
 * </ol>
 *
 * <p>Crashes: what a run leaves is taken up by the next one. Nothing of an earlier backup is changed but for its last segment, which
 * is replaced by a longer one, and index files that are not needed any more, which are deleted at the end.
 *
 * <p>Threading: one thread; values may be erased meanwhile.
 */
final class Backup {
    private static final Logger LOG = LoggerFactory.getLogger(Backup.class);

    private final FileSystem fileSystem;
    private final DataDirectory source;
    private final Options options;
    private final Engine engine;
    private final BackupOptions how;
    private final CopyProgress progress;
    private final FileCopies copies;

    private long bytesDone;
    private long bytesTotal;
    private String notSigned = "";
    private int kept;
    private int linked;
    private int copied;
    private long bytesCopied;
    private long erasedKept;

    /** Where a signed checkpoint comes from. */
    @FunctionalInterface
    interface Checkpoints {
        /** The checkpoint, or null where there is none. */
        @Nullable
        Checkpoint get() throws IOException;
    }

    Backup(DataDirectory source, Options options, Engine engine, BackupOptions how, CopyProgress progress) {
        this.fileSystem = options.environment().fileSystem();
        this.source = source;
        this.options = options;
        this.engine = engine;
        this.how = how;
        this.progress = progress;
        this.copies = new FileCopies(fileSystem);
    }

    /**
     * Makes the backup, or brings it up to date.
     *
     * @param current one that covers all that was written before; read-only, the newest one that was signed
     * @param newest the newest one that was signed
     * @throws BackupRefusedException if the directory holds something else, or a backup of something else
     */
    BackupReport run(Path directory, Checkpoints current, Checkpoints newest) throws IOException {
        Path target = directory.toAbsolutePath().normalize();
        Path own = source.root().toAbsolutePath().normalize();
        if (target.startsWith(own) || own.startsWith(target)) {
            throw new IllegalArgumentException(
                    directory + " and " + source.root() + ": a backup needs a directory of its own");
        }
        CorruptionException damage = engine.damage();
        if (damage != null) {
            throw damage;
        }
        checkTarget(target);
        try (DataDirectory copy = DataDirectory.open(fileSystem, target, false, true)) {
            return run(copy, current, newest);
        }
    }

    /** Fails where the target holds what is not a backup of this ledger. Changes nothing. */
    private void checkTarget(Path target) throws IOException {
        if (!fileSystem.exists(target)) {
            return;
        }
        if (!fileSystem.isDirectory(target)) {
            throw new BackupRefusedException(target + " is not a directory");
        }
        for (String name : List.of(BackupFormat.FILE_NAME, BackupFormat.PART_NAME)) {
            if (fileSystem.exists(target.resolve(name))) {
                LedgerId found = BackupFormat.read(fileSystem, target, name).ledgerId();
                if (!Objects.equals(found, engine.ledgerId())) {
                    throw new BackupRefusedException(target + " holds a backup of ledger " + found + ", this is "
                            + engine.ledgerId() + ": name another directory");
                }
                return;
            }
        }
        for (String name : fileSystem.list(target)) {
            Path path = target.resolve(name);
            boolean empty = name.equals("LOCK")
                    || name.equals("OWNER")
                    || name.equals(BackupFormat.TEMPORARY_NAME)
                    || (fileSystem.isDirectory(path) && fileSystem.list(path).isEmpty());
            if (!empty) {
                throw new BackupRefusedException(
                        target + " is not empty and no backup: it holds " + name + "; name another directory");
            }
        }
    }

    private BackupReport run(DataDirectory target, Checkpoints current, Checkpoints newest) throws IOException {
        BackupFormat.@Nullable Content before = fileSystem.exists(target.root().resolve(BackupFormat.FILE_NAME))
                ? BackupFormat.read(fileSystem, target.root(), BackupFormat.FILE_NAME)
                : null;
        LiveTables tables = hold();
        try {
            Checkpoint noted = checkpoint(current, newest);
            Version version = tables.version();
            LedgerPoint wanted = through(noted, version);
            if (before != null && before.head().blocks() > wanted.blocks()) {
                throw new BackupRefusedException(target.root() + " holds "
                        + before.head().blocks() + " blocks, the database only " + wanted.blocks()
                        + ": blocks are missing from it, or it is an older copy");
            }
            LedgerId ledgerId = engine.ledger().ledgerId();
            if (before == null) {
                BackupFormat.write(
                        fileSystem, target.root(), BackupFormat.PART_NAME, content(ledgerId, wanted, false, false));
            }
            bytesTotal = engine.ledger().survey().bytes() + version.totalBytes();
            List<BackupFormat.File> files = new ArrayList<>();
            LedgerPoint through =
                    copyLedger(target, ledgerId, before == null ? Ledger.GENESIS : before.head(), wanted, files);
            files.addAll(copyIndex(target, version));
            boolean keys = copyKeys(target) || (before != null && before.keys());
            long covered = writeCheckpoint(target, noted, through);
            long time = options.environment().clock().micros();
            finish(
                    target,
                    new BackupFormat.Content(
                            ledgerId,
                            through,
                            time,
                            covered > 0 || (before != null && before.checkpoint()),
                            keys,
                            List.copyOf(files)),
                    version);
            return new BackupReport(
                    ledgerId,
                    through.blocks(),
                    through.entries(),
                    covered,
                    notSigned,
                    kept,
                    linked,
                    copied,
                    bytesCopied,
                    erasedKept,
                    keys,
                    record(target, time, through));
        } catch (DivergedException e) {
            throw new BackupRefusedException(e.getMessage() + "; name another directory", e);
        } finally {
            tables.release();
        }
    }

    /** The checkpoint that goes with the backup. Where none can be signed, the backup is made all the same. */
    private @Nullable Checkpoint checkpoint(Checkpoints current, Checkpoints newest) throws IOException {
        try {
            return current.get();
        } catch (CannotSignException e) {
            notSigned = String.valueOf(e.getMessage());
        }
        try {
            return newest.get();
        } catch (CannotSignException e) {
            LOG.debug("no checkpoint goes with the backup: {}", e.getMessage());
            return null;
        }
    }

    /**
     * Writes the note beside the backup, and where the copy of the database remembers what was signed.
     *
     * @return how many blocks it covers, 0 where there is none that the backup holds
     */
    private long writeCheckpoint(DataDirectory target, @Nullable Checkpoint noted, LedgerPoint through)
            throws IOException {
        if (noted == null || noted.treeSize() > through.blocks()) {
            return 0;
        }
        copies.write(AnchorFormat.signed(noted), target.root().resolve(BackupFormat.CHECKPOINT_NAME));
        copies.write(AnchorFormat.signed(noted), target.keys().resolve(AnchorFormat.FILE_NAME));
        fileSystem.syncDirectory(target.keys());
        return noted.treeSize();
    }

    private BackupFormat.Content content(LedgerId ledgerId, LedgerPoint through, boolean checkpoint, boolean keys) {
        return new BackupFormat.Content(
                ledgerId, through, options.environment().clock().micros(), checkpoint, keys, List.of());
    }

    private LiveTables hold() {
        for (; ; ) {
            LiveTables tables = engine.index().state().tables();
            if (tables.acquire()) {
                return tables;
            }
        }
    }

    /** Where the copy ends: with what the checkpoint covers, unless the index reaches further, or nothing can be signed. */
    private LedgerPoint through(@Nullable Checkpoint noted, Version version) throws IOException {
        LedgerPoint reached = version.reached();
        if (!options.readOnly()) {
            if (noted != null && noted.treeSize() > 0 && (reached == null || noted.treeSize() >= reached.blocks())) {
                return engine.ledger().pointAt(noted.treeSize());
            }
        }
        return syncedHead();
    }

    /**
     * Copies the ledger. Where a value was erased behind the point while it was copied, the copy is made to reach the erasure.
     *
     * @return the point behind the newest block of the copy
     */
    private LedgerPoint copyLedger(
            DataDirectory target,
            LedgerId ledgerId,
            LedgerPoint from,
            LedgerPoint through,
            List<BackupFormat.File> files)
            throws IOException {
        for (LedgerPoint point = through; ; ) {
            // Before anything is copied: whoever erases a value meanwhile is told of this backup.
            record(target, options.environment().clock().micros(), point);
            LedgerCopy.Result copy = new LedgerCopy(
                            fileSystem,
                            source.ledger(),
                            target.ledger(),
                            ledgerId,
                            how.link(),
                            options.diskReserve(),
                            bytes -> progress.done(bytesDone += bytes, bytesTotal))
                    .run(from, point);
            LedgerPoint head = syncedHead();
            if (copy.unexplained().isEmpty()) {
                erasedKept = copy.erasedKept();
                for (LedgerCopy.File file : copy.files()) {
                    count(file.how(), file.size());
                    files.add(new BackupFormat.File(file.name(), file.size()));
                }
                return point;
            }
            if (head.blocks() <= point.blocks()) {
                throw new CorruptionException(
                        "ledger/",
                        0,
                        0,
                        "the values of sequences " + copy.unexplained() + " are gone, and no entry erases them");
            }
            point = head;
        }
    }

    private LedgerPoint syncedHead() throws IOException {
        LedgerPoint head = engine.head();
        if (head == null) {
            throw new NoDatabaseException(
                    "the database at " + source.root() + " has no block yet: there is nothing to back up");
        }
        engine.ledger().sync();
        return head;
    }

    private void count(LedgerCopy.How what, long size) {
        switch (what) {
            case KEPT -> kept++;
            case LINKED -> linked++;
            case COPIED -> {
                copied++;
                bytesCopied += size;
            }
        }
    }

    /** The SSTables of a version and the manifest that names them. What they replace goes when the backup is complete. */
    private List<BackupFormat.File> copyIndex(DataDirectory target, Version version) throws IOException {
        List<BackupFormat.File> files = new ArrayList<>();
        for (SstableInfo info : version.files()) {
            Path from = SstableFormat.path(source.root(), info.fileNumber());
            Path to = SstableFormat.path(target.root(), info.fileNumber());
            if (how.link() && copies.link(from, to)) {
                count(LedgerCopy.How.LINKED, info.fileSize());
            } else if (copies.same(from, to)) {
                count(LedgerCopy.How.KEPT, info.fileSize());
            } else {
                copies.copy(from, to, false);
                count(LedgerCopy.How.COPIED, info.fileSize());
            }
            files.add(new BackupFormat.File(target.root().relativize(to).toString(), info.fileSize()));
            progress.done(bytesDone += info.fileSize(), bytesTotal);
        }
        fileSystem.syncDirectory(target.index());
        if (version.reached() != null) {
            Manifest.write(fileSystem, target.index(), version.withoutErasures());
        } else if (fileSystem.exists(target.index().resolve(Manifest.FILE_NAME))) {
            // The database has built its index anew since the earlier backup, whose manifest names files that go now.
            Manifest.write(fileSystem, target.index(), Version.begun());
        }
        return files;
    }

    /** Copies the private keys where that was asked for. */
    private boolean copyKeys(DataDirectory target) throws IOException {
        boolean any = false;
        if (how.withKeys()) {
            for (String name : fileSystem.list(source.keys())) {
                if (name.endsWith(".pem")) {
                    copies.copy(source.keys().resolve(name), target.keys().resolve(name), true);
                    any = true;
                }
            }
        }
        fileSystem.syncDirectory(target.keys());
        return any;
    }

    private void finish(DataDirectory target, BackupFormat.Content content, Version version) throws IOException {
        BackupFormat.write(fileSystem, target.root(), BackupFormat.FILE_NAME, content);
        Path part = target.root().resolve(BackupFormat.PART_NAME);
        if (fileSystem.exists(part)) {
            fileSystem.delete(part);
        }
        Set<String> named = new HashSet<>();
        for (SstableInfo info : version.files()) {
            named.add(SstableFormat.path(target.root(), info.fileNumber())
                    .getFileName()
                    .toString());
        }
        for (String name : fileSystem.list(target.index())) {
            if (name.endsWith(".sst") && !named.contains(name)) {
                fileSystem.delete(target.index().resolve(name));
            }
        }
        fileSystem.syncDirectory(target.root());
    }

    private boolean record(DataDirectory target, long time, LedgerPoint through) throws IOException {
        if (options.readOnly()) {
            return false;
        }
        KnownBackups.record(
                fileSystem, source.root(), new KnownBackups.Known(target.root(), time, through.blocks() - 1));
        return true;
    }
}
