package io.blockdb.db;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.base.Seed;
import io.blockdb.io.MemoryFileSystem;
import io.blockdb.io.MemoryFileSystem.Operation;
import io.blockdb.ledger.DiskFullException;
import java.io.IOException;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Writes are refused before the disk is full, and go on when there is room again; a disk that runs full all the same loses nothing. */
@Timeout(120)
class FullDiskTest {
    private static final int RESERVE = 100_000;

    private final Random random = Seed.random();
    private final MemoryFileSystem disk = new MemoryFileSystem();
    private final Options options =
            Workload.options(disk, 3).withDiskReserve(RESERVE).withMemtableSizeLimit(32 << 10);

    private static byte[] key(int number) {
        return ("key" + number).getBytes(UTF_8);
    }

    private byte[] value() {
        byte[] value = new byte[1000];
        random.nextBytes(value);
        return value;
    }

    private static void assertThere(BlockDb db, int count) throws IOException {
        for (int i = 0; i < count; i++) {
            assertNotNull(db.get(key(i)), "key " + i);
        }
        assertTrue(db.verify((done, total, blocks) -> {}).valid());
    }

    /** Writes until that is refused, also once all is flushed: what flushing may still take is kept free as well. */
    private int fill(BlockDb db) throws IOException {
        int written = 0;
        boolean quiet = false;
        while (written < 1000) {
            try {
                db.put(key(written), value());
                written++;
                quiet = false;
            } catch (DiskFullException full) {
                assertTrue(full.getMessage().contains("disk full"), full::getMessage);
                if (quiet) {
                    return written;
                }
                new Quiet(db).await();
                quiet = true;
            }
        }
        throw new AssertionError("the disk is never full");
    }

    @Test
    void refusesBeforeTheDiskIsFullAndGoesOnWhenThereIsRoom() throws IOException {
        int written;
        try (BlockDb db = BlockDb.open(Workload.ROOT, options)) {
            disk.setUsableSpace(RESERVE + 400_000);
            written = fill(db);
            assertTrue(written > 20, "only " + written + " were taken");
            assertTrue(disk.usableSpace(Workload.ROOT) >= RESERVE / 2, () -> "the reserve was used");
            Stats before = db.stats();
            Map<String, String> files = disk.snapshot();
            for (int i = 0; i < 3; i++) {
                int number = written;
                assertThrows(DiskFullException.class, () -> db.put(key(number), value()));
            }
            assertEquals(before.headHash(), db.stats().headHash());
            assertEquals(files, disk.snapshot());
            assertNull(db.get(key(written)));
            assertThere(db, written);

            disk.setUsableSpace(10_000_000);
            for (int i = 0; i < 50; i++) {
                db.put(key(written), value());
                written++;
            }
            assertThere(db, written);
        }
        try (BlockDb db = BlockDb.open(Workload.ROOT, options)) {
            assertThere(db, written);
        }
        disk.assertNoOpenFiles();
    }

    @Test
    void aDiskThatRunsFullUnderwayLosesNothing() throws IOException {
        for (int room = 500; room < 40_000; room += 1 + random.nextInt(3000)) {
            runFull(new MemoryFileSystem(), room);
        }
    }

    /** Somebody else fills the disk, so that the reserve is of no use. */
    private void runFull(MemoryFileSystem files, int room) throws IOException {
        Options without = Workload.options(files, 3).withMemtableSizeLimit(8 << 10);
        byte[] last = null;
        int written = 0;
        try (BlockDb db = BlockDb.open(Workload.ROOT, without)) {
            db.put(key(written++), value());
            files.setUsableSpace(room);
            for (; last == null; written++) {
                byte[] value = value();
                try {
                    db.put(key(written), value);
                } catch (OutcomeUnknownException | ReadOnlyException | DiskFullException e) {
                    last = value;
                    break;
                }
            }
            assertThere(db, written);
        } catch (IOException closing) {
            assertTrue(closing.getMessage().contains("No space left"), closing::toString);
        }
        files.assertNoOpenFiles();
        files.setUsableSpace(10_000_000);
        try (BlockDb db = BlockDb.open(Workload.ROOT, without)) {
            assertThere(db, written);
            byte[] found = db.get(key(written));
            if (found != null) {
                assertArrayEquals(last, found);
            }
            db.put(key(written), last);
            assertThere(db, written + 1);
        }
        files.assertNoOpenFiles();
    }

    @Test
    void aWriteThatMeetsTheEndOfTheDiskIsAnsweredAsUnknown() throws IOException {
        try (BlockDb db = BlockDb.open(Workload.ROOT, options.withDiskReserve(0))) {
            db.put(key(0), value());
            byte[] value = value();
            disk.failWhen((operation, path, number) ->
                    operation == Operation.WRITE && path.toString().endsWith(".seg"));
            OutcomeUnknownException unknown = assertThrows(OutcomeUnknownException.class, () -> db.put(key(1), value));
            assertNotNull(unknown.getCause());
            disk.clearFaults();
            ReadOnlyException refused = assertThrows(ReadOnlyException.class, () -> db.put(key(2), value()));
            assertEquals(unknown.getCause(), refused.getCause());
            assertNull(db.get(key(1)), "what was not answered is not seen");
            assertThere(db, 1);
        }
        try (BlockDb db = BlockDb.open(Workload.ROOT, options)) {
            assertThere(db, 1);
            db.put(key(1), value());
        }
    }
}
