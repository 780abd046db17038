package io.blockdb.db;

import io.blockdb.base.CorruptionException;
import io.blockdb.base.EntryCursor;
import io.blockdb.base.IndexHit;
import io.blockdb.base.TableName;
import io.blockdb.ledger.Ledger;
import io.blockdb.ledger.LedgerBlock;
import io.blockdb.ledger.StoredValue;
import io.blockdb.ledger.ValuePlace;
import io.blockdb.proof.EntryLeaf;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What stands in the ledger as a batch is decided: all blocks so far, and the entries of the block that is being made, as
 * they have been decided. Nothing of a batch shows here until it is accepted as a whole.
 *
 * <p>Threading: the committer only.
 */
final class Standing {
    /** Room for the entries of a write of one key, which is what most proposals are. */
    private static final int ENTRIES_USUAL = 2;

    private final Index index;
    private final @Nullable Ledger ledger;
    /** Sequence of the first entry of the block that is being made. */
    private final long firstSequence;

    private final List<Planned> planned = new ArrayList<>(ENTRIES_USUAL);
    /** For each planned entry, the author of its batch. */
    private byte[][] authors = new byte[ENTRIES_USUAL][];
    /** For each planned entry, the number of the first entry of its batch. */
    private int[] batchStarts = new int[ENTRIES_USUAL];

    /** For each key, the number of its newest planned entry; of the first {@link #mapped} planned entries. */
    private @Nullable Map<KeyOf, Integer> newest;

    private int mapped;

    Standing(Index index, @Nullable Ledger ledger, long firstSequence) {
        this.index = index;
        this.ledger = ledger;
        this.firstSequence = firstSequence;
    }

    /** A key of a table, as a key of a map. */
    record KeyOf(TableName table, byte[] key) {
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof KeyOf that && table.equals(that.table) && Arrays.equals(key, that.key);
        }

        @Override
        public int hashCode() {
            return 31 * table.hashCode() + Arrays.hashCode(key);
        }
    }

    /** The newest entry of a key: planned, or in the index. */
    record Current(
            long sequence,
            @Nullable Planned planned,
            @Nullable IndexValue indexed) {
        boolean hides(long timeMicros) {
            return planned != null ? planned.hides(timeMicros) : indexed != null && indexed.hides(timeMicros);
        }

        boolean isSalted() {
            return planned != null ? planned.salt().length > 0 : indexed != null && indexed.isSalted();
        }
    }

    /** An entry that stands somewhere: what it says, without its place. */
    record Entry(int kind, TableName table, byte[] key, int saltLength, boolean erased, byte @Nullable [] value) {
        /** Whether the entry is a put or delete of that key and value; an erased value is taken as equal. */
        boolean says(int otherKind, TableName otherTable, byte[] otherKey, byte[] otherValue) {
            return kind == otherKind
                    && table.equals(otherTable)
                    && Arrays.equals(key, otherKey)
                    && (erased || Arrays.equals(value, otherValue));
        }
    }

    long firstSequence() {
        return firstSequence;
    }

    List<Planned> planned() {
        return planned;
    }

    /** The sequence of the next entry that is accepted. */
    long nextSequence() {
        return firstSequence + planned.size();
    }

    /** The author of a planned entry. */
    byte[] author(int number) {
        return authors[number];
    }

    /** Whether the planned entry after this one belongs to the same batch. */
    boolean isJoined(int number) {
        return number + 1 < planned.size() && batchStarts[number + 1] == batchStarts[number];
    }

    /** Accepts the entries of a batch; returns the number of the first in the block. */
    int accept(byte[] author, List<Planned> entries) {
        int start = planned.size();
        int end = start + entries.size();
        if (end > batchStarts.length) {
            batchStarts = Arrays.copyOf(batchStarts, Math.max(end, 2 * batchStarts.length));
            authors = Arrays.copyOf(authors, batchStarts.length);
        }
        Arrays.fill(batchStarts, start, end, start);
        Arrays.fill(authors, start, end, author);
        planned.addAll(entries);
        return start;
    }

    /** The newest entry of a key, or null where it never had one. */
    @Nullable
    Current current(TableName table, byte[] key) throws IOException {
        if (!planned.isEmpty()) {
            Integer number = newestPlanned().get(new KeyOf(table, key));
            if (number != null) {
                return new Current(firstSequence + number, planned.get(number), null);
            }
        }
        IndexHit hit = index.get(table, key, Long.MAX_VALUE);
        return hit == null ? null : new Current(hit.sequence(), null, IndexValue.decode(hit));
    }

    /** The last batch of a proposal is never looked up, so a proposal of one batch needs no map. */
    private Map<KeyOf, Integer> newestPlanned() {
        Map<KeyOf, Integer> map = newest;
        if (map == null) {
            map = new HashMap<>();
            newest = map;
        }
        for (; mapped < planned.size(); mapped++) {
            Planned entry = planned.get(mapped);
            map.put(new KeyOf(entry.table(), entry.key()), mapped);
        }
        return map;
    }

    /** The value of some entry of a system table, or null where it has none. */
    byte @Nullable [] anyValue(TableName table) throws IOException {
        for (Planned entry : planned) {
            if (entry.table().equals(table)) {
                return entry.value();
            }
        }
        try (EntryCursor cursor = index.cursor(table)) {
            return cursor.first()
                    ? value(IndexValue.decode(cursor.valueArray(), cursor.valueOffset(), cursor.valueLength()))
                    : null;
        }
    }

    /** Whether a table has entries. */
    boolean hasEntries(TableName table) throws IOException {
        for (Planned entry : planned) {
            if (entry.table().equals(table)) {
                return true;
            }
        }
        return index.hasEntries(table);
    }

    /** Sequence of the entry that erased the value of another, or -1. */
    long erasedBy(Current current) throws IOException {
        return current.isSalted() ? erasedBy(current.sequence()) : -1;
    }

    private long erasedBy(long sequence) throws IOException {
        Current erasure = current(SystemTables.ERASURES, SystemTables.erasureKey(sequence));
        return erasure == null ? -1 : erasure.sequence();
    }

    /** Whether the value of an entry, which was not erased, is {@code value}. */
    boolean valueEquals(Current current, byte[] value) throws IOException {
        if (current.planned() != null) {
            return Arrays.equals(current.planned().value(), value);
        }
        IndexValue indexed = current.indexed();
        if (indexed == null || indexed.valueLength() != value.length) {
            return false;
        }
        ValuePlace place = indexed.place();
        if (place == null) {
            return indexed.inlineValueEquals(value);
        }
        StoredValue stored = born().value(place);
        return !stored.isErased() && Arrays.equals(stored.value(), value);
    }

    /** The keys of a table that begin with a prefix, each once, whatever became of them. */
    Set<KeyOf> keys(TableName table, byte[] prefix) throws IOException {
        Set<KeyOf> keys = new LinkedHashSet<>();
        try (EntryCursor cursor = index.cursor(table)) {
            boolean there = prefix.length == 0 ? cursor.first() : cursor.seek(prefix, Long.MAX_VALUE);
            for (; there; there = cursor.next()) {
                int offset = cursor.keyOffset();
                byte[] key = Arrays.copyOfRange(cursor.keyArray(), offset, offset + cursor.keyLength());
                if (!startsWith(key, prefix)) {
                    break;
                }
                keys.add(new KeyOf(table, key));
            }
        }
        for (Planned entry : planned) {
            if (entry.table().equals(table) && startsWith(entry.key(), prefix)) {
                keys.add(new KeyOf(table, entry.key()));
            }
        }
        return keys;
    }

    private static boolean startsWith(byte[] key, byte[] prefix) {
        return key.length >= prefix.length && Arrays.equals(key, 0, prefix.length, prefix, 0, prefix.length);
    }

    /** The value of an entry that has no salt, and so was not erased. */
    byte[] value(Current current) throws IOException {
        Planned entry = current.planned();
        IndexValue indexed = current.indexed();
        if (entry != null) {
            return entry.value();
        }
        if (indexed == null) {
            throw new IllegalStateException("an entry that stands nowhere");
        }
        return value(indexed);
    }

    private byte[] value(IndexValue indexed) throws IOException {
        ValuePlace place = indexed.place();
        return place == null ? indexed.inlineValue() : born().value(place).value();
    }

    /** The entry of a sequence, or null where there is none. */
    @Nullable
    Entry entryAt(long sequence) throws IOException {
        if (sequence < 0 || sequence >= firstSequence + planned.size()) {
            return null;
        }
        return sequence >= firstSequence
                ? plannedEntry(planned.get((int) (sequence - firstSequence)), sequence)
                : stored(born().blockOfSequence(sequence), sequence);
    }

    private Entry plannedEntry(Planned entry, long sequence) throws IOException {
        boolean erased = entry.salt().length > 0 && erasedBy(sequence) >= 0;
        return new Entry(entry.kind(), entry.table(), entry.key(), entry.salt().length, erased, entry.value());
    }

    private Entry stored(LedgerBlock block, long sequence) throws IOException {
        int number = (int) (sequence - block.header().firstSequence());
        EntryLeaf leaf = block.leaf(number);
        boolean erased = leaf.saltLength() > 0 && erasedBy(sequence) >= 0;
        StoredValue value = erased ? StoredValue.ERASED : block.value(number);
        return new Entry(
                leaf.kind(),
                leaf.table(),
                leaf.key(),
                leaf.saltLength(),
                erased,
                value.isErased() ? null : value.value());
    }

    /** The entries of the batch that an entry belongs to, and the sequence of the first of them. */
    record StoredBatch(long firstSequence, List<Entry> entries) {}

    /** The batch that the entry of a sequence belongs to: what its flags join it to. */
    StoredBatch batchOf(long sequence) throws IOException {
        List<Entry> entries = new ArrayList<>();
        if (sequence >= firstSequence) {
            int start = batchStarts[(int) (sequence - firstSequence)];
            for (int i = start; i < planned.size() && batchStarts[i] == start; i++) {
                entries.add(plannedEntry(planned.get(i), firstSequence + i));
            }
            return new StoredBatch(firstSequence + start, entries);
        }
        LedgerBlock block = born().blockOfSequence(sequence);
        long blockStart = block.header().firstSequence();
        int number = (int) (sequence - blockStart);
        int start = number;
        while (start > 0 && block.leaf(start - 1).joined()) {
            start--;
        }
        int end = number;
        while (block.leaf(end).joined()) {
            end++;
        }
        for (int i = start; i <= end; i++) {
            entries.add(stored(block, blockStart + i));
        }
        return new StoredBatch(blockStart + start, entries);
    }

    private Ledger born() throws CorruptionException {
        if (ledger == null) {
            throw new CorruptionException("ledger/", 0, 0, "an entry is asked of a ledger that has no block yet");
        }
        return ledger;
    }
}
