package io.blockdb.bench;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import org.lmdbjava.Cursor;
import org.lmdbjava.Dbi;
import org.lmdbjava.DbiFlags;
import org.lmdbjava.Env;
import org.lmdbjava.EnvFlags;
import org.lmdbjava.GetOp;
import org.lmdbjava.Txn;

/** LMDB: a transaction for each put; reading transactions are kept by each thread and renewed, as its authors advise. */
final class LmdbEngine implements Engine {
    /** Addresses set aside; the file is as large as what it holds. */
    private static final long MAP_SIZE = 64L << 30;

    private final Env<ByteBuffer> env;
    private final Dbi<ByteBuffer> entries;
    private final Queue<Reader> readers = new ConcurrentLinkedQueue<>();
    private final ThreadLocal<Reader> reader = ThreadLocal.withInitial(this::newReader);
    private final ThreadLocal<Buffers> buffers;

    /** What a call passes keys and values in. */
    private record Buffers(ByteBuffer key, ByteBuffer value) {
        ByteBuffer key(byte[] bytes) {
            return key.clear().put(bytes).flip();
        }

        ByteBuffer value(byte[] bytes) {
            return value.clear().put(bytes).flip();
        }
    }

    /** One thread's reading transaction. */
    private record Reader(Txn<ByteBuffer> transaction, ByteBuffer key) {}

    LmdbEngine(Path directory, EngineSettings settings) {
        EnvFlags[] flags = settings.synced()
                ? new EnvFlags[] {EnvFlags.MDB_NOTLS}
                : new EnvFlags[] {EnvFlags.MDB_NOTLS, EnvFlags.MDB_NOSYNC};
        this.env = Env.create().setMapSize(MAP_SIZE).setMaxDbs(1).open(directory.toFile(), flags);
        this.entries = env.openDbi("bench", DbiFlags.MDB_CREATE);
        this.buffers = ThreadLocal.withInitial(() -> new Buffers(
                ByteBuffer.allocateDirect(Dataset.KEY_SIZE), ByteBuffer.allocateDirect(settings.valueSize())));
    }

    private Reader newReader() {
        Txn<ByteBuffer> transaction = env.txnRead();
        transaction.reset();
        Reader made = new Reader(transaction, ByteBuffer.allocateDirect(Dataset.KEY_SIZE));
        readers.add(made);
        return made;
    }

    @Override
    public void put(byte[] key, byte[] value) {
        Buffers own = buffers.get();
        try (Txn<ByteBuffer> transaction = env.txnWrite()) {
            entries.put(transaction, own.key(key), own.value(value));
            transaction.commit();
        }
    }

    @Override
    public void putBatch(byte[][] keys, byte[][] values) {
        Buffers own = buffers.get();
        try (Txn<ByteBuffer> transaction = env.txnWrite()) {
            for (int i = 0; i < keys.length; i++) {
                entries.put(transaction, own.key(keys[i]), own.value(values[i]));
            }
            transaction.commit();
        }
    }

    @Override
    public byte @Nullable [] get(byte[] key) {
        Reader own = reader.get();
        own.transaction.renew();
        try {
            ByteBuffer found =
                    entries.get(own.transaction, own.key.clear().put(key).flip());
            return found == null ? null : copy(found);
        } finally {
            own.transaction.reset();
        }
    }

    private static byte[] copy(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return bytes;
    }

    @Override
    public int seek(byte[] key, int next) {
        Reader own = reader.get();
        own.transaction.renew();
        int found = 0;
        try (Cursor<ByteBuffer> cursor = entries.openCursor(own.transaction)) {
            boolean there = cursor.get(own.key.clear().put(key).flip(), GetOp.MDB_SET_RANGE);
            while (there) {
                Sink.take(copy(cursor.key()), copy(cursor.val()));
                there = ++found <= next && cursor.next();
            }
        } finally {
            own.transaction.reset();
        }
        return found;
    }

    @Override
    public long scan() {
        Reader own = reader.get();
        own.transaction.renew();
        long found = 0;
        try (Cursor<ByteBuffer> cursor = entries.openCursor(own.transaction)) {
            for (boolean there = cursor.first(); there; there = cursor.next()) {
                Sink.take(copy(cursor.key()), copy(cursor.val()));
                found++;
            }
        } finally {
            own.transaction.reset();
        }
        return found;
    }

    @Override
    public void rest() {
        env.sync(true);
    }

    @Override
    public long verify() {
        return -1;
    }

    @Override
    public void close() {
        readers.forEach(open -> open.transaction.close());
        env.close();
    }
}
