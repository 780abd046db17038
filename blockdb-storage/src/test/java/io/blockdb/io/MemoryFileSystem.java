package io.blockdb.io;

import io.blockdb.base.CorruptionException;
import io.blockdb.base.Hash;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * Files in memory that crash, fail, fill up and rot on demand. It keeps what was synced apart from what was only written,
 * so that {@link #crashClone} can show what a power failure leaves.
 *
 * <p>A crash test runs a scenario once to count its {@link #mutations}, then once for every n with {@link #crashAt}(n),
 * opens a {@link #crashClone} and checks what must hold. A failure test does the same with {@link #operations} and
 * {@link #failOperation}. Clones share their bytes until they are written to, so that thousands of them are cheap.
 *
 * <p>Stricter than disks: any unsynced sector and any unsynced change of a directory may get lost, whatever the order they
 * were made in, and every byte of a map behind the end of its file is unreadable, not only whole pages.
 *
 * <p>Threading: any thread; one lock for everything.
 */
public final class MemoryFileSystem implements FileSystem {
    private static final long UNLIMITED = 1L << 40;

    /** What a power failure does to what was not synced: data by sectors of 512 bytes, file lengths, names. */
    public enum UnsyncedPolicy {
        /** All of it is lost. */
        DROP_ALL,
        /** None of it is lost, except what a failed sync has lost before. */
        DROP_NONE,
        /** Each sector, each length and each name is the old or the new one, by chance. */
        DROP_RANDOM
    }

    /** What can be counted and made to fail. */
    public enum Operation {
        OPEN_READ(false),
        OPEN_WRITE(false),
        MAP(false),
        READ(false),
        SIZE(false),
        EXISTS(false),
        LIST(false),
        USABLE_SPACE(false),
        LOCK(false),
        CREATE(true),
        WRITE(true),
        TRUNCATE(true),
        SYNC(true),
        CREATE_DIRECTORY(true),
        RENAME(true),
        LINK(true),
        DELETE(true),
        SYNC_DIRECTORY(true);

        private final boolean mutates;

        Operation(boolean mutates) {
            this.mutates = mutates;
        }

        /** Whether it changes what is on the disk, or how safe it is. */
        public boolean mutates() {
            return mutates;
        }
    }

    /** Decides which operations fail. Called with the file system's lock held. */
    @FunctionalInterface
    public interface FaultRule {
        /** Whether this operation fails; {@code number} counts all operations from 1. */
        boolean fails(Operation operation, Path path, long number);
    }

    private final MemoryTree tree;
    private final Faults faults = new Faults();
    private final Set<MemoryHandle> open = new LinkedHashSet<>();
    private long capacity = UNLIMITED;
    private boolean readOnly;
    private boolean failedSyncMarksClean;
    private boolean linkable = true;

    /** An empty file system with nothing but the root directory. */
    public MemoryFileSystem() {
        this(new MemoryNode.Directory());
    }

    private MemoryFileSystem(MemoryNode.Directory root) {
        this.tree = new MemoryTree(root);
    }

    // ---- Crashes and faults

    /**
     * The disk as it is found after the power failed now. Nothing is open or locked in it, no faults are set, and
     * everything in it is durable.
     */
    public synchronized MemoryFileSystem crashClone(UnsyncedPolicy unsynced, Random random) {
        return new MemoryFileSystem(tree.root().afterPowerFailure(unsynced, random, new IdentityHashMap<>()));
    }

    /**
     * The disk as the next process finds it when this one is killed now: whatever was written is there, but what was not
     * synced may still get lost with the power.
     */
    public synchronized MemoryFileSystem processCrashClone() {
        return new MemoryFileSystem(tree.root().copy(new IdentityHashMap<>()));
    }

    /** How many operations there were so far. */
    public synchronized long operations() {
        return faults.operations();
    }

    /** How many of them could have changed something. */
    public synchronized long mutations() {
        return faults.mutations();
    }

    /**
     * The n-th operation from now (1 = the next) throws. A write that fails leaves its first half behind; other operations
     * do nothing.
     */
    public synchronized void failOperation(long n) {
        faults.fail(n, false);
    }

    /** The n-th operation from now and all later ones throw. */
    public synchronized void failOperationsFrom(long n) {
        faults.fail(n, true);
    }

    /** Operations that meet the rule throw, in addition to those of {@link #failOperation}. */
    public synchronized void failWhen(FaultRule rule) {
        faults.failWhen(rule);
    }

    /** The n-th mutating operation from now and every later operation throw without effect: the process has died there. */
    public synchronized void crashAt(long n) {
        faults.crash(n, null);
    }

    /** The same, but a write that is hit leaves a random part of its beginning behind. */
    public synchronized void crashAt(long n, Random torn) {
        faults.crash(n, torn);
    }

    /** Whether the crash of {@link #crashAt} has happened. */
    public synchronized boolean crashed() {
        return faults.crashed();
    }

    /** From now on nothing fails any more. Does not change read-only mode, free space or what failed syncs do. */
    public synchronized void clearFaults() {
        faults.clear();
    }

    /**
     * Whether a sync that fails marks what it should have written as clean, as Linux does: readable until the power fails,
     * gone after that, and no later sync helps unless the bytes are written again.
     */
    public synchronized void setFailedSyncMarksClean(boolean marksClean) {
        failedSyncMarksClean = marksClean;
    }

    /** Leaves room for this many bytes more. Files that shrink or go away make room. */
    public synchronized void setUsableSpace(long bytes) {
        capacity = tree.used() + bytes;
    }

    /** Whether files can have several names, as it is until this is called. */
    public synchronized void setLinkable(boolean can) {
        linkable = can;
    }

    /** Whether everything that would change something throws. */
    public synchronized void setReadOnly(boolean only) {
        readOnly = only;
    }

    // ---- The view from outside: no operation of these is counted or fails by a fault

    /** A copy of all bytes of a file. */
    public synchronized byte[] content(Path file) throws IOException {
        return tree.file(file).content().toBytes();
    }

    /** Replaces the bytes of a file, durably, also under those who have it open; creates it and its directories. */
    public synchronized void setContent(Path file, byte[] bytes) throws IOException {
        if (tree.find(file) == null) {
            tree.directories(MemoryTree.parent(file), true).putDurably(MemoryTree.name(file), new MemoryNode.File());
        }
        tree.file(file).replace(bytes);
    }

    /** Flips the bits of {@code xor} in one byte of a file, durably. */
    public synchronized void corrupt(Path file, long offset, int xor) throws IOException {
        byte[] bytes = content(file);
        bytes[Math.toIntExact(offset)] ^= (byte) xor;
        setContent(file, bytes);
    }

    /** Cuts a file, durably, also under those who read or map it. */
    public synchronized void truncate(Path file, long size) throws IOException {
        byte[] bytes = content(file);
        if (size < 0 || size > bytes.length) {
            throw new IllegalArgumentException(file + ": cannot be cut to " + size + " of " + bytes.length);
        }
        setContent(file, Arrays.copyOf(bytes, (int) size));
    }

    /** Every path, with the SHA-256 of its bytes in hex, or {@code directory}. */
    public synchronized SortedMap<String, String> snapshot() {
        return tree.snapshot();
    }

    /** A hash of all paths and bytes. */
    public Hash digest() {
        return MemoryTree.sha256(snapshot().toString().getBytes(StandardCharsets.UTF_8));
    }

    /** How many files, maps and locks are open. */
    public synchronized int openFiles() {
        return open.size();
    }

    /** Fails with the stacks of those who opened what is still open. */
    public synchronized void assertNoOpenFiles() {
        if (!open.isEmpty()) {
            AssertionError leak = new AssertionError(open.size() + " files, maps or locks are still open");
            open.forEach(handle -> leak.addSuppressed(handle.opened()));
            throw leak;
        }
    }

    // ---- What the handles call, with the lock held

    void begin(Operation operation, Path path) throws IOException {
        Faults.Failure failure = faults.next(operation, path);
        if (failure != null) {
            throw failure.error();
        }
        requireWritable(operation, path);
    }

    private void requireWritable(Operation operation, Path path) throws IOException {
        if (readOnly && (operation.mutates() || operation == Operation.OPEN_WRITE)) {
            throw new FileSystemException(path.toString(), null, "Read-only file system");
        }
    }

    void write(Path path, MemoryNode.File file, long position, byte[] source, int offset, int length)
            throws IOException {
        Faults.Failure failure = faults.next(Operation.WRITE, path);
        requireWritable(Operation.WRITE, path);
        int fits = capacity == UNLIMITED ? length : (int) Math.min(length, Math.max(0, room(file) - position));
        int written = failure == null ? fits : Math.min(fits, (int) (length * failure.written()));
        file.write(position, source, offset, written);
        if (failure != null) {
            throw failure.error();
        }
        if (fits < length) {
            throw new IOException(path + ": No space left on device");
        }
    }

    /** How long the file may become. */
    private long room(MemoryNode.File file) {
        return capacity - tree.used() + file.content().length();
    }

    void sync(Path path, MemoryNode.File file) throws IOException {
        Faults.Failure failure = faults.next(Operation.SYNC, path);
        requireWritable(Operation.SYNC, path);
        if (failure == null) {
            file.sync();
            return;
        }
        if (failedSyncMarksClean && !faults.crashed()) {
            file.forgetDirty();
        }
        throw failure.error();
    }

    void forget(MemoryHandle handle) {
        open.remove(handle);
    }

    private <T extends MemoryHandle> T opened(T handle) {
        open.add(handle);
        return handle;
    }

    // ---- FileSystem

    @Override
    public synchronized ReadableFile openForReading(Path file) throws IOException {
        begin(Operation.OPEN_READ, file);
        return opened(new MemoryHandle.ForReading(this, file, tree.file(file)));
    }

    @Override
    public synchronized UncachedFile openUncached(Path file) throws IOException {
        begin(Operation.OPEN_READ, file);
        return opened(new MemoryHandle.Uncached(this, file, tree.file(file)));
    }

    @Override
    public synchronized WritableFile create(Path file) throws IOException {
        begin(Operation.CREATE, file);
        MemoryNode.Directory parent = tree.directoryOf(file);
        if (parent.entries().containsKey(MemoryTree.name(file))) {
            throw new FileAlreadyExistsException(file.toString());
        }
        MemoryNode.File created = new MemoryNode.File();
        parent.put(MemoryTree.name(file), created);
        return opened(new MemoryHandle.Writable(this, file, created));
    }

    @Override
    public WritableFile createPrivate(Path file) throws IOException {
        return create(file);
    }

    @Override
    public synchronized WritableFile openForWriting(Path file) throws IOException {
        begin(Operation.OPEN_WRITE, file);
        return opened(new MemoryHandle.Writable(this, file, tree.file(file)));
    }

    @Override
    public synchronized MappedFile map(Path file) throws IOException {
        begin(Operation.MAP, file);
        MemoryNode.File node = tree.file(file);
        if (node.content().length() == 0) {
            throw new CorruptionException(MemoryTree.name(file), 0, 0, "the file is empty");
        }
        return opened(new MemoryHandle.Mapped(this, file, node));
    }

    @Override
    public synchronized boolean exists(Path path) throws IOException {
        begin(Operation.EXISTS, path);
        return tree.find(path) != null;
    }

    @Override
    public synchronized boolean isDirectory(Path path) throws IOException {
        begin(Operation.EXISTS, path);
        return tree.find(path) instanceof MemoryNode.Directory;
    }

    @Override
    public synchronized long size(Path file) throws IOException {
        begin(Operation.SIZE, file);
        return tree.file(file).content().length();
    }

    @Override
    public synchronized List<String> list(Path directory) throws IOException {
        begin(Operation.LIST, directory);
        return new ArrayList<>(tree.directory(directory).entries().keySet());
    }

    @Override
    public synchronized void createDirectories(Path directory) throws IOException {
        if (tree.find(directory) instanceof MemoryNode.Directory) {
            begin(Operation.EXISTS, directory);
            return;
        }
        begin(Operation.CREATE_DIRECTORY, directory);
        tree.directories(directory, false);
    }

    @Override
    public synchronized void rename(Path from, Path to) throws IOException {
        if (!MemoryTree.parent(from).equals(MemoryTree.parent(to))) {
            throw new IllegalArgumentException(from + " and " + to + " are not in the same directory");
        }
        begin(Operation.RENAME, from);
        MemoryNode.Directory parent = tree.directoryOf(from);
        if (tree.find(from) == null) {
            throw new NoSuchFileException(from.toString());
        }
        if (tree.find(to) instanceof MemoryNode.Directory) {
            throw new FileSystemException(to.toString(), null, "Is a directory");
        }
        parent.rename(MemoryTree.name(from), MemoryTree.name(to));
    }

    @Override
    public synchronized boolean link(Path existing, Path link) throws IOException {
        begin(Operation.LINK, link);
        MemoryNode.File node = tree.file(existing);
        MemoryNode.Directory parent = tree.directoryOf(link);
        if (parent.entries().containsKey(MemoryTree.name(link))) {
            throw new FileAlreadyExistsException(link.toString());
        }
        if (linkable) {
            parent.put(MemoryTree.name(link), node);
        }
        return linkable;
    }

    @Override
    public synchronized void delete(Path file) throws IOException {
        begin(Operation.DELETE, file);
        MemoryNode node = tree.find(file);
        if (node == null) {
            throw new NoSuchFileException(file.toString());
        }
        if (node instanceof MemoryNode.Directory directory
                && !directory.entries().isEmpty()) {
            throw new DirectoryNotEmptyException(file.toString());
        }
        tree.directoryOf(file).remove(MemoryTree.name(file));
    }

    @Override
    public synchronized void syncDirectory(Path directory) throws IOException {
        begin(Operation.SYNC_DIRECTORY, directory);
        tree.directory(directory).sync();
    }

    @Override
    public synchronized long usableSpace(Path path) throws IOException {
        begin(Operation.USABLE_SPACE, path);
        return Math.max(0, capacity - tree.used());
    }

    @Override
    public synchronized @Nullable Lock lock(Path file, boolean shared) throws IOException {
        begin(Operation.LOCK, file);
        if (!shared) {
            requireWritable(Operation.OPEN_WRITE, file);
            if (tree.find(file) == null) {
                create(file).close();
            }
        }
        MemoryNode.File node = tree.file(file);
        for (MemoryHandle handle : open) {
            if (handle instanceof MemoryHandle.Locked held && held.file == node && !(shared && held.shared)) {
                return null;
            }
        }
        return opened(new MemoryHandle.Locked(this, file, node, shared));
    }
}
