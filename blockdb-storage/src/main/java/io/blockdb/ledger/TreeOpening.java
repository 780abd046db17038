package io.blockdb.ledger;

import io.blockdb.base.CorruptionException;
import io.blockdb.base.Hash;
import io.blockdb.base.LedgerPoint;
import io.blockdb.base.UnsupportedFormatException;
import io.blockdb.io.FileSystem;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Brings the ledger tree up to the ledger's head when it is opened.
 *
 * <ol>
 *   <li>The record is held against the ledger, and what the files have at the tree's right edge against the root in it.
 *   <li>The blocks behind the record are gone over by their headers, whose chain must begin with the block that the record names
 *       and end with the head's.
 *   <li>Where anything does not fit, the record is deleted and all is built anew from the ledger.
 * </ol>
 *
 * <p>Read-only, nothing is written: what the files lack is made up for in memory, up to so many blocks.
 */
final class TreeOpening {
    /** A read-only open makes up for at most so many blocks, which take 34 MB. */
    private static final long READ_ONLY_BLOCKS_MAX = 1 << 20;

    private final FileSystem fileSystem;
    private final Path directory;
    private final boolean readOnly;
    private final SegmentPool pool;
    private final @Nullable LedgerPoint end;
    private final TreeNodes nodes;
    private final List<String> notes = new ArrayList<>();
    /** Whether nothing was there: a new ledger, or one written by a version that knew no tree. */
    private boolean created;

    /** @param end the ledger's head, null while it is unborn */
    TreeOpening(
            FileSystem fileSystem,
            Path directory,
            boolean readOnly,
            SegmentPool pool,
            @Nullable LedgerPoint end,
            TreeNodes nodes) {
        this.fileSystem = fileSystem;
        this.directory = directory;
        this.readOnly = readOnly;
        this.pool = pool;
        this.end = end;
        this.nodes = nodes;
    }

    /** Whether the directory was not there, and was created. */
    boolean created() {
        return created;
    }

    /** What was found and done, a sentence each. */
    List<String> notes() {
        return notes;
    }

    /**
     * Fills the nodes.
     *
     * @return the point up to which the files are whole and synced: genesis where nothing of them is
     * @throws IOException if the tree cannot be had, because a file cannot be read or written, or the ledger is damaged
     */
    LedgerPoint run() throws IOException {
        if (!readOnly && !fileSystem.exists(directory)) {
            created = true;
            fileSystem.createDirectories(directory);
            Path parent = directory.getParent();
            if (parent != null) {
                fileSystem.syncDirectory(parent);
            }
        }
        String problem;
        try {
            TreeFormat.State state = TreeFormat.read(fileSystem, directory);
            if (state == null) {
                build(Ledger.GENESIS);
                return Ledger.GENESIS;
            }
            problem = problem(state);
            if (problem == null) {
                problem = takeUp(state);
            }
            if (problem == null) {
                return state.point();
            }
        } catch (CorruptionException | UnsupportedFormatException | NoSuchFileException e) {
            problem = e.getMessage();
        }
        if (!readOnly) {
            TreeFormat.deleteState(fileSystem, directory);
        }
        build(Ledger.GENESIS);
        notes.add("The ledger tree did not fit and was built anew from the ledger: " + problem + ".");
        return Ledger.GENESIS;
    }

    /** Why the record is not of this ledger, as far as can be told without reading more; null if nothing speaks against it. */
    private @Nullable String problem(TreeFormat.State state) throws IOException {
        LedgerPoint head = end;
        long blocks = head == null ? 0 : head.blocks();
        LedgerPoint point = state.point();
        if (head == null || point.blocks() > blocks) {
            return "it was recorded at " + point.blocks() + " blocks, the ledger has " + blocks;
        }
        if (!state.ledgerId().equals(pool.header(pool.last()).ledgerId())) {
            return "it is of ledger " + state.ledgerId();
        }
        return point.blocks() < 1 ? "it was recorded without a block" : null;
    }

    /** Takes the files as the record has them and goes on from there; returns why they do not fit, or null. */
    private @Nullable String takeUp(TreeFormat.State state) throws IOException {
        LedgerPoint point = state.point();
        nodes.startAt(point.blocks(), held(point.blocks()));
        Hash last = nodes.leaf(point.blocks() - 1);
        if (!last.equals(point.lastHash())) {
            return "its last leaf is " + last + ", expected " + point.lastHash();
        }
        Hash root = nodes.root(point.blocks());
        if (!root.equals(state.root())) {
            return "its root is " + root + ", expected " + state.root();
        }
        appendFrom(point);
        return null;
    }

    private void build(LedgerPoint from) throws IOException {
        nodes.startAt(0, held(0));
        appendFrom(from);
    }

    /** How large the tree gets in memory without a write. */
    private long held(long recorded) throws IOException {
        LedgerPoint head = end;
        if (!readOnly || head == null) {
            return recorded;
        }
        long lacking = head.blocks() - recorded;
        if (lacking > READ_ONLY_BLOCKS_MAX) {
            throw new IOException("the ledger tree lacks " + lacking + " blocks, a read-only open makes up for "
                    + READ_ONLY_BLOCKS_MAX + "; open the database once for writing to bring it up");
        }
        return head.blocks();
    }

    private void appendFrom(LedgerPoint from) throws IOException {
        if (!readOnly) {
            nodes.cut(fileSystem.list(directory));
        }
        LedgerPoint head = end;
        if (head == null) {
            return;
        }
        Hash last = from.lastHash();
        try (HeaderWalk walk = new HeaderWalk(pool, from)) {
            while (walk.height() < head.blocks()) {
                last = Hash.of(walk.next());
                nodes.append(last);
            }
        }
        if (!last.equals(head.lastHash())) {
            throw new CorruptionException(
                    TreeFormat.DIRECTORY + "/",
                    0,
                    0,
                    "block " + (head.blocks() - 1) + " has hash " + last + ", expected " + head.lastHash());
        }
        nodes.grow();
    }
}
