package io.blockdb.server.node;

import io.blockdb.base.TableName;
import io.blockdb.db.BlockDb;
import io.blockdb.db.Commit;
import io.blockdb.db.KeyRotation;
import io.blockdb.db.Options;
import io.blockdb.db.Principals;
import io.blockdb.db.ReadOnlyException;
import io.blockdb.db.Stats;
import io.blockdb.db.TablePolicy;
import io.blockdb.db.WriteBatch;
import io.blockdb.ledger.DiskFullException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * A database in this process, written by nobody else. When a write fails it is opened again by itself ({@link Keeper}); when the
 * disk is nearly full, writes are refused until there is room ({@link DiskWatch}).
 *
 * <p>Threading: any thread.
 */
public final class EmbeddedNode implements Node {
    /** With less than that to be written, writes of a usual size are refused by the engine. */
    private static final long WRITABLE_MIN = 64 << 10;

    private final Keeper keeper;
    private final DiskWatch disk;
    private final String nodeId;
    private final String address;
    private final String ledgerName;

    private EmbeddedNode(Path directory, Options options, String nodeId, String address, long watermark) {
        this.keeper = new Keeper(directory, options);
        this.disk = new DiskWatch(options.environment().fileSystem(), directory, watermark);
        this.nodeId = nodeId;
        this.address = address;
        this.ledgerName = options.ledgerName();
    }

    /**
     * Begins to open the database and returns at once: until that is done nothing is served. {@link #awaitOpen} tells what became
     * of it.
     *
     * @param directory the data directory
     * @param options how it is opened
     * @param nodeId what this node is called
     * @param address host and port of its HTTP interface
     * @param watermark free space in bytes below which writes are refused; the engine's own reserve lies below it
     */
    public static EmbeddedNode start(Path directory, Options options, String nodeId, String address, long watermark) {
        EmbeddedNode node = new EmbeddedNode(directory, options, nodeId, address, watermark);
        node.keeper.start();
        return node;
    }

    /**
     * Opens the database and waits for it; without a watermark. As {@link #start}.
     *
     * @throws IOException as {@link #awaitOpen}
     */
    public static EmbeddedNode open(Path directory, Options options, String nodeId, String address) throws IOException {
        EmbeddedNode node = start(directory, options, nodeId, address, 0);
        try {
            node.awaitOpen();
            return node;
        } catch (IOException | RuntimeException | Error e) {
            try (node) {
                throw e;
            }
        }
    }

    /**
     * Waits until the database is open. It is then served, if only for reading: {@link #status} says which and why.
     *
     * @throws IOException as {@link BlockDb#open}, where there is nothing to be served and waiting does not help
     */
    public void awaitOpen() throws IOException {
        keeper.awaitOpen();
    }

    @Override
    public BlockDb database() throws UnavailableException {
        BlockDb held = keeper.held();
        if (keeper.isStopped()) {
            throw new UnavailableException("the server is stopping");
        }
        if (held == null) {
            throw new UnavailableException(keeper.trouble());
        }
        return held;
    }

    @Override
    public CompletableFuture<Commit> write(WriteBatch batch, Executor answers) throws IOException {
        BlockDb held = database();
        disk.check();
        CompletableFuture<Commit> commit;
        try {
            commit = held.writeAsync(batch, answers);
        } catch (IOException e) {
            keeper.look();
            throw told(e);
        } catch (IllegalStateException e) {
            throw closed(held, e);
        }
        return commit.whenComplete((done, failure) -> {
            if (failure != null) {
                keeper.look();
            }
        });
    }

    /** Who may not write is told what the matter is, and not only how the database was opened for that. */
    private IOException told(IOException failure) {
        String trouble = keeper.trouble();
        return failure instanceof ReadOnlyException && !trouble.isEmpty()
                ? new ReadOnlyException(trouble, failure)
                : failure;
    }

    /** A write that is waited for. */
    private interface Write<T> {
        T on(BlockDb db) throws IOException;
    }

    private <T> T waiting(Write<T> write) throws IOException {
        BlockDb held = database();
        try {
            return write.on(held);
        } catch (IOException e) {
            keeper.look();
            throw told(e);
        } catch (IllegalStateException e) {
            throw closed(held, e);
        }
    }

    /** The database was closed between being taken and being written to: nothing was written. */
    private UnavailableException closed(BlockDb taken, IllegalStateException failure) {
        if (keeper.held() == taken && !keeper.isStopped()) {
            throw failure;
        }
        return new UnavailableException("the database is being opened again: ask again");
    }

    @Override
    public Commit createTable(TableName table, TablePolicy policy, boolean erasable, String author) throws IOException {
        disk.check();
        return waiting(db -> db.createTable(table, policy, erasable, author));
    }

    @Override
    public Commit alterTable(TableName table, boolean erasable, String author) throws IOException {
        disk.check();
        return waiting(db -> db.alterTable(table, erasable, author));
    }

    /** Also below the watermark: what must be erased must be erased. */
    @Override
    public Commit erase(TableName table, byte[] key, long sequence, String reason, String author) throws IOException {
        return waiting(db -> {
            Commit commit = db.erase(table, key, sequence, reason, author);
            db.awaitErased(commit);
            return commit;
        });
    }

    @Override
    public KeyRotation rotateKey(boolean lost) throws IOException {
        return waiting(db -> lost ? db.replaceLostKey() : db.rotateKey());
    }

    @Override
    public String ledgerId() {
        return keeper.ledgerId();
    }

    @Override
    public long openings() {
        return keeper.openings();
    }

    @Override
    public Principals principals() throws UnavailableException {
        return database().principals();
    }

    @Override
    public Stats stats() throws IOException {
        Stats stats = database().stats();
        return stats.withDisk(stats.disk().above(disk.watermark()));
    }

    @Override
    public NodeStatus status() {
        if (keeper.isStopped()) {
            return new NodeStatus(NodeStatus.State.STOPPED, "the server is stopping");
        }
        BlockDb held = keeper.held();
        String trouble = keeper.trouble();
        if (held == null) {
            return new NodeStatus(NodeStatus.State.STARTING, trouble);
        }
        Throwable failure = held.engine().writeFailure();
        if (failure != null || !trouble.isEmpty()) {
            return new NodeStatus(
                    NodeStatus.State.READ_ONLY,
                    trouble.isEmpty()
                            ? "a write failed, and the database is about to be opened again: " + failure
                            : trouble);
        }
        String full = full(held);
        return full == null
                ? new NodeStatus(NodeStatus.State.SERVING, "")
                : new NodeStatus(NodeStatus.State.DISK_FULL, full);
    }

    /** Why there is no room for writes, or null where there is. */
    private @Nullable String full(BlockDb held) {
        try {
            disk.check();
            long writable = held.engine().writableBytes();
            return writable >= WRITABLE_MIN
                    ? null
                    : "disk full: " + writable + " bytes may be written before what is left is kept in reserve";
        } catch (DiskFullException e) {
            return String.valueOf(e.getMessage());
        } catch (IOException e) {
            return "nobody knows how much room is left: " + e.getMessage();
        }
    }

    @Override
    public ClusterStatus cluster() {
        BlockDb held = keeper.isStopped() ? null : keeper.held();
        long blocks = held == null ? 0 : held.engine().publishedBlocks();
        return new ClusterStatus(
                ledgerName,
                nodeId,
                "Leader",
                0,
                nodeId,
                List.of(new ClusterStatus.Member(
                        nodeId,
                        address,
                        "Leader",
                        ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now()),
                        Math.max(0, blocks - 1))));
    }

    @Override
    public void close() throws IOException {
        keeper.close();
    }
}
