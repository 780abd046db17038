package io.blockdb.db;

import io.blockdb.base.BlockPlace;
import io.blockdb.base.EntryCursor;
import io.blockdb.base.MergingCursor;
import io.blockdb.base.TableName;
import io.blockdb.db.VerifyReport.Failure;
import io.blockdb.ledger.Ledger;
import io.blockdb.ledger.LedgerBlock;
import io.blockdb.manifest.SstableInfo;
import io.blockdb.memtable.Memtable;
import io.blockdb.sstable.SharedSstable;
import io.blockdb.sstable.SstableCache;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Finds keys of write-once tables that stand in the ledger more than once. They are told by the index, where they stand next to
 * each other; so it must have been held against the ledger before.
 *
 * <p>Threading: one thread at a time.
 */
final class UniqueKeys {
    private final IndexComparison.IndexContent content;
    private final SstableCache cache;
    private final Ledger ledger;
    private final VerifyScope scope;
    private final Damages damages;

    /** @param cache opens the SSTables */
    UniqueKeys(
            IndexComparison.IndexContent content,
            SstableCache cache,
            Ledger ledger,
            VerifyScope scope,
            Damages damages) {
        this.content = content;
        this.cache = cache;
        this.ledger = ledger;
        this.scope = scope;
        this.damages = damages;
    }

    /** Walks over the keys of a write-once table. */
    void check(TableName table) throws IOException {
        List<SharedSstable> opened = new ArrayList<>();
        List<EntryCursor> cursors = new ArrayList<>();
        try {
            byte[] first = table.indexKey(new byte[0]);
            for (Memtable memtable : content.memtables()) {
                cursors.add(memtable.cursor(table));
            }
            for (SstableInfo file : content.files()) {
                if (file.overlaps(first, table.indexKeyBehindAll())) {
                    SharedSstable shared = cache.acquire(file.fileNumber());
                    opened.add(shared);
                    cursors.add(shared.table().cursor(table));
                }
            }
            try (MergingCursor cursor = new MergingCursor(cursors)) {
                walk(table, cursor);
            }
        } finally {
            opened.forEach(SharedSstable::close);
        }
    }

    private void walk(TableName table, MergingCursor cursor) throws IOException {
        byte[] last = new byte[64];
        int lastLength = -1;
        long newer = 0;
        for (boolean there = cursor.first(); there; there = cursor.next()) {
            byte[] array = cursor.keyArray();
            int offset = cursor.keyOffset();
            int length = cursor.keyLength();
            boolean same = length == lastLength && Arrays.equals(last, 0, length, array, offset, offset + length);
            if (same && scope.covers(table, array, offset, length)) {
                report(table, Arrays.copyOf(last, length), cursor.sequence(), newer);
            }
            if (!same) {
                last = last.length < length ? new byte[2 * length] : last;
                System.arraycopy(array, offset, last, 0, length);
                lastLength = length;
            }
            newer = cursor.sequence();
        }
    }

    private void report(TableName table, byte[] key, long older, long newer) throws IOException {
        LedgerBlock block = ledger.blockOfSequence(newer);
        BlockPlace place = block.place();
        damages.add(new Failure(
                block.corrupt("").file(),
                place.offset(),
                block.header().height(),
                newer,
                table,
                key,
                "one entry, sequence " + older,
                "sequence " + newer + " as well",
                "a key of write-once table '" + table + "' stands in the ledger twice: sequences " + older + " and "
                        + newer));
    }
}
