package io.blockdb.bench;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.rocksdb.AbstractNativeReference;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.CompressionType;
import org.rocksdb.FlushOptions;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/** RocksDB by its Java binding, with the write-ahead log on. */
final class RocksDbEngine implements Engine {
    private static final long POLL_NANOS = 10_000_000;
    private static final String[] BUSY = {
        "rocksdb.mem-table-flush-pending",
        "rocksdb.num-running-flushes",
        "rocksdb.compaction-pending",
        "rocksdb.num-running-compactions"
    };

    static {
        RocksDB.loadLibrary();
    }

    /** All that is to be closed, the last opened first. */
    private final Deque<AbstractNativeReference> opened = new ArrayDeque<>();

    private final WriteOptions writing;
    private final ReadOptions reading;
    private final RocksDB db;

    RocksDbEngine(Path directory, EngineSettings settings, boolean tuned) throws RocksDBException {
        Options options = toClose(new Options()).setCreateIfMissing(true);
        if (tuned) {
            options.setWriteBufferSize(settings.memtableBytes())
                    .setMaxBackgroundJobs(2)
                    .setCompressionType(CompressionType.LZ4_COMPRESSION)
                    .setTableFormatConfig(new BlockBasedTableConfig()
                            .setBlockCache(toClose(new LRUCache(settings.cacheBytes())))
                            .setFilterPolicy(toClose(new BloomFilter(10, false))));
        }
        this.writing = toClose(new WriteOptions()).setSync(settings.synced());
        this.reading = toClose(new ReadOptions());
        this.db = toClose(RocksDB.open(options, directory.toString()));
    }

    private <T extends AbstractNativeReference> T toClose(T object) {
        opened.push(object);
        return object;
    }

    @Override
    public void put(byte[] key, byte[] value) throws RocksDBException {
        db.put(writing, key, value);
    }

    @Override
    public void putBatch(byte[][] keys, byte[][] values) throws RocksDBException {
        try (WriteBatch batch = new WriteBatch()) {
            for (int i = 0; i < keys.length; i++) {
                batch.put(keys[i], values[i]);
            }
            db.write(writing, batch);
        }
    }

    @Override
    public byte @Nullable [] get(byte[] key) throws RocksDBException {
        return db.get(reading, key);
    }

    @Override
    public int seek(byte[] key, int next) throws RocksDBException {
        int found = 0;
        try (RocksIterator entries = db.newIterator(reading)) {
            for (entries.seek(key); entries.isValid(); entries.next()) {
                Sink.take(entries.key(), entries.value());
                if (++found > next) {
                    break;
                }
            }
            entries.status();
        }
        return found;
    }

    @Override
    public long scan() throws RocksDBException {
        long found = 0;
        try (RocksIterator entries = db.newIterator(reading)) {
            for (entries.seekToFirst(); entries.isValid(); entries.next()) {
                Sink.take(entries.key(), entries.value());
                found++;
            }
            entries.status();
        }
        return found;
    }

    @Override
    public void rest() throws RocksDBException {
        try (FlushOptions flush = new FlushOptions().setWaitForFlush(true)) {
            db.flush(flush);
        }
        while (isBusy()) {
            LockSupport.parkNanos(POLL_NANOS);
        }
    }

    private boolean isBusy() throws RocksDBException {
        for (String property : BUSY) {
            if (db.getLongProperty(property) != 0) {
                return true;
            }
        }
        return false;
    }

    /** Checks the checksum of every block of the files; there is no more that RocksDB could check. */
    @Override
    public long verify() throws RocksDBException {
        db.verifyChecksum();
        return db.getLongProperty("rocksdb.live-sst-files-size");
    }

    @Override
    public void close() {
        while (!opened.isEmpty()) {
            opened.pop().close();
        }
    }
}
