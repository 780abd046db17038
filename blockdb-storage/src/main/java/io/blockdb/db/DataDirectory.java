package io.blockdb.db;

import io.blockdb.base.CorruptionException;
import io.blockdb.base.LedgerPoint;
import io.blockdb.base.UnsupportedFormatException;
import io.blockdb.io.FileSystem;
import io.blockdb.io.ReadableFile;
import io.blockdb.io.WritableFile;
import io.blockdb.ledger.LedgerCopy;
import io.blockdb.manifest.Manifest;
import io.blockdb.manifest.Version;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The directory of a database: what is in it, whether it is ours, and who may write to it.
 *
 * <pre>
 *   LOCK         locked while a process has the directory open; never read, since closing any handle of a file drops the
 *                process's POSIX locks on it
 *   OWNER        who holds the lock, for the message to others: process id and host
 *   ledger/      segments and the record of the last clean close; precious
 *   keys/        signing keys, readable by the owner alone, and what was signed last; precious
 *   index/       manifest and SSTables; derived
 *   tree/        the ledger tree; derived
 *   quarantine/  what recovery cut off
 *   PROBE        written by a server to see whether the disk takes writes again, and deleted at once
 * </pre>
 *
 * <p>Threading: one thread at a time.
 */
final class DataDirectory implements Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(DataDirectory.class);
    private static final Pattern OWNER_TEXT = Pattern.compile("process (\\d{1,18}) on host (.*)");
    private static final String LOCK = "LOCK";
    private static final String OWNER = "OWNER";
    private static final String LEDGER = "ledger";
    private static final String INDEX = "index";
    private static final String KEYS = "keys";
    private static final String TREE = "tree";
    private static final String QUARANTINE = "quarantine";
    private static final Pattern SEGMENT = Pattern.compile("[0-9]{10}\\.seg");
    private static final Set<String> OURS = Set.of(
            LOCK,
            OWNER,
            LEDGER,
            INDEX,
            KEYS,
            QUARANTINE,
            TREE,
            "raft",
            "PROBE",
            KnownBackups.FILE_NAME,
            KnownBackups.TEMPORARY_NAME,
            BackupFormat.FILE_NAME,
            BackupFormat.PART_NAME,
            BackupFormat.TEMPORARY_NAME,
            BackupFormat.CHECKPOINT_NAME);

    private final FileSystem fileSystem;
    private final Path root;
    private final boolean readOnly;
    private FileSystem.@Nullable Lock lock;

    private DataDirectory(FileSystem fileSystem, Path root, boolean readOnly, FileSystem.@Nullable Lock lock) {
        this.fileSystem = fileSystem;
        this.root = root;
        this.readOnly = readOnly;
        this.lock = lock;
    }

    /**
     * Takes a directory: makes sure it is a database's or may become one, and locks it.
     *
     * @throws NoDatabaseException if there is none, and none is to be created
     * @throws NotADatabaseException if it holds something else
     * @throws DatabaseInUseException if somebody else has it
     */
    static DataDirectory open(FileSystem fileSystem, Path root, boolean readOnly, boolean create) throws IOException {
        boolean exists = fileSystem.exists(root);
        if (exists && !fileSystem.isDirectory(root)) {
            throw new NotADatabaseException(root + " is not a directory");
        }
        boolean born = exists && holdsDatabase(fileSystem, root);
        if (!born && (readOnly || !create)) {
            throw new NoDatabaseException("No database at " + root);
        }
        if (readOnly) {
            return new DataDirectory(fileSystem, root, true, sharedLock(fileSystem, root));
        }
        fileSystem.createDirectories(root);
        FileSystem.Lock lock = fileSystem.lock(root.resolve(LOCK), false);
        if (lock == null) {
            throw inUse(fileSystem, root);
        }
        DataDirectory directory = new DataDirectory(fileSystem, root, false, lock);
        try {
            directory.createSubdirectories(born);
            directory.writeOwner();
            return directory;
        } catch (IOException | RuntimeException | Error e) {
            directory.closeAfter(e);
            throw e;
        }
    }

    /** Whether there is a ledger; fails where the directory holds something else instead. */
    private static boolean holdsDatabase(FileSystem fileSystem, Path root) throws IOException {
        List<String> names = fileSystem.list(root);
        if (names.contains(LEDGER) && fileSystem.isDirectory(root.resolve(LEDGER))) {
            for (String name : fileSystem.list(root.resolve(LEDGER))) {
                if (SEGMENT.matcher(name).matches()) {
                    return true;
                }
            }
        }
        if (remembersLedger(fileSystem, root)) {
            return true;
        }
        List<String> foreign = new ArrayList<>(names);
        foreign.removeAll(OURS);
        if (foreign.isEmpty() && !names.contains(LOCK)) {
            // The lock file is older than anything in the directories. Without it, what they hold is somebody else's.
            for (String name : names) {
                Path path = root.resolve(name);
                if (!fileSystem.isDirectory(path) || !fileSystem.list(path).isEmpty()) {
                    foreign.add(name);
                }
            }
            foreign.remove(OWNER);
        }
        if (!foreign.isEmpty()) {
            String shown = String.join(", ", foreign.subList(0, Math.min(3, foreign.size())));
            throw new NotADatabaseException(root + " is not a BlockDB database and not empty: it holds " + shown
                    + (foreign.size() > 3 ? " and " + (foreign.size() - 3) + " more" : "")
                    + "; name another directory");
        }
        return false;
    }

    /**
     * Whether what stands beside the segments knows of blocks that were on disk. A ledger whose segments are all gone is damaged:
     * it must be verified and repaired as one, and not be taken for a directory in which there never was one.
     */
    private static boolean remembersLedger(FileSystem fileSystem, Path root) throws IOException {
        if (new SignedMemory(fileSystem, root.resolve(KEYS), null).unverified() != null) {
            return true;
        }
        try {
            if (!LedgerCopy.recorded(fileSystem, root.resolve(LEDGER)).isGenesis()) {
                return true;
            }
        } catch (CorruptionException | UnsupportedFormatException e) {
            LOG.debug("nothing is known from the record of the last clean close: {}", e.toString());
        }
        try {
            Version version = Manifest.read(fileSystem, root.resolve(INDEX));
            LedgerPoint reached = version == null ? null : version.reached();
            return reached != null && !reached.isGenesis();
        } catch (CorruptionException | UnsupportedFormatException e) {
            LOG.debug("nothing is known from the manifest: {}", e.toString());
            return false;
        }
    }

    private static FileSystem.@Nullable Lock sharedLock(FileSystem fileSystem, Path root) throws IOException {
        FileSystem.Lock lock;
        try {
            lock = fileSystem.lock(root.resolve(LOCK), true);
        } catch (IOException noLockToBeHad) {
            LOG.debug("reading {} without a lock: {}", root, noLockToBeHad.toString());
            return null;
        }
        if (lock == null) {
            throw inUse(fileSystem, root);
        }
        return lock;
    }

    private static DatabaseInUseException inUse(FileSystem fileSystem, Path root) {
        String holder = "another process";
        try (ReadableFile file = fileSystem.openForReading(root.resolve(OWNER))) {
            byte[] bytes = new byte[256];
            int length = file.read(0, bytes, 0, bytes.length);
            String named = new String(bytes, 0, Math.max(0, length), StandardCharsets.UTF_8).strip();
            if (mayBeAlive(fileSystem, named)) {
                holder = named;
            }
        } catch (IOException e) {
            LOG.debug("nobody says who holds {}: {}", root, e.toString());
        }
        return new DatabaseInUseException("the database at " + root + " is in use by " + holder
                + "; one process at a time may write to it, and none while others read");
    }

    /** Whether a process that OWNER names may still be there: what a killed one left says nothing of who holds the lock now. */
    private static boolean mayBeAlive(FileSystem fileSystem, String named) {
        Matcher owner = OWNER_TEXT.matcher(named);
        return owner.matches()
                && (!owner.group(2).equals(hostName(fileSystem))
                        || ProcessHandle.of(Long.parseLong(owner.group(1))).isPresent());
    }

    /**
     * Sees to it that the directories are there, and on disk. Before there is a ledger all names are synced, the ancestors'
     * too, whoever created them: a process that died here before may have left them unsynced.
     */
    private void createSubdirectories(boolean born) throws IOException {
        boolean created = !born;
        for (Path directory : List.of(ledger(), index(), keys())) {
            if (!fileSystem.exists(directory)) {
                fileSystem.createDirectories(directory);
                created = true;
            }
        }
        if (created) {
            fileSystem.syncDirectory(root);
        }
        Path ancestor = root.toAbsolutePath().getParent();
        try {
            for (; !born && ancestor != null; ancestor = ancestor.getParent()) {
                fileSystem.syncDirectory(ancestor);
            }
        } catch (AccessDeniedException e) {
            // What this user may not read he did not create, nor anything above it.
            LOG.debug("{} cannot be synced: {}", ancestor, e.toString());
        }
    }

    private void writeOwner() throws IOException {
        Path owner = root.resolve(OWNER);
        if (fileSystem.exists(owner)) {
            fileSystem.delete(owner);
        }
        byte[] text = ("process " + ProcessHandle.current().pid() + " on host " + hostName(fileSystem) + "\n")
                .getBytes(StandardCharsets.UTF_8);
        try (WritableFile file = fileSystem.create(owner)) {
            file.write(0, text, 0, text.length);
        }
    }

    private static String hostName(FileSystem fileSystem) {
        String name = System.getenv("HOSTNAME");
        if (name != null && !name.isEmpty()) {
            return name;
        }
        try (ReadableFile file = fileSystem.openForReading(Path.of("/proc/sys/kernel/hostname"))) {
            byte[] bytes = new byte[256];
            return new String(bytes, 0, file.read(0, bytes, 0, bytes.length), StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            LOG.debug("the host does not say its name: {}", e.toString());
            return "unknown";
        }
    }

    Path root() {
        return root;
    }

    Path ledger() {
        return root.resolve(LEDGER);
    }

    Path index() {
        return root.resolve(INDEX);
    }

    Path keys() {
        return root.resolve(KEYS);
    }

    /** The private keys. */
    KeyFiles keyFiles(Options options) {
        return new KeyFiles(fileSystem, keys(), options.signingKey());
    }

    /** What was signed last. */
    SignedMemory signedMemory(Options options) {
        return new SignedMemory(fileSystem, keys(), options.anchorPath());
    }

    Path tree() {
        return root.resolve(TREE);
    }

    Path quarantine() {
        return root.resolve(QUARANTINE);
    }

    /** Gives the directory back after a failure, which is what the caller is to see. */
    void closeAfter(Throwable failure) {
        try {
            close();
        } catch (IOException | RuntimeException e) {
            failure.addSuppressed(e);
        }
    }

    /** Gives the directory back. */
    @Override
    public void close() throws IOException {
        FileSystem.Lock held = lock;
        lock = null;
        if (held == null) {
            return;
        }
        try (held) {
            if (!readOnly) {
                fileSystem.delete(root.resolve(OWNER));
            }
        } catch (NoSuchFileException goneAlready) {
            LOG.debug("{} was deleted by somebody else", goneAlready.getMessage());
        }
    }
}
