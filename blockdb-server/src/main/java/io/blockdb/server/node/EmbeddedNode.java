package io.blockdb.server.node;

import io.blockdb.base.TableName;
import io.blockdb.db.BlockDb;
import io.blockdb.db.Commit;
import io.blockdb.db.KeyRotation;
import io.blockdb.db.Options;
import io.blockdb.db.Principals;
import io.blockdb.db.TablePolicy;
import io.blockdb.db.WriteBatch;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * A database in this process, written by nobody else.
 *
 * <p>Threading: any thread.
 */
public final class EmbeddedNode implements Node {
    private final BlockDb db;
    private final String nodeId;
    private final String address;
    private final String ledgerName;
    private volatile boolean stopped;

    private EmbeddedNode(BlockDb db, String nodeId, String address, String ledgerName) {
        this.db = db;
        this.nodeId = nodeId;
        this.address = address;
        this.ledgerName = ledgerName;
    }

    /**
     * Opens the database.
     *
     * @param directory the data directory
     * @param options how it is opened
     * @param nodeId what this node is called
     * @param address host and port of its HTTP interface
     * @throws IOException as {@link BlockDb#open}
     */
    public static EmbeddedNode open(Path directory, Options options, String nodeId, String address) throws IOException {
        return new EmbeddedNode(BlockDb.open(directory, options), nodeId, address, options.ledgerName());
    }

    @Override
    public BlockDb database() throws UnavailableException {
        if (stopped) {
            throw new UnavailableException("the server is stopping");
        }
        return db;
    }

    @Override
    public CompletableFuture<Commit> write(WriteBatch batch, Executor answers) throws IOException {
        return database().writeAsync(batch, answers);
    }

    @Override
    public Commit createTable(TableName table, TablePolicy policy, boolean erasable, String author) throws IOException {
        return database().createTable(table, policy, erasable, author);
    }

    @Override
    public Commit alterTable(TableName table, boolean erasable, String author) throws IOException {
        return database().alterTable(table, erasable, author);
    }

    @Override
    public Commit erase(TableName table, byte[] key, long sequence, String reason, String author) throws IOException {
        BlockDb held = database();
        Commit commit = held.erase(table, key, sequence, reason, author);
        held.awaitErased(commit);
        return commit;
    }

    @Override
    public KeyRotation rotateKey(boolean lost) throws IOException {
        return lost ? database().replaceLostKey() : database().rotateKey();
    }

    @Override
    public Principals principals() throws UnavailableException {
        return database().principals();
    }

    @Override
    public NodeStatus status() {
        if (stopped) {
            return new NodeStatus(NodeStatus.State.STOPPED, "the server is stopping");
        }
        return db.engine().hasFailed()
                ? new NodeStatus(NodeStatus.State.READ_ONLY, "a write or sync failed")
                : new NodeStatus(NodeStatus.State.SERVING, "");
    }

    @Override
    public ClusterStatus cluster() {
        long blocks = db.snapshot().height() + 1;
        return new ClusterStatus(
                ledgerName,
                nodeId,
                "Leader",
                0,
                nodeId,
                List.of(new ClusterStatus.Member(
                        nodeId, address, "Leader", ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now()), blocks)));
    }

    @Override
    public void close() throws IOException {
        stopped = true;
        db.close();
    }
}
