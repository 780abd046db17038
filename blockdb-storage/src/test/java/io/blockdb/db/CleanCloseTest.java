package io.blockdb.db;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.base.Seed;
import io.blockdb.io.MemoryFileSystem;
import java.io.IOException;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** After a clean close an open has little to do, and changes nothing of what is precious. */
@Timeout(120)
class CleanCloseTest {
    private static final long REPLAY_MAX = 4 << 20;

    private final MemoryFileSystem disk = new MemoryFileSystem();
    private final Options options = Workload.options(disk, 9)
            .withMemtableSizeLimit(64 << 20)
            .withSegmentSize(64 << 20)
            .withSstableSize(64 << 20);

    @Test
    void anOpenReplaysAtMostFourMegabytes() throws IOException {
        Random random = Seed.random();
        int[] batches = {3, 9, 40, 90};
        int written = 0;
        for (int count : batches) {
            try (BlockDb db = BlockDb.open(Workload.ROOT, options)) {
                assertEquals(written, count(db));
                for (int i = 0; i < count; i++, written += 2) {
                    byte[] value = new byte[60_000];
                    random.nextBytes(value);
                    db.write(new WriteBatch()
                            .put(("key" + written).getBytes(UTF_8), value)
                            .put(("key" + (written + 1)).getBytes(UTF_8), value));
                }
            }
            try (BlockDb db = BlockDb.open(Workload.ROOT, options)) {
                long replayed = replayed(db);
                assertTrue(replayed <= REPLAY_MAX, replayed + " bytes were replayed");
                assertEquals(0, db.recoveryNotes().size(), db.recoveryNotes()::toString);
            }
        }
    }

    private static long count(BlockDb db) throws IOException {
        long count = 0;
        try (Cursor cursor = db.cursor(io.blockdb.base.TableName.DEFAULT, KeyRange.all())) {
            while (cursor.next()) {
                count++;
            }
        }
        return count;
    }

    /** Bytes of the ledger behind what the SSTables reach: what this open had to read. */
    private static long replayed(BlockDb db) {
        var head = db.engine().head();
        assertNotNull(head);
        var reached = db.engine().index().state().tables().version().reached();
        return reached == null
                ? head.place().offset()
                : head.place().offset() - reached.place().offset();
    }
}
