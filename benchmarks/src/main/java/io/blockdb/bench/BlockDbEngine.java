package io.blockdb.bench;

import io.blockdb.base.TableName;
import io.blockdb.db.BlockDb;
import io.blockdb.db.Cursor;
import io.blockdb.db.KeyRange;
import io.blockdb.db.Options;
import io.blockdb.db.Stats;
import io.blockdb.db.TablePolicy;
import io.blockdb.db.VerifyReport;
import io.blockdb.db.WriteBatch;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** BlockDB by its public face: puts go to a versioned table, or to {@code default}, which is write-once. */
final class BlockDbEngine implements Engine {
    private static final TableName VERSIONED = TableName.of("bench");
    private static final long POLL_NANOS = 10_000_000;
    /** So many polls without a flush or a compaction are rest. */
    private static final int CALM_POLLS = 10;

    private final Path directory;
    private final Options options;
    private final TableName table;
    private BlockDb db;

    BlockDbEngine(Path directory, EngineSettings settings) throws Exception {
        this.directory = directory;
        this.options = Options.defaults()
                .withWalSyncIntervalMillis(settings.synced() ? 0 : settings.syncMillis())
                .withMemtableSizeLimit(settings.memtableBytes())
                .withPageCacheSize(settings.cacheBytes());
        this.table = settings.writeOnce() ? TableName.DEFAULT : VERSIONED;
        this.db = BlockDb.open(directory, options);
        if (!settings.writeOnce()) {
            db.createTable(table, TablePolicy.VERSIONED, false);
        }
    }

    @Override
    public void put(byte[] key, byte[] value) throws Exception {
        db.put(table, key, value);
    }

    @Override
    public void putBatch(byte[][] keys, byte[][] values) throws Exception {
        WriteBatch batch = new WriteBatch();
        for (int i = 0; i < keys.length; i++) {
            batch.put(table, keys[i], values[i]);
        }
        db.write(batch);
    }

    @Override
    public byte @Nullable [] get(byte[] key) throws Exception {
        return db.get(table, key);
    }

    @Override
    public int seek(byte[] key, int next) throws Exception {
        int found = 0;
        try (Cursor cursor = db.cursor(table, KeyRange.all())) {
            for (boolean there = cursor.seek(key); there; there = found <= next && cursor.next()) {
                Sink.take(cursor.key(), cursor.value());
                found++;
            }
        }
        return found;
    }

    @Override
    public long scan() throws Exception {
        long found = 0;
        try (Cursor cursor = db.cursor(table, KeyRange.all())) {
            while (cursor.next()) {
                Sink.take(cursor.key(), cursor.value());
                found++;
            }
        }
        return found;
    }

    /** Closing flushes all but the last of the memtable; there is no other call that does. */
    @Override
    public void rest() throws Exception {
        awaitCalm();
        db.close();
        db = BlockDb.open(directory, options);
        awaitCalm();
    }

    private void awaitCalm() throws Exception {
        int calm = 0;
        long done = -1;
        while (calm < CALM_POLLS) {
            Stats stats = db.stats();
            long now = stats.flushes() + stats.compactions();
            calm = now == done && stats.compactionDebtBytes() == 0 ? calm + 1 : 0;
            done = now;
            LockSupport.parkNanos(POLL_NANOS);
        }
    }

    @Override
    public long verify() throws Exception {
        VerifyReport report = db.verify((bytesDone, bytesTotal, blocks) -> {});
        if (!report.valid()) {
            throw new IllegalStateException("the ledger does not check out: " + report.failures());
        }
        return report.bytes();
    }

    /** Sizes and counts. */
    Stats stats() throws Exception {
        return db.stats();
    }

    @Override
    public void close() throws IOException {
        db.close();
    }
}
