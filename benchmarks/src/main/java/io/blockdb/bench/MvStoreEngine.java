package io.blockdb.bench;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import org.h2.mvstore.Cursor;
import org.h2.mvstore.DataUtils;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.WriteBuffer;
import org.h2.mvstore.type.BasicDataType;
import org.jspecify.annotations.Nullable;

/**
 * H2's MVStore, with a cache as large as the others'. A put that is to be on disk is committed and synced; one that need not be stays
 * on the heap until the store commits by itself, within a second: unlike the others, it does not survive the end of the process.
 */
final class MvStoreEngine implements Engine {
    private final MVStore store;
    private final MVMap<byte[], byte[]> map;
    private final boolean synced;

    MvStoreEngine(Path directory, EngineSettings settings) {
        this.synced = settings.synced();
        this.store = new MVStore.Builder()
                .fileName(directory.resolve("data.mv").toString())
                .cacheSize((int) (settings.cacheBytes() >> 20))
                .open();
        this.map = store.openMap(
                "bench",
                new MVMap.Builder<byte[], byte[]>().keyType(UnsignedBytes.TYPE).valueType(UnsignedBytes.TYPE));
    }

    @Override
    public void put(byte[] key, byte[] value) {
        map.put(key, value);
        if (synced) {
            store.commit();
            store.sync();
        }
    }

    @Override
    public void putBatch(byte[][] keys, byte[][] values) {
        for (int i = 0; i < keys.length; i++) {
            map.put(keys[i], values[i]);
        }
        store.commit();
        if (synced) {
            store.sync();
        }
    }

    @Override
    public byte @Nullable [] get(byte[] key) {
        return map.get(key);
    }

    @Override
    public int seek(byte[] key, int next) {
        int found = 0;
        Cursor<byte[], byte[]> entries = map.cursor(key);
        while (found <= next && entries.hasNext()) {
            Sink.take(entries.next(), entries.getValue());
            found++;
        }
        return found;
    }

    @Override
    public long scan() {
        long found = 0;
        Cursor<byte[], byte[]> entries = map.cursor(null);
        while (entries.hasNext()) {
            Sink.take(entries.next(), entries.getValue());
            found++;
        }
        return found;
    }

    @Override
    public void rest() {
        store.commit();
        store.sync();
    }

    @Override
    public long verify() {
        return -1;
    }

    @Override
    public void close() {
        store.close();
    }

    /** Byte strings in the order of their unsigned bytes; the store's own type has them signed. */
    private static final class UnsignedBytes extends BasicDataType<byte[]> {
        static final UnsignedBytes TYPE = new UnsignedBytes();
        /** Header of an array, about. */
        private static final int OVERHEAD = 24;

        @Override
        public int compare(byte[] left, byte[] right) {
            return Arrays.compareUnsigned(left, right);
        }

        @Override
        public int getMemory(byte[] bytes) {
            return bytes.length + OVERHEAD;
        }

        @Override
        public void write(WriteBuffer out, byte[] bytes) {
            out.putVarInt(bytes.length);
            out.put(bytes);
        }

        @Override
        public byte[] read(ByteBuffer in) {
            byte[] bytes = new byte[DataUtils.readVarInt(in)];
            in.get(bytes);
            return bytes;
        }

        @Override
        public byte[][] createStorage(int size) {
            return new byte[size][];
        }
    }
}
