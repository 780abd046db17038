package io.blockdb.db;

import io.blockdb.base.CorruptionException;
import io.blockdb.base.TableName;
import io.blockdb.db.VerifyReport.Failure;
import io.blockdb.ledger.Ledger;
import io.blockdb.ledger.LedgerBlock;
import io.blockdb.ledger.LedgerCursor;
import io.blockdb.ledger.StoredValue;
import io.blockdb.ledger.ValuePlace;
import io.blockdb.manifest.SstableInfo;
import io.blockdb.memtable.Memtable;
import io.blockdb.proof.EntryLeaf;
import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Names the entries in which the index and the ledger differ, once their sums have told in which stretches of sequences. A
 * stretch of the ledger is held in memory at a time, and the index is read again.
 *
 * <p>Threading: one thread at a time.
 */
final class IndexDifferences {
    /** In so many stretches entries are named; a stretch is a four-thousandth of the ledger. */
    private static final int STRETCHES_MAX = 8;

    private static final int VALUE_SHOWN = 32;

    private final IndexComparison comparison;
    private final Ledger ledger;
    private final VerifyScope scope;
    private final EntryHash hash;
    private final Damages damages;
    private Map<Long, Expected> expected = new TreeMap<>();

    /** What the index must hold for an entry, and how often it was found. */
    private static final class Expected {
        final TableName table;
        final byte[] key;
        final long height;
        final long high;
        final long low;
        final String value;
        int found;

        Expected(TableName table, byte[] key, long height, EntryHash hash, String value) {
            this.table = table;
            this.key = key;
            this.height = height;
            this.high = hash.high();
            this.low = hash.low();
            this.value = value;
        }
    }

    IndexDifferences(IndexComparison comparison, Ledger ledger, VerifyScope scope, EntryHash hash, Damages damages) {
        this.comparison = comparison;
        this.ledger = ledger;
        this.scope = scope;
        this.hash = hash;
        this.damages = damages;
    }

    void name(List<Integer> stretches) throws IOException {
        for (int stretch : stretches.subList(0, Math.min(STRETCHES_MAX, stretches.size()))) {
            long begin = Math.max(comparison.begin(), comparison.sums().begin(stretch));
            long end = Math.min(comparison.content().end(), comparison.sums().begin(stretch + 1));
            name(begin, end);
        }
        if (stretches.size() > STRETCHES_MAX) {
            damages.note("The index differs from the ledger in " + (stretches.size() - STRETCHES_MAX)
                    + " more stretches of sequences, which were not looked at more closely.");
        }
    }

    private void name(long begin, long end) throws IOException {
        expected = new TreeMap<>();
        readLedger(begin, end);
        for (SstableInfo file : comparison.content().files()) {
            boolean overlaps = file.smallestSequence() < end && file.largestSequence() >= begin;
            if (overlaps) {
                readFile(file, begin, end);
            }
        }
        for (Memtable memtable : comparison.content().memtables()) {
            IndexComparison.forEach(memtable, (table, at) -> {
                byte[] key = table.indexKey(at.keyArray(), at.keyOffset(), at.keyLength());
                check("memory", 0, key, at.sequence(), at.valueArray(), at.valueOffset(), at.valueLength(), begin, end);
            });
        }
        for (Map.Entry<Long, Expected> entry : expected.entrySet()) {
            if (entry.getValue().found == 0) {
                report("index/", 0, entry.getKey(), entry.getValue(), "nothing", "an entry is missing");
            }
        }
    }

    private void readLedger(long begin, long end) throws IOException {
        if (begin >= end) {
            return;
        }
        long height = ledger.blockOfSequence(begin).header().height();
        try (LedgerCursor cursor = ledger.blocksFrom(ledger.pointAt(height))) {
            for (LedgerBlock block; (block = cursor.next()) != null; ) {
                long first = block.header().firstSequence();
                if (first >= end) {
                    return;
                }
                for (int i = 0; i < block.entryCount(); i++) {
                    if (first + i >= begin && first + i < end) {
                        expect(block, i, first + i);
                    }
                }
            }
        }
    }

    private void expect(LedgerBlock block, int number, long sequence) throws IOException {
        EntryLeaf leaf = block.leaf(number);
        TableName table = leaf.table();
        if (!scope.covers(table, block.array(), leaf.keyOffset(), leaf.keyLength())) {
            return;
        }
        ValuePlace place = block.valuePlace(number);
        StoredValue stored = place == null ? block.value(number) : StoredValue.ERASED;
        byte[] value = stored.isErased() ? null : stored.value();
        hash.ofLedger(table, leaf, block.array(), sequence, value, place);
        String shown = shown(leaf.kind() == EntryLeaf.KIND_DELETE, leaf.expiresAt(), value, place);
        expected.put(sequence, new Expected(table, leaf.key(), block.header().height(), hash, shown));
    }

    private void readFile(SstableInfo file, long begin, long end) throws IOException {
        Failure damage = comparison.readFile(file, comparison.new Sink(file) {
            @Override
            void take(long pageOffset, byte[] key, long sequence, byte[] page, int offset, int length)
                    throws IOException {
                check(IndexComparison.name(file), pageOffset, key, sequence, page, offset, length, begin, end);
            }
        });
        if (damage != null) {
            damages.add(damage);
        }
    }

    private void check(
            String file,
            long fileOffset,
            byte[] key,
            long sequence,
            byte[] array,
            int offset,
            int length,
            long begin,
            long end)
            throws IOException {
        if (sequence < begin || sequence >= end || !scope.covers(key)) {
            return;
        }
        String shown = shown(array, offset, length);
        Expected wanted = expected.get(sequence);
        if (wanted == null) {
            TableName table = TableName.ofIndexKey(key, 0, key.length);
            byte[] found = Arrays.copyOfRange(key, table.indexPrefixLength(), key.length);
            String reason =
                    "index and ledger differ: the index has an entry that the ledger has not: expected nothing, found "
                            + shown;
            damages.add(new Failure(file, fileOffset, -1, sequence, table, found, "nothing", shown, reason));
            return;
        }
        wanted.found++;
        hash.ofIndex(key, 0, key.length, sequence, array, offset, length);
        if (!Arrays.equals(key, wanted.table.indexKey(wanted.key))) {
            TableName table = TableName.ofIndexKey(key, 0, key.length);
            String other = "key " + HexFormat.of().formatHex(key, table.indexPrefixLength(), key.length) + " of table "
                    + table;
            report(file, fileOffset, sequence, wanted, other, "an entry has another key");
        } else if (hash.high() != wanted.high || hash.low() != wanted.low) {
            report(file, fileOffset, sequence, wanted, shown, "an entry is another one");
        } else if (wanted.found > 1) {
            report(
                    file,
                    fileOffset,
                    sequence,
                    wanted,
                    "it " + wanted.found + " times",
                    "an entry is there more than once");
        }
    }

    private void report(String file, long offset, long sequence, Expected wanted, String found, String what) {
        String reason = "index and ledger differ: " + what + ": expected " + wanted.value + ", found " + found;
        damages.add(new Failure(
                file, offset, wanted.height, sequence, wanted.table, wanted.key, wanted.value, found, reason));
    }

    private static String shown(byte[] array, int offset, int length) {
        try {
            IndexValue value = IndexValue.decode(array, offset, length);
            return shown(
                    value.isDelete(),
                    value.expiresAt(),
                    value.place() == null ? value.inlineValue() : null,
                    value.place());
        } catch (CorruptionException e) {
            return "bytes that are no index value";
        }
    }

    private static String shown(boolean delete, long expiresAt, byte @Nullable [] value, @Nullable ValuePlace place) {
        String until = expiresAt == 0 ? "" : ", expires at " + expiresAt;
        if (delete) {
            return "a delete";
        }
        if (place != null) {
            return "a value of " + place.valueLength() + " bytes in segment " + place.segment() + " at offset "
                    + place.offset() + until;
        }
        byte[] bytes = value == null ? new byte[0] : value;
        String hex = HexFormat.of().formatHex(bytes, 0, Math.min(bytes.length, VALUE_SHOWN));
        return "a value of " + bytes.length + " bytes, hex " + hex + (bytes.length > VALUE_SHOWN ? "..." : "") + until;
    }
}
