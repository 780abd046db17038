package io.blockdb.db;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.base.TableName;
import io.blockdb.io.MemoryFileSystem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** An open database is verified while others write: flushes, compactions, new segments and all. */
@Timeout(120)
class VerifyLiveTest {
    private static final TableName USERS = TableName.of("users");

    private final MemoryFileSystem disk = new MemoryFileSystem();

    @Test
    void besideWriters() throws Exception {
        Options options = Workload.options(disk, 1).withMemtableSizeLimit(8 << 10);
        AtomicBoolean over = new AtomicBoolean();
        ExecutorService writers = Executors.newFixedThreadPool(2);
        try (BlockDb db = BlockDb.open(Workload.ROOT, options)) {
            db.createTable(USERS, TablePolicy.VERSIONED, true);
            Future<Integer> first = writers.submit(() -> write(db, 1, over));
            Future<Integer> second = writers.submit(() -> write(db, 2, over));
            try {
                long before = 0;
                for (int i = 0; i < 15; i++) {
                    VerifyReport report = db.verify((done, total, blocks) -> {});
                    assertTrue(report.valid(), report::toString);
                    assertTrue(report.blocks() >= before, report::toString);
                    before = report.blocks();
                }
                assertTrue(db.verify(new VerifyScope(before / 2, false), (done, total, blocks) -> {})
                        .valid());
            } finally {
                over.set(true);
            }
            long written = (long) first.get() + second.get();
            VerifyReport report = db.verify((done, total, blocks) -> {});
            assertTrue(report.valid(), report::toString);
            assertTrue(report.entries() > written);
        } finally {
            over.set(true);
            writers.shutdownNow();
        }
        disk.assertNoOpenFiles();
    }

    /** Who opens it next compacts: what was to be read is gone, and that is no damage. */
    @Test
    void whatIsClosedMeanwhileIsNotReportedOn() throws IOException {
        Options options = Workload.options(disk, 1).withMemtableSizeLimit(8 << 10);
        BlockDb db = BlockDb.open(Workload.ROOT, options);
        fill(db, "first");
        AtomicBoolean closed = new AtomicBoolean();
        assertThrows(
                IllegalStateException.class,
                () -> db.verify((done, total, blocks) -> {
                    if (closed.compareAndSet(false, true)) {
                        goOnAnew(db, options);
                    }
                }));
        assertTrue(closed.get());
        disk.assertNoOpenFiles();
    }

    private static void goOnAnew(BlockDb db, Options options) {
        try {
            db.close();
            try (BlockDb next = BlockDb.open(Workload.ROOT, options)) {
                fill(next, "second");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void fill(BlockDb db, String name) throws IOException {
        for (int i = 0; i < 500; i++) {
            db.put((i + name).getBytes(UTF_8), new byte[100]);
        }
    }

    private static int write(BlockDb db, int writer, AtomicBoolean over) throws IOException {
        int written = 0;
        while (!over.get()) {
            byte[] key = (writer + "-" + written).getBytes(UTF_8);
            db.write(new WriteBatch()
                    .put(TableName.DEFAULT, key, new byte[written % 300])
                    .put(USERS, key, key));
            written++;
        }
        return written;
    }

    @Test
    void aMemtableThatIsWrongIsFound() throws IOException {
        try (BlockDb db = BlockDb.open(Workload.ROOT, Workload.options(disk, 1))) {
            db.put(TableName.DEFAULT, "a".getBytes(UTF_8), "1".getBytes(UTF_8));
            long sequence = db.put(TableName.DEFAULT, "b".getBytes(UTF_8), "2".getBytes(UTF_8))
                    .sequence();
            assertTrue(db.verify((done, total, blocks) -> {}).valid());
            // What a bit flipped in memory would do: an entry that no block has.
            db.engine()
                    .index()
                    .insert(TableName.DEFAULT, "c".getBytes(UTF_8), 0, 1, sequence, 1, 0, "2".getBytes(UTF_8), null);
            VerifyReport report = db.verify((done, total, blocks) -> {});
            assertFalse(report.valid());
            assertEquals("memory", report.failures().get(0).file());
            assertEquals(sequence, report.failures().get(0).sequence());
        }
    }

    @Test
    void damageOfAnOpenDatabaseIsFoundOnTheDisk() throws IOException {
        try (BlockDb db = BlockDb.open(Workload.ROOT, Workload.options(disk, 1))) {
            for (int i = 0; i < 30; i++) {
                byte[] key = ("key" + i).getBytes(UTF_8);
                db.put(TableName.DEFAULT, key, key);
            }
            Path segment = Workload.ROOT.resolve("ledger/0000000001.seg");
            disk.corrupt(segment, 600, 4);
            VerifyReport report = db.verify((done, total, blocks) -> {});
            assertEquals(1, report.failures().size(), report::toString);
            assertEquals("ledger/0000000001.seg", report.failures().get(0).file());
        }
    }
}
