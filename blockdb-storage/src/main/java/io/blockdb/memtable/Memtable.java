package io.blockdb.memtable;

import io.blockdb.base.EntryCursor;
import io.blockdb.base.IndexHit;
import io.blockdb.base.TableName;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The newest entries of the index, in memory, sorted by table, key (unsigned bytes), then sequence descending. It only
 * grows; {@link #memoryBytes} says when it is time to begin another one, and the garbage collector takes it back.
 *
 * <p>There is a skiplist for each table, so that a node need not repeat the table's name and the beginning of a key that
 * it keeps at hand tells keys apart. What an index value means is not known here.
 *
 * <p>Threading: {@link #insert} from one thread at a time (a change of thread needs a happens-before); everything else
 * from any thread, at any time, without locks. Who learns of an insert through a happens-before sees its entry.
 * Rejected: {@code ConcurrentSkipListMap} (three objects an entry, no inline keys) and an arena outside the heap
 * (docs/decisions/0002-memtable-arena.md).
 */
public final class Memtable {
    /** The longest key, in bytes. */
    public static final int MAX_KEY_LENGTH = 64_000;

    private final Arena arena = new Arena();
    private final ConcurrentHashMap<TableName, SkipList> lists = new ConcurrentHashMap<>();
    /** Set after all else, so that who sees an entry counted finds it. */
    private final AtomicLong entryCount = new AtomicLong();

    private final AtomicLong firstSequence = new AtomicLong(-1);
    private final AtomicLong lastSequence = new AtomicLong(-1);

    /** How the keys of tables are expected to begin; plain where a table is not named. */
    private final Map<TableName, AbbreviatedKeys> abbreviated;

    /** An empty memtable. It takes its memory as it grows. */
    public Memtable() {
        this(Map.of());
    }

    private Memtable(Map<TableName, AbbreviatedKeys> abbreviated) {
        this.abbreviated = abbreviated;
    }

    /**
     * An empty memtable for what is written after this one was full: keys are expected to begin as they did here, which makes searches
     * faster and changes nothing else. The writer only.
     */
    public Memtable next() {
        Map<TableName, AbbreviatedKeys> learnt = new HashMap<>();
        lists.forEach((table, list) -> learnt.put(table, new AbbreviatedKeys(list.commonPrefix())));
        return new Memtable(learnt);
    }

    /**
     * Inserts an entry; key and value are copied. One writer at a time.
     *
     * @param sequence not negative; the same key must not have been inserted with it before
     * @throws IllegalArgumentException if the key is empty or longer than {@link #MAX_KEY_LENGTH}
     * @throws IndexOutOfBoundsException if key or value are not within their arrays
     * @throws IllegalStateException if there are 32 GiB of keys
     */
    public void insert(
            TableName table,
            byte[] key,
            int keyOffset,
            int keyLength,
            long sequence,
            byte[] value,
            int valueOffset,
            int valueLength) {
        if (keyLength < 1 || keyLength > MAX_KEY_LENGTH) {
            throw new IllegalArgumentException("key must have 1 to " + MAX_KEY_LENGTH + " bytes, has " + keyLength);
        }
        Objects.checkFromIndexSize(keyOffset, keyLength, key.length);
        Objects.checkFromIndexSize(valueOffset, valueLength, value.length);
        assert sequence >= 0 : "negative sequence " + sequence;

        SkipList list = lists.get(table);
        if (list != null) {
            list.insert(key, keyOffset, keyLength, sequence, value, valueOffset, valueLength);
        } else {
            // Shown only once it has its first entry: no reader meets an empty table.
            list = new SkipList(arena, abbreviated.getOrDefault(table, AbbreviatedKeys.PLAIN));
            list.insert(key, keyOffset, keyLength, sequence, value, valueOffset, valueLength);
            lists.put(table, list);
        }
        count(sequence);
    }

    private void count(long sequence) {
        long count = entryCount.getPlain();
        if (count == 0 || sequence < firstSequence.getPlain()) {
            firstSequence.setRelease(sequence);
        }
        if (sequence > lastSequence.getPlain()) {
            lastSequence.setRelease(sequence);
        }
        entryCount.setRelease(count + 1);
    }

    /** The newest entry of the key with a sequence of at most {@code maxSequence}, or null. Any thread. */
    public @Nullable IndexHit get(TableName table, byte[] key, long maxSequence) {
        SkipList list = lists.get(table);
        return list == null || key.length == 0 ? null : list.get(key, maxSequence);
    }

    /**
     * A cursor over the entries of one table, at none of them; its keys don't have the table in them. It sees what is
     * inserted while it moves, in its place in the order. Its value arrays never change, even after it has moved. Any
     * thread; no need to close it.
     */
    public EntryCursor cursor(TableName table) {
        return new SkipListCursor(this, table);
    }

    /** The tables that have entries, sorted by bytes; a new list. Any thread. */
    public List<TableName> tables() {
        List<TableName> tables = new ArrayList<>(lists.keySet());
        Collections.sort(tables);
        return tables;
    }

    /**
     * Bytes of memory that the entries take up, with what they need around them and what is set aside for the next ones:
     * what {@code memtable_size_limit} bounds. Never falls; grows by little more than 256 KiB at a time, unless a value is
     * longer.
     * 0 as long as it is empty. Any thread.
     */
    public long memoryBytes() {
        return arena.allocatedBytes();
    }

    /** How many entries there are. Any thread. */
    public long entryCount() {
        return entryCount.getAcquire();
    }

    /** The lowest sequence inserted, or -1 if none was. Any thread. */
    public long firstSequence() {
        return firstSequence.getAcquire();
    }

    /** The highest sequence inserted, or -1 if none was. Any thread. */
    public long lastSequence() {
        return lastSequence.getAcquire();
    }

    /** The entries of a table, or null as long as there are none. */
    @Nullable
    SkipList list(TableName table) {
        return lists.get(table);
    }
}
