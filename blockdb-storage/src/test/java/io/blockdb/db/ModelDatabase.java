package io.blockdb.db;

import io.blockdb.base.TableName;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a database must answer, kept in lists and maps: the oracle of the tests of reading. It knows the rules as far as the
 * scripts of {@link Script} go.
 *
 * <p>Threading: one thread.
 */
final class ModelDatabase {
    /** Entries of block 0: the level of the rules and the first key. */
    private static final int FOUNDING_ENTRIES = 2;

    /**
     * One entry.
     *
     * @param joined whether the next entry belongs to the same batch
     * @param author who wrote it
     */
    record Entry(
            long sequence,
            TableName table,
            byte[] key,
            boolean delete,
            byte[] value,
            long expiresAt,
            boolean salted,
            boolean joined,
            String author) {
        boolean hides(long timeMicros) {
            return delete || (expiresAt != 0 && expiresAt <= timeMicros);
        }
    }

    /** A view: so many entries, at one time. */
    record Moment(long entries, long timeMicros) {}

    /** What a write must be answered with. */
    sealed interface Answer {
        /** Entries were added. */
        record Added(long firstSequence, int entries) implements Answer {}

        /** It stood there. */
        record Existing(long sequence) implements Answer {}

        /** It was refused. */
        record Refused(RefusedException.Reason reason) implements Answer {}
    }

    private final List<Entry> entries = new ArrayList<>();
    private final Map<TableName, NavigableMap<byte[], List<Entry>>> tables = new TreeMap<>();
    private final Map<TableName, TableInfo> declared = new TreeMap<>();
    /** Sequence of the entry of {@code _erasures}, by the sequence it erased. */
    private final Map<Long, Long> erasures = new HashMap<>();

    private long headTimestamp;

    ModelDatabase(long foundedAt) {
        headTimestamp = foundedAt;
        for (int i = 0; i < FOUNDING_ENTRIES; i++) {
            addSystem(i == 0 ? SystemTables.FORMAT : SystemTables.KEYS, i + 1 < FOUNDING_ENTRIES);
        }
    }

    List<Entry> entries() {
        return entries;
    }

    /** The moment of a view that is taken when the clock shows this. */
    Moment moment(long clockMicros) {
        return new Moment(entries.size(), Math.max(clockMicros, headTimestamp));
    }

    private void addSystem(TableName table, boolean joined) {
        entries.add(new Entry(entries.size(), table, new byte[0], false, new byte[0], 0, false, joined, ""));
    }

    private NavigableMap<byte[], List<Entry>> keys(TableName table) {
        return tables.computeIfAbsent(table, name -> new TreeMap<>(Arrays::compareUnsigned));
    }

    private TableInfo info(TableName table) {
        return declared.getOrDefault(table, new TableInfo(table, TablePolicy.WRITE_ONCE, false, false));
    }

    /** The tables that {@link BlockDb#tables} must name. */
    List<TableInfo> tables() {
        Map<TableName, TableInfo> all = new TreeMap<>(declared);
        all.putIfAbsent(TableName.DEFAULT, info(TableName.DEFAULT));
        tables.forEach((name, keys) -> {
            if (!keys.isEmpty()) {
                all.putIfAbsent(name, info(name));
            }
        });
        return List.copyOf(all.values());
    }

    Answer createTable(TableName table, TablePolicy policy, boolean erasable, long clockMicros) {
        TableInfo wanted = new TableInfo(table, policy, erasable, true);
        if (wanted.equals(declared.get(table))) {
            return new Answer.Existing(-1);
        }
        if (declared.containsKey(table)) {
            return new Answer.Refused(RefusedException.Reason.TABLE_CONFLICT);
        }
        declared.put(table, wanted);
        addSystem(SystemTables.TABLES, false);
        headTimestamp = Math.max(headTimestamp, clockMicros);
        return new Answer.Added(entries.size() - 1L, 1);
    }

    Answer alterTable(TableName table, boolean erasable, long clockMicros) {
        TableInfo before = declared.get(table);
        if (before == null) {
            return new Answer.Refused(RefusedException.Reason.NO_SUCH_TABLE);
        }
        if (before.erasable() == erasable) {
            return new Answer.Existing(-1);
        }
        declared.put(table, new TableInfo(table, before.policy(), erasable, true));
        addSystem(SystemTables.TABLES, false);
        headTimestamp = Math.max(headTimestamp, clockMicros);
        return new Answer.Added(entries.size() - 1L, 1);
    }

    /** Erases the value of an entry, which must be salted and not erased. */
    void erase(long sequence, long clockMicros) {
        erasures.put(sequence, (long) entries.size());
        addSystem(SystemTables.ERASURES, false);
        headTimestamp = Math.max(headTimestamp, clockMicros);
    }

    boolean isErasable(long sequence) {
        return entries.get((int) sequence).salted() && !erasures.containsKey(sequence);
    }

    /** Decides a batch whose keys are all different and, where there are several, not in write-once tables before. */
    Answer write(WriteBatch batch, long clockMicros) {
        long timestamp = Math.max(headTimestamp, clockMicros);
        for (Operation operation : batch.operations()) {
            Answer answer = operation instanceof Operation.Put put
                    ? refusalOrExisting(put, timestamp)
                    : refusal((Operation.Delete) operation, timestamp);
            if (answer != null) {
                return answer;
            }
        }
        long first = entries.size();
        int count = batch.operations().size();
        for (int i = 0; i < count; i++) {
            boolean joined = i + 1 < count || batch.requestId() != null;
            add(batch.operations().get(i), joined, batch.author());
        }
        if (batch.requestId() != null) {
            addSystem(SystemTables.REQUESTS, false);
        }
        headTimestamp = timestamp;
        return new Answer.Added(first, count);
    }

    private void add(Operation operation, boolean joined, String author) {
        long sequence = entries.size();
        Entry entry;
        if (operation instanceof Operation.Put put) {
            boolean salted = info(put.table()).erasable();
            entry = new Entry(
                    sequence, put.table(), put.key(), false, put.value(), put.expiresAt(), salted, joined, author);
        } else {
            Operation.Delete delete = (Operation.Delete) operation;
            entry = new Entry(sequence, delete.table(), delete.key(), true, new byte[0], 0, false, joined, author);
        }
        entries.add(entry);
        keys(entry.table())
                .computeIfAbsent(entry.key(), key -> new ArrayList<>())
                .add(entry);
    }

    private @Nullable Answer refusalOrExisting(Operation.Put put, long timestamp) {
        if (info(put.table()).policy() == TablePolicy.VERSIONED) {
            boolean expired = put.expiresAt() != 0 && put.expiresAt() <= timestamp;
            return expired ? new Answer.Refused(RefusedException.Reason.EXPIRED) : null;
        }
        Entry stands = newest(put.table(), put.key(), Long.MAX_VALUE);
        if (stands == null) {
            return null;
        }
        if (erasures.containsKey(stands.sequence())) {
            return new Answer.Refused(RefusedException.Reason.ERASED);
        }
        return Arrays.equals(stands.value(), put.value())
                ? new Answer.Existing(stands.sequence())
                : new Answer.Refused(RefusedException.Reason.DUPLICATE_KEY);
    }

    private @Nullable Answer refusal(Operation.Delete delete, long timestamp) {
        Entry stands = newest(delete.table(), delete.key(), Long.MAX_VALUE);
        return stands == null || stands.hides(timestamp)
                ? new Answer.Refused(RefusedException.Reason.KEY_ABSENT)
                : null;
    }

    private @Nullable Entry newest(TableName table, byte[] key, long entriesSeen) {
        return newestOf(keys(table).getOrDefault(key, List.of()), entriesSeen);
    }

    private static @Nullable Entry newestOf(List<Entry> revisions, long entriesSeen) {
        for (int i = revisions.size() - 1; i >= 0; i--) {
            if (revisions.get(i).sequence() < entriesSeen) {
                return revisions.get(i);
            }
        }
        return null;
    }

    /** The entry that a key shows at a moment, or null. */
    @Nullable
    Entry visible(TableName table, byte[] key, Moment moment) {
        Entry newest = newest(table, key, moment.entries());
        return newest == null || newest.hides(moment.timeMicros()) ? null : newest;
    }

    /** The revisions of a key at a moment, newest first. */
    List<Entry> history(TableName table, byte[] key, Moment moment) {
        List<Entry> revisions = new ArrayList<>();
        for (Entry entry : keys(table).getOrDefault(key, List.of())) {
            if (entry.sequence() < moment.entries()) {
                revisions.add(0, entry);
            }
        }
        return revisions;
    }

    /** What a cursor over the range must show at a moment, by key. */
    NavigableMap<byte[], Entry> scan(TableName table, KeyRange range, Moment moment) {
        NavigableMap<byte[], Entry> shown = new TreeMap<>(Arrays::compareUnsigned);
        keys(table).forEach((key, revisions) -> {
            Entry newest = newestOf(revisions, moment.entries());
            boolean inRange = (range.from() == null || Arrays.compareUnsigned(key, range.from()) >= 0)
                    && (range.to() == null || Arrays.compareUnsigned(key, range.to()) < 0);
            if (inRange && newest != null && !newest.hides(moment.timeMicros())) {
                shown.put(key, newest);
            }
        });
        return shown;
    }

    /** Sequence of the entry that erased another, or -1; an erasure holds for all views. */
    long erasedBy(long sequence) {
        return erasures.getOrDefault(sequence, -1L);
    }
}
