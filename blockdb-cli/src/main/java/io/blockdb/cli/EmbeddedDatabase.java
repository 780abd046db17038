package io.blockdb.cli;

import io.blockdb.base.TableName;
import io.blockdb.cli.database.Accounts;
import io.blockdb.cli.database.Database;
import io.blockdb.cli.database.EntryKey;
import io.blockdb.cli.database.ErasedValue;
import io.blockdb.cli.database.Figures;
import io.blockdb.cli.database.Moment;
import io.blockdb.db.BackupOptions;
import io.blockdb.db.BackupReport;
import io.blockdb.db.BlockDb;
import io.blockdb.db.Commit;
import io.blockdb.db.CopyProgress;
import io.blockdb.db.Erasure;
import io.blockdb.db.KeyRotation;
import io.blockdb.db.LedgerKey;
import io.blockdb.db.Stats;
import io.blockdb.db.TableInfo;
import io.blockdb.db.TablePolicy;
import io.blockdb.db.WriteBatch;
import io.blockdb.proof.Checkpoint;
import io.blockdb.proof.ConsistencyProof;
import io.blockdb.proof.Receipt;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A database that is open in this process. Whoever opened it closes it.
 *
 * <p>Threading: as {@link BlockDb}.
 */
final class EmbeddedDatabase implements Database {
    private final BlockDb db;

    EmbeddedDatabase(BlockDb db) {
        this.db = db;
    }

    /**
     * The engine, for what only who has the directory can do.
     *
     * @throws IllegalStateException if the database is behind a server: {@link RootCommand#requireDirectory} comes first
     */
    static BlockDb engine(Database database) {
        if (database instanceof EmbeddedDatabase embedded) {
            return embedded.db;
        }
        throw new IllegalStateException("the database is not open in this process");
    }

    @Override
    public String author() {
        return "";
    }

    @Override
    public Accounts accounts() {
        return new EmbeddedAccounts(db.principals(), InstantSource.system());
    }

    @Override
    public Commit write(WriteBatch batch) throws IOException {
        return db.write(batch);
    }

    @Override
    public Commit createTable(TableName table, TablePolicy policy, boolean erasable) throws IOException {
        return db.createTable(table, policy, erasable);
    }

    @Override
    public Commit alterTable(TableName table, boolean erasable) throws IOException {
        return db.alterTable(table, erasable);
    }

    @Override
    public ErasedValue erase(TableName table, byte[] key, long sequence, String reason, String author)
            throws IOException {
        Commit commit = db.erase(table, key, sequence, reason, author);
        db.awaitErased(commit);
        return new ErasedValue(commit, db.copiesOf(sequence));
    }

    @Override
    public void erasures(boolean pendingOnly, Erasure.Visitor visitor) throws IOException {
        db.erasures(pendingOnly, visitor);
    }

    @Override
    public long height() {
        return db.snapshot().height();
    }

    @Override
    public void requireWhole() throws IOException {
        db.engine().requireWhole();
    }

    @Override
    public Moment now() {
        return new EmbeddedMoment(db, db.snapshot());
    }

    @Override
    public Moment at(long height) throws IOException {
        return new EmbeddedMoment(db, db.snapshotAt(height));
    }

    @Override
    public List<TableInfo> tables() throws IOException {
        return db.tables();
    }

    @Override
    public Figures figures() throws IOException {
        Stats stats = db.stats();
        return new Figures(stats, SignedAt.micros(stats));
    }

    @Override
    public @Nullable Checkpoint newestCheckpoint() throws IOException {
        return db.newestCheckpoint();
    }

    @Override
    public Checkpoint checkpoint() throws IOException {
        return db.checkpoint();
    }

    @Override
    public @Nullable Receipt coveredReceipt(EntryKey entry) throws IOException {
        return covers(db.newestCheckpoint(), entry.sequence()) ? db.receipt(entry.sequence()) : null;
    }

    @Override
    public Receipt receipt(EntryKey entry) throws IOException {
        if (!covers(db.newestCheckpoint(), entry.sequence())) {
            db.checkpoint();
        }
        return db.receipt(entry.sequence());
    }

    private boolean covers(@Nullable Checkpoint signed, long sequence) throws IOException {
        return signed != null && signed.treeSize() > db.blockOf(sequence).height();
    }

    @Override
    public ConsistencyProof consistency(long from, long to) throws IOException {
        return db.consistency(from, to);
    }

    @Override
    public List<LedgerKey> keys() throws IOException {
        return db.keys();
    }

    @Override
    public KeyRotation rotateKey(boolean lost) throws IOException {
        return lost ? db.replaceLostKey() : db.rotateKey();
    }

    @Override
    public BackupReport backup(Path directory, BackupOptions how, CopyProgress progress) throws IOException {
        return db.backup(directory, how, progress);
    }
}
