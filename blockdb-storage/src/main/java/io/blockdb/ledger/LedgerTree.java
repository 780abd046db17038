package io.blockdb.ledger;

import io.blockdb.base.CorruptionException;
import io.blockdb.base.Hash;
import io.blockdb.base.LedgerPoint;
import io.blockdb.io.FileSystem;
import io.blockdb.proof.ConsistencyProof;
import io.blockdb.proof.InclusionProof;
import io.blockdb.proof.MerkleTree;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The ledger tree (LEDGER.md): the RFC 6962 tree whose leaf hashes are the block hashes. It grows in the same step as the ledger
 * does, and answers for every size up to its own.
 *
 * <p>It is derived: what its files lack after a crash is made up for from the ledger, and what does not fit is built anew when
 * the ledger is opened for writing. A file that cannot be written costs the tree, never the ledger: proofs are then refused
 * until the next open.
 *
 * <p>What the files hold is never trusted. The root of the whole tree is computed of what stands in memory; every path is
 * checked against the root that it is handed out for, and every root of a smaller tree by the consistency with the whole
 * one. A check that fails means that a file is damaged: the {@link CorruptionException} says where, and the next open for
 * writing builds the tree anew.
 *
 * <p>Threading: appends come from the committer; everything else from any thread, beside them.
 */
public final class LedgerTree implements Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(LedgerTree.class);

    /**
     * A record of how far the files go is written once so many blocks, or bytes of the ledger, lie behind the last one: it takes
     * several syncs, reading so much again at the next open takes less.
     */
    private static final int RECORD_BLOCKS = 256;

    private static final long RECORD_BYTES = 1 << 20;

    /** What replacing the record takes for a while. */
    private static final long RECORD_SPACE = 512;

    /** Checked roots of smaller trees that are kept: those of the newest checkpoints, mostly. */
    private static final int ROOTS_KEPT = 64;

    private final FileSystem fileSystem;
    private final Path directory;
    private final boolean readOnly;
    private final SegmentPool pool;
    private final TreeNodes nodes;
    private final Object recordLock = new Object();

    /** How far the files are recorded to go. Written while opening, then under {@link #recordLock}. */
    private volatile LedgerPoint recorded = Ledger.GENESIS;

    private volatile @Nullable IOException failure;
    private volatile @Nullable CorruptionException damage;
    /** Whether the files are to be built anew; guarded by {@link #recordLock}. */
    private boolean discarded;

    private volatile Root newest = new Root(0, MerkleTree.EMPTY_ROOT);

    private final Map<Long, Hash> roots = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Hash> eldest) {
            return size() > ROOTS_KEPT;
        }
    };

    /** The root of a tree of so many leaves. */
    private record Root(long size, Hash hash) {}

    private LedgerTree(FileSystem fileSystem, Path directory, boolean readOnly, SegmentPool pool) {
        this.fileSystem = fileSystem;
        this.directory = directory;
        this.readOnly = readOnly;
        this.pool = pool;
        this.nodes = new TreeNodes(fileSystem, directory);
    }

    /**
     * Opens the tree of a ledger. That the tree cannot be had does not fail the ledger.
     *
     * @param ledgerDirectory the tree's is beside it
     * @param end the ledger's head, null while it is unborn
     * @param clean whether the ledger ends where it was closed in good order: then the tree was recorded there, or near
     * @param notes takes what was found and done
     */
    static LedgerTree open(
            FileSystem fileSystem,
            Path ledgerDirectory,
            boolean readOnly,
            SegmentPool pool,
            @Nullable LedgerPoint end,
            boolean clean,
            List<String> notes) {
        Path directory = ledgerDirectory.resolveSibling(TreeFormat.DIRECTORY);
        LedgerTree tree = new LedgerTree(fileSystem, directory, readOnly, pool);
        TreeOpening opening = new TreeOpening(fileSystem, directory, readOnly, pool, end, tree.nodes);
        try {
            tree.recorded = opening.run();
            notes.addAll(opening.notes());
            if (end != null && !readOnly && tree.isWorthRecording(end)) {
                if (clean
                        && tree.recorded.isGenesis()
                        && !opening.created()
                        && opening.notes().isEmpty()) {
                    notes.add(
                            "The ledger tree was missing and was built from the ledger: " + end.blocks() + " blocks.");
                }
                tree.record(end);
            }
        } catch (IOException | RuntimeException e) {
            tree.fail(e);
            notes.add("The ledger tree cannot be kept, so nothing is proved until the next open: " + e.getMessage());
        }
        return tree;
    }

    private void checkUsable() throws IOException {
        IOException failed = failure;
        if (failed instanceof CorruptionException damage) {
            throw damage.toldAs("nothing can be proved while the ledger is damaged here: " + damage.reason());
        }
        if (failed != null) {
            throw new IOException("the ledger tree cannot be used: " + failed.getMessage(), failed);
        }
    }

    /** The tree takes no more leaves and answers nothing; the first cause is kept. */
    private synchronized void fail(Exception cause) {
        if (failure == null) {
            failure = cause instanceof IOException e ? e : new IOException(cause.toString(), cause);
            LOG.warn("the ledger tree cannot be kept and is built anew by the next open: {}", cause.toString());
        }
    }

    /** Why the tree answers nothing, or null. */
    public @Nullable IOException failure() {
        return failure;
    }

    /** The last damage that was found in the tree's files, or null. */
    public @Nullable CorruptionException damage() {
        return damage;
    }

    /** How many blocks the tree has: as many as the ledger, unless it cannot be had ({@link #failure}). */
    public long size() {
        return nodes.size();
    }

    /** Bytes of the disk that the tree will take for what it holds already. */
    long spaceWanted() {
        return nodes.unwrittenBytes() + RECORD_SPACE;
    }

    /** Takes the hash of the block that was appended to the ledger. Never fails. */
    void append(Hash blockHash) {
        if (failure == null) {
            try {
                nodes.append(blockHash);
            } catch (IOException | RuntimeException e) {
                fail(e);
            }
        }
    }

    /** Does what appending has put off, so that who asks need not. Never fails. */
    void settle() {
        if (failure == null && !readOnly) {
            try {
                nodes.grow();
            } catch (IOException | RuntimeException e) {
                fail(e);
            }
        }
    }

    /**
     * Root of the tree as it is now.
     *
     * @throws IOException if the tree cannot be had ({@link #failure})
     */
    public Hash root() throws IOException {
        checkUsable();
        return newestRoot().hash;
    }

    private Root newestRoot() throws IOException {
        long size = nodes.size();
        Root known = newest;
        if (known.size != size) {
            known = new Root(size, nodes.root(size));
            newest = known;
        }
        return known;
    }

    /**
     * Root of the tree of the first {@code size} blocks.
     *
     * @throws IllegalArgumentException if the ledger has fewer
     * @throws CorruptionException if the tree's files are damaged
     * @throws IOException if the tree cannot be had ({@link #failure})
     */
    public Hash rootAt(long size) throws IOException {
        checkUsable();
        Root whole = newestRoot();
        if (size < 0 || size > whole.size) {
            throw new IllegalArgumentException("the ledger has " + whole.size + " blocks, not " + size);
        }
        if (size == whole.size) {
            return whole.hash;
        }
        synchronized (roots) {
            Hash known = roots.get(size);
            if (known != null) {
                return known;
            }
        }
        Hash root = nodes.root(size);
        ConsistencyProof proof = new ConsistencyProof(size, whole.size, nodes.consistencyPath(size, whole.size));
        if (!proof.proves(root, whole.hash)) {
            throw damaged(size, size - 1, whole.size - 1);
        }
        synchronized (roots) {
            roots.put(size, root);
        }
        return root;
    }

    /**
     * The hash of a block as the tree has it, checked.
     *
     * @throws IllegalArgumentException if there is no such block
     * @throws CorruptionException if the tree's files are damaged
     * @throws IOException if the tree cannot be had ({@link #failure})
     */
    public Hash leaf(long height) throws IOException {
        long size = size();
        checkedPath(height, size);
        return nodes.leaf(height);
    }

    /**
     * The path that proves the block of a height in the tree of the first {@code size} blocks (RFC 9162, 2.1.3).
     *
     * @throws IllegalArgumentException unless height &lt; size, and the ledger has so many blocks
     * @throws CorruptionException if the tree's files are damaged
     * @throws IOException if the tree cannot be had ({@link #failure})
     */
    public List<Hash> inclusionPath(long height, long size) throws IOException {
        return checkedPath(height, size);
    }

    private List<Hash> checkedPath(long height, long size) throws IOException {
        Hash root = rootAt(size);
        if (height < 0 || height >= size) {
            throw new IllegalArgumentException("there is no block " + height + " among the first " + size);
        }
        InclusionProof proof = new InclusionProof(height, size, nodes.inclusionPath(height, size));
        if (!proof.proves(nodes.leaf(height), root)) {
            throw damaged(size, height, size - 1);
        }
        return proof.path();
    }

    /**
     * The path that proves the tree of the first {@code from} blocks to be the beginning of that of the first {@code to}
     * (RFC 9162, 2.1.4); empty where from = 0 or from = to.
     *
     * @throws IllegalArgumentException unless 0 &lt;= from &lt;= to, and the ledger has so many blocks
     * @throws CorruptionException if the tree's files are damaged
     * @throws IOException if the tree cannot be had ({@link #failure})
     */
    public List<Hash> consistencyPath(long from, long to) throws IOException {
        if (from < 0 || from > to) {
            throw new IllegalArgumentException("a tree of " + from + " blocks is not the beginning of one of " + to);
        }
        Hash newRoot = rootAt(to);
        Hash oldRoot = rootAt(from);
        ConsistencyProof proof = new ConsistencyProof(from, to, nodes.consistencyPath(from, to));
        if (!proof.proves(oldRoot, newRoot)) {
            throw damaged(to, from - 1, to - 1);
        }
        return proof.path();
    }

    /** Finds what is damaged, sees to it that it is not used again, and says where it stands. */
    private CorruptionException damaged(long size, long... leaves) throws IOException {
        nodes.forgetGroups();
        TreeNodes.Misfit misfit = null;
        for (long leaf : leaves) {
            for (long near = Math.max(0, leaf); misfit == null && near <= leaf + 1 && near < nodes.size(); near++) {
                misfit = nodes.misfitAbove(near);
            }
        }
        int length = TreeFormat.GROUP * Hash.LENGTH;
        CorruptionException found = misfit == null
                ? new CorruptionException(
                        TreeFormat.DIRECTORY + "/", 0, 0, "the hashes do not prove the root of " + size + " blocks")
                : new CorruptionException(
                        misfit.level().name(),
                        misfit.number() * length,
                        length,
                        "hashes of the ledger tree: expected " + misfit.expected() + " above them, found "
                                + misfit.found());
        damage = found;
        if (!readOnly) {
            discard();
        }
        return found;
    }

    private boolean isWorthRecording(LedgerPoint synced) {
        LedgerPoint last = recorded;
        long blocks = synced.blocks() - last.blocks();
        boolean near = synced.place().segment() == last.place().segment()
                && synced.place().offset() - last.place().offset() < RECORD_BYTES
                && blocks < RECORD_BLOCKS;
        return blocks > 0 && !near;
    }

    /**
     * Writes down how far the tree goes, where that is worth it, so that the next open begins there. Never fails.
     *
     * @param synced a point through which the ledger is synced
     */
    void record(LedgerPoint synced) {
        synchronized (recordLock) {
            if (readOnly || failure != null || discarded || !isWorthRecording(synced)) {
                return;
            }
            try {
                long size = synced.blocks();
                nodes.persist(size);
                fileSystem.syncDirectory(directory);
                TreeFormat.State state = new TreeFormat.State(
                        pool.header(synced.place().segment()).ledgerId(), nodes.root(size), synced);
                TreeFormat.write(fileSystem, directory, state);
                recorded = synced;
            } catch (IOException | RuntimeException e) {
                fail(e);
            }
        }
    }

    /**
     * Sees to it that the next open for writing builds the tree anew from the ledger: for who knows that it is not that of the
     * blocks.
     *
     * @throws IOException if the record cannot be taken away
     */
    public void discard() throws IOException {
        synchronized (recordLock) {
            discarded = true;
            TreeFormat.deleteState(fileSystem, directory);
        }
    }

    /** Closes the files and leaves them as they are. */
    @Override
    public void close() throws IOException {
        nodes.close();
    }
}
