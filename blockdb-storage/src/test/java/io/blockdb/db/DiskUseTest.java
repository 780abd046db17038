package io.blockdb.db;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.io.Environment;
import io.blockdb.io.MemoryFileSystem;
import io.blockdb.ledger.DiskFullException;
import java.io.IOException;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Where the disk went, and how long it lasts. */
@Timeout(60)
class DiskUseTest {
    private static final long DAY = 24L * 60 * 60 * 1_000_000;
    private static final long BEGIN = 1_700_000_000_000_000L;

    private final MemoryFileSystem disk = new MemoryFileSystem();
    private final AtomicLong clock = new AtomicLong(BEGIN);
    private final Random random = new Random(7);
    private final Options options = Workload.options(disk, 5)
            .withEnvironment(new Environment(disk, clock::get, random::nextBytes))
            .withMemtableSizeLimit(1 << 20);

    private static byte[] key(int number) {
        return ("key" + number).getBytes(UTF_8);
    }

    private byte[] value(int length) {
        byte[] value = new byte[length];
        random.nextBytes(value);
        return value;
    }

    @Test
    void everyByteOfTheDirectoryHasItsPlace() throws IOException {
        try (BlockDb db = BlockDb.open(Workload.ROOT, options.withMemtableSizeLimit(32 << 10))) {
            for (int i = 0; i < 200; i++) {
                db.put(key(i), value(i % 2 == 0 ? 1000 : 100));
            }
        }
        try (BlockDb db = BlockDb.open(Workload.ROOT, options)) {
            new Quiet(db).await();
            disk.setContent(Workload.ROOT.resolve("quarantine/2026/ledger/a.seg"), new byte[777]);
            disk.setContent(Workload.ROOT.resolve("quarantine/b"), new byte[23]);
            DiskUse use = db.stats().disk();
            assertEquals(800, use.quarantine());
            assertEquals(db.stats().ledgerBytes(), use.ledger());
            assertEquals(db.stats().indexBytes(), use.index());
            assertTrue(use.index() > 0);
            assertTrue(use.tree() > 0);
            assertEquals(use.ledger() + use.index() + use.tree() + 800, use.total());
            assertTrue(use.values() > 100 * 1100 && use.values() < use.ledger(), use::toString);
            assertTrue(use.values() < 1.2 * 100 * 1100, use::toString);
        }
    }

    @Test
    void theRateIsThatOfAboutTheLastDay() throws IOException {
        try (BlockDb db = BlockDb.open(Workload.ROOT, options.withSegmentSize(64 << 10))) {
            assertEquals(0, db.stats().disk().growthSince(), "nothing is said of the first minute");
            assertEquals(-1, db.stats().disk().secondsLeft());
            // Ten days with little, then one with a hundred kilobytes an hour.
            for (int i = 0; i < 100; i++) {
                clock.addAndGet(DAY / 10);
                db.put(key(i), value(2000));
            }
            for (int i = 100; i < 1060; i++) {
                clock.addAndGet(DAY / 960);
                db.put(key(i), value(2500));
            }
            disk.setUsableSpace(24_000_000 + options.diskReserve());
            DiskUse use = db.stats().disk();
            long since = clock.get() - use.growthSince();
            assertTrue(since >= DAY && since < 4 * DAY, () -> "looked at " + since);
            assertTrue(use.growthPerDay() > 800_000 && use.growthPerDay() < 4_000_000, use::toString);
            long days = use.secondsLeft() / (24 * 60 * 60);
            assertTrue(days >= 5 && days <= 30, use::toString);
            assertTrue(use.free() > use.writable());
        }
    }

    @Test
    void whatMayBeWrittenGoesToZeroBeforeTheDiskIsFullAndComesBack() throws IOException {
        int reserve = 200_000;
        try (BlockDb db = BlockDb.open(Workload.ROOT, options.withDiskReserve(reserve))) {
            disk.setUsableSpace(reserve + 300_000);
            assertTrue(db.engine().writableBytes() > 0);
            assertThrows(DiskFullException.class, () -> {
                for (int i = 0; i < 1000; i++) {
                    db.put(key(i), value(1000));
                }
            });
            assertTrue(db.stats().disk().writable() < 3000, () -> "refused too early");
            assertTrue(disk.usableSpace(Workload.ROOT) > reserve / 2, "the reserve was used");
            disk.setUsableSpace(10_000_000);
            assertTrue(db.engine().writableBytes() > 5_000_000);
            db.put(key(2000), value(1000));
        }
    }

    @Test
    void figuresAreThereOfADamagedLedgerToo() throws IOException {
        Options small = options.withSegmentSize(16 << 10);
        try (BlockDb db = BlockDb.open(Workload.ROOT, small)) {
            for (int i = 0; i < 60; i++) {
                db.put(key(i), value(1000));
            }
        }
        disk.corrupt(Workload.ROOT.resolve("ledger/0000000002.seg"), 120, 0x40);
        clock.addAndGet(DAY);
        try (BlockDb db = BlockDb.open(Workload.ROOT, small.withReadOnly(true))) {
            assertTrue(db.stats().disk().ledger() > 60_000);
        }
    }
}
