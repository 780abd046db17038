package io.blockdb.db;

import io.blockdb.base.CorruptionException;
import io.blockdb.base.EntryCursor;
import io.blockdb.base.IndexHit;
import io.blockdb.base.TableName;
import io.blockdb.ledger.StoredValue;
import io.blockdb.ledger.ValuePlace;
import io.blockdb.proof.EntryLeaf;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The database as it stood after so many entries, read at one time. Since nothing is ever overwritten or dropped, that is all a
 * view is: two numbers; it holds nothing open and never changes.
 *
 * <p>Threading: any thread.
 */
final class View {
    private final Engine engine;
    /** Entries from this sequence on are not seen. */
    private final long entries;
    /** What has expired at this time is not seen, in microseconds since the Unix epoch. */
    private final long timeMicros;

    /** Where the ledger goes on behind this view and cannot be read; null where the view is all that was asked for. */
    private final @Nullable CorruptionException missing;

    /** Is told the length of a value of the ledger before it is read. */
    private final IntConsumer announced;

    View(Engine engine, long entries, long timeMicros, @Nullable CorruptionException missing) {
        this(engine, entries, timeMicros, missing, length -> {});
    }

    private View(
            Engine engine,
            long entries,
            long timeMicros,
            @Nullable CorruptionException missing,
            IntConsumer announced) {
        this.announced = announced;
        this.engine = engine;
        this.entries = entries;
        this.timeMicros = timeMicros;
        this.missing = missing;
    }

    /** Fails where the answer may lie behind the damage of the ledger. */
    void checkComplete() throws CorruptionException {
        CorruptionException behind = missing;
        if (behind != null) {
            throw behind(behind);
        }
    }

    /** What is answered where the answer may lie behind the damage of the ledger. */
    static CorruptionException behind(CorruptionException damage) {
        return damage.toldAs("the ledger is damaged here, and the answer may lie behind it: " + damage.reason());
    }

    /** Whether what is found of a key is all there can be: a write-once key never gets another entry. */
    private boolean isFinal(TableName table) {
        return missing == null || engine.catalog().of(table).policy() == TablePolicy.WRITE_ONCE;
    }

    long entries() {
        return entries;
    }

    /** The same entries, read at a time when none of them had expired. */
    View withExpired() {
        return new View(engine, entries, 0, missing, announced);
    }

    /** The same view, with somebody who is told the length of a value of the ledger before it is read. */
    View announcing(IntConsumer listener) {
        return new View(engine, entries, timeMicros, missing, listener);
    }

    /** The tables, sorted by name: those that were created, those that were written to, and {@code default}. */
    List<TableInfo> tables() throws IOException {
        TreeMap<TableName, TableInfo> tables = new TreeMap<>();
        try (Cursor cursor = cursor(SystemTables.TABLES, KeyRange.all())) {
            while (cursor.next()) {
                TableInfo info = Catalog.parse(cursor.key(), cursor.value());
                tables.put(info.name(), info);
            }
        }
        tables.putIfAbsent(TableName.DEFAULT, Catalog.undeclared(TableName.DEFAULT));
        for (TableName name : engine.index().tables()) {
            if (!name.isSystem() && !tables.containsKey(name) && hasKeys(name)) {
                tables.put(name, Catalog.undeclared(name));
            }
        }
        return List.copyOf(tables.values());
    }

    private boolean hasKeys(TableName table) throws IOException {
        try (Cursor cursor = cursor(table, KeyRange.all())) {
            return cursor.next();
        }
    }

    private static void checkServed(TableName table) {
        if (table.isWithheld()) {
            throw new WithheldException(table);
        }
    }

    /**
     * The value of a key, or null where it is absent.
     *
     * @throws WithheldException if values of the table are shown to nobody
     */
    byte @Nullable [] get(TableName table, byte[] key) throws IOException {
        checkServed(table);
        Timings timings = engine.timings();
        long begin = timings.now();
        IndexHit hit = newest(table, key);
        if (hit == null) {
            return null;
        }
        IndexValue value = IndexValue.decode(hit);
        if (value.hides(timeMicros)) {
            return null;
        }
        ValuePlace place = value.place();
        byte[] bytes = place == null ? value.inlineValue() : placedValue(place, value, hit.sequence());
        timings.record(Timings.Stage.READ, begin);
        return bytes;
    }

    static void checkKey(byte[] key) {
        if (key.length == 0 || key.length > EntryLeaf.KEY_LENGTH_MAX) {
            throw new IllegalArgumentException(
                    "key must have 1 to " + EntryLeaf.KEY_LENGTH_MAX + " bytes, has " + key.length);
        }
    }

    /** Sequence of the newest entry of a key, a delete or one that has expired too; -1 where there is none. */
    long newestSequence(TableName table, byte[] key) throws IOException {
        IndexHit hit = newest(table, key);
        return hit == null ? -1 : hit.sequence();
    }

    private @Nullable IndexHit newest(TableName table, byte[] key) throws IOException {
        checkKey(key);
        engine.index().checkReadable();
        IndexHit hit = entries == 0 ? null : engine.index().get(table, key, entries - 1);
        if (hit == null || !isFinal(table)) {
            checkComplete();
        }
        return hit;
    }

    /** The newest revision of a key, or null where the key is absent. */
    @Nullable
    Revision find(TableName table, byte[] key) throws IOException {
        checkServed(table);
        return findAny(table, key);
    }

    /** The newest revision of what proves somebody, or null where there is none: for who compares, and never for who shows. */
    @Nullable
    Revision credential(byte[] key) throws IOException {
        return findAny(SystemTables.CREDENTIALS, key);
    }

    private @Nullable Revision findAny(TableName table, byte[] key) throws IOException {
        Timings timings = engine.timings();
        long begin = timings.now();
        IndexHit hit = newest(table, key);
        if (hit == null) {
            return null;
        }
        IndexValue value = IndexValue.decode(hit);
        Revision found = value.hides(timeMicros) ? null : revision(table, key, hit.sequence(), value);
        timings.record(Timings.Stage.READ, begin);
        return found;
    }

    /** Every revision of a key, the newest first. */
    List<Revision> history(TableName table, byte[] key) throws IOException {
        checkServed(table);
        checkKey(key);
        engine.index().checkReadable();
        List<Revision> revisions = new ArrayList<>();
        try (EntryCursor cursor = engine.index().cursor(table)) {
            for (boolean there = entries > 0 && cursor.seek(key, entries - 1); there; there = cursor.next()) {
                if (!isAt(cursor, key)) {
                    break;
                }
                IndexValue value = IndexValue.decode(cursor.valueArray(), cursor.valueOffset(), cursor.valueLength());
                revisions.add(revision(table, key, cursor.sequence(), value));
            }
        }
        if (revisions.isEmpty() || !isFinal(table)) {
            checkComplete();
        }
        return revisions;
    }

    /** A part of the history of a key; holds no more than that in memory, however long the history is. */
    HistoryPage history(TableName table, byte[] key, long from, int countMax, long bytesMax) throws IOException {
        checkServed(table);
        checkKey(key);
        engine.index().checkReadable();
        List<Revision> revisions = new ArrayList<>();
        long next = -1;
        try (EntryCursor cursor = engine.index().cursor(table)) {
            // The index has the newest first: of what goes by, the last ones are kept, and one more.
            long[] oldest = new long[countMax + 1];
            long seen = 0;
            boolean there = entries > from && cursor.seek(key, entries - 1);
            for (; there && isAt(cursor, key) && cursor.sequence() >= from; there = cursor.next()) {
                oldest[(int) (seen++ % oldest.length)] = cursor.sequence();
            }
            long bytes = 0;
            for (int i = 0; i < Math.min(seen, oldest.length); i++) {
                long sequence = oldest[(int) ((seen - 1 - i) % oldest.length)];
                if (i == countMax || bytes >= bytesMax) {
                    next = sequence;
                    break;
                }
                Revision revision = revisionAt(cursor, table, key, sequence);
                byte[] value = revision.value();
                bytes += value == null ? 0 : value.length;
                revisions.add(revision);
            }
        }
        if (revisions.isEmpty() || !isFinal(table)) {
            checkComplete();
        }
        return new HistoryPage(revisions, next);
    }

    private Revision revisionAt(EntryCursor cursor, TableName table, byte[] key, long sequence) throws IOException {
        if (!cursor.seek(key, sequence) || !isAt(cursor, key) || cursor.sequence() != sequence) {
            throw new IllegalStateException("entry " + sequence + " was in the index and is not there");
        }
        return revision(
                table,
                key,
                sequence,
                IndexValue.decode(cursor.valueArray(), cursor.valueOffset(), cursor.valueLength()));
    }

    static boolean isAt(EntryCursor cursor, byte[] key) {
        return Arrays.equals(
                cursor.keyArray(), cursor.keyOffset(), cursor.keyOffset() + cursor.keyLength(), key, 0, key.length);
    }

    /** A cursor over the keys of a table that are there. */
    Cursor cursor(TableName table, KeyRange range) throws IOException {
        checkServed(table);
        engine.index().checkReadable();
        if (!isFinal(table)) {
            checkComplete();
        }
        return new Cursor(this, engine.index().cursor(table), table, range);
    }

    /** Keys and newest sequences of what proves somebody, erased or not, of the keys that begin with a prefix. */
    Map<byte[], Long> credentials(byte[] prefix) throws IOException {
        Map<byte[], Long> found = new TreeMap<>(Arrays::compareUnsigned);
        engine.index().checkReadable();
        try (EntryCursor cursor = engine.index().cursor(SystemTables.CREDENTIALS)) {
            for (boolean there = cursor.seek(prefix, Long.MAX_VALUE); there; there = cursor.next()) {
                int offset = cursor.keyOffset();
                byte[] key = Arrays.copyOfRange(cursor.keyArray(), offset, offset + cursor.keyLength());
                if (key.length < prefix.length || !Arrays.equals(key, 0, prefix.length, prefix, 0, prefix.length)) {
                    break;
                }
                if (cursor.sequence() < entries) {
                    found.putIfAbsent(key, cursor.sequence());
                }
            }
        }
        return found;
    }

    boolean hides(IndexValue value) {
        return value.hides(timeMicros);
    }

    /** What an index entry says, its value read. */
    Revision revision(TableName table, byte[] key, long sequence, IndexValue value) throws IOException {
        if (value.isDelete()) {
            return new Revision(table, key, sequence, Revision.State.DELETED, null, 0, -1);
        }
        long erasedBy = value.isSalted() ? erasedBy(sequence) : -1;
        if (erasedBy >= 0) {
            return new Revision(table, key, sequence, Revision.State.ERASED, null, value.expiresAt(), erasedBy);
        }
        ValuePlace place = value.place();
        try {
            byte[] bytes = place == null ? value.inlineValue() : placedValue(place, value, sequence);
            return new Revision(table, key, sequence, Revision.State.PRESENT, bytes, value.expiresAt(), -1);
        } catch (ErasedException justNow) {
            return new Revision(
                    table, key, sequence, Revision.State.ERASED, null, value.expiresAt(), justNow.erasureSequence());
        }
    }

    /** Reads a value from the ledger. */
    byte[] placedValue(ValuePlace place, IndexValue value, long sequence) throws IOException {
        announced.accept(place.valueLength());
        if (!value.isSalted()) {
            return engine.ledger().value(place).value();
        }
        checkNotErased(sequence);
        StoredValue stored;
        try {
            stored = engine.ledger().value(place);
        } catch (CorruptionException e) {
            // It may have been erased since it was asked for, and what was read is a mixture.
            checkNotErased(sequence);
            throw e;
        }
        if (stored.isErased()) {
            checkNotErased(sequence);
            throw new CorruptionException(
                    "ledger segment " + place.segment(),
                    place.offset(),
                    0,
                    "the value of sequence " + sequence + " is erased, yet no entry of _erasures says so");
        }
        return stored.value();
    }

    private void checkNotErased(long sequence) throws IOException {
        long erasedBy = erasedBy(sequence);
        if (erasedBy >= 0) {
            throw new ErasedException(erasedBy);
        }
    }

    /** Sequence of the entry that erased a value, or -1. An erasure holds for older views too: the value is gone. */
    private long erasedBy(long sequence) throws IOException {
        return engine.erasedBy(sequence, engine.published().entries() - 1);
    }
}
