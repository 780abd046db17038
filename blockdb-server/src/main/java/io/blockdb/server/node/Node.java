package io.blockdb.server.node;

import io.blockdb.base.TableName;
import io.blockdb.db.BlockDb;
import io.blockdb.db.Commit;
import io.blockdb.db.KeyRotation;
import io.blockdb.db.Principals;
import io.blockdb.db.Stats;
import io.blockdb.db.TablePolicy;
import io.blockdb.db.WriteBatch;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * The database that a server serves. Reads go to the database that this process holds; writes go through the node, because who
 * decides them is not always this process.
 *
 * <p>Threading: any thread.
 */
public interface Node extends AutoCloseable {
    /**
     * What is read from. It may be closed under a reader's hands when it has to be opened again; the reader then meets an
     * {@link IllegalStateException} or {@link IOException}, and asks again.
     *
     * @throws UnavailableException if there is none now
     */
    BlockDb database() throws UnavailableException;

    /**
     * Commits a batch. The future completes with where it stands once it is durable, or with what {@link BlockDb#write} throws.
     *
     * @param answers completes the future
     * @throws UnavailableException if nothing can be written now; nothing was
     * @throws IOException as {@link BlockDb#writeAsync}
     */
    CompletableFuture<Commit> write(WriteBatch batch, Executor answers) throws IOException;

    /** As {@link BlockDb#createTable}, in the name of an author. */
    Commit createTable(TableName table, TablePolicy policy, boolean erasable, String author) throws IOException;

    /** As {@link BlockDb#alterTable}, in the name of an author. */
    Commit alterTable(TableName table, boolean erasable, String author) throws IOException;

    /** As {@link BlockDb#erase}; returns once the value is overwritten. */
    Commit erase(TableName table, byte[] key, long sequence, String reason, String author) throws IOException;

    /**
     * As {@link BlockDb#rotateKey}.
     *
     * @param lost whether the key in use is lost, as {@link BlockDb#replaceLostKey}
     */
    KeyRotation rotateKey(boolean lost) throws IOException;

    /** Id of the ledger in hex; empty before the database was opened once, or born. */
    String ledgerId();

    /**
     * How often a database was opened here, and how often one was closed to be opened again: where that has changed since a request
     * began, what it met may have been the closing.
     */
    long openings();

    /**
     * Who may do what, to ask and to change.
     *
     * @throws UnavailableException if there is no database now
     */
    Principals principals() throws UnavailableException;

    /**
     * As {@link BlockDb#stats}, the room on the disk reckoned to where this node refuses writes.
     *
     * @throws UnavailableException if there is no database now
     */
    Stats stats() throws IOException;

    /** Whether this node can serve, and if not, why. */
    NodeStatus status();

    /** The cluster as this node knows it; of a single node, itself. */
    ClusterStatus cluster();

    /** Answers what was handed in and closes the database. */
    @Override
    void close() throws IOException;
}
