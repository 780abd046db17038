package io.blockdb.cli.database;

import io.blockdb.base.TableName;
import io.blockdb.db.BackupOptions;
import io.blockdb.db.BackupReport;
import io.blockdb.db.Commit;
import io.blockdb.db.CopyProgress;
import io.blockdb.db.Erasure;
import io.blockdb.db.KeyRotation;
import io.blockdb.db.LedgerKey;
import io.blockdb.db.TableInfo;
import io.blockdb.db.TablePolicy;
import io.blockdb.db.WriteBatch;
import io.blockdb.proof.Checkpoint;
import io.blockdb.proof.ConsistencyProof;
import io.blockdb.proof.Receipt;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What commands ask of a database, wherever it is. What is refused, absent or malformed is told by the engine's own exceptions, so
 * that a command has the same words and exit codes either way.
 *
 * <p>Threading: one thread at a time.
 */
public interface Database {
    /** Who is named as the author of what is written; empty: nobody. */
    String author() throws IOException;

    // ---- Writing

    /**
     * Writes a batch, whole or not at all, and returns when it is durable.
     *
     * @throws io.blockdb.db.RefusedException if the rules refuse it; nothing was written
     */
    Commit write(WriteBatch batch) throws IOException;

    /** Creates a table. Creating it again alike is the same write. */
    Commit createTable(TableName table, TablePolicy policy, boolean erasable) throws IOException;

    /** Switches whether values written to a table from now on can be erased. */
    Commit alterTable(TableName table, boolean erasable) throws IOException;

    /**
     * Erases the value of one entry, and returns when its bytes are gone from the ledger.
     *
     * @param author empty: whoever {@link #author} names
     */
    ErasedValue erase(TableName table, byte[] key, long sequence, String reason, String author) throws IOException;

    /** Tells of erasures, in the order of the sequences erased. */
    void erasures(boolean pendingOnly, Erasure.Visitor visitor) throws IOException;

    /** Who may use it over a network. */
    Accounts accounts() throws IOException;

    // ---- Reading

    /** Height of the newest block, -1 where there is none. */
    long height() throws IOException;

    /** The database as it stands now. */
    Moment now() throws IOException;

    /**
     * The database as it stood after the block of a height.
     *
     * @throws IllegalArgumentException if there is no such block
     */
    Moment at(long height) throws IOException;

    /**
     * Fails where the ledger is damaged and goes on behind what can be read: what is not seen may be there then. A server says so
     * where it is asked for what it cannot see.
     */
    default void requireWhole() throws IOException {}

    /** The tables, sorted by name. */
    List<TableInfo> tables() throws IOException;

    /** Sizes, counts and heights. */
    Figures figures() throws IOException;

    // ---- Signing and proving

    /** The newest checkpoint that was signed, or null where none was. */
    @Nullable
    Checkpoint newestCheckpoint() throws IOException;

    /** A checkpoint that covers every write answered before the call. */
    Checkpoint checkpoint() throws IOException;

    /** The receipt of an entry, or null where a checkpoint had to be signed first. */
    @Nullable
    Receipt coveredReceipt(EntryKey entry) throws IOException;

    /** The receipt of an entry, for which a checkpoint is signed where none covers it, however long that takes. */
    Receipt receipt(EntryKey entry) throws IOException;

    /** Proves that the tree of the first {@code from} blocks is the beginning of that of the first {@code to}. */
    ConsistencyProof consistency(long from, long to) throws IOException;

    /** The keys that sign, or signed, for this ledger, oldest first. */
    List<LedgerKey> keys() throws IOException;

    /**
     * Changes the key that signs.
     *
     * @param lost whether no key can sign any more, so that nothing vouches for the new one
     */
    KeyRotation rotateKey(boolean lost) throws IOException;

    /** Copies the database to a directory of the machine that it is on. */
    BackupReport backup(Path directory, BackupOptions how, CopyProgress progress) throws IOException;
}
