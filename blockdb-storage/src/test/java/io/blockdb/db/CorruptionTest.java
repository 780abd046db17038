package io.blockdb.db;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.base.CorruptionException;
import io.blockdb.base.Seed;
import io.blockdb.base.TableName;
import io.blockdb.io.MemoryFileSystem;
import io.blockdb.io.MemoryFileSystem.UnsyncedPolicy;
import io.blockdb.ledger.LedgerBlock;
import io.blockdb.ledger.LedgerCursor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Flips bytes of every file of a small database: what is answered is right, or the damage is named; it is never silently wrong.
 *
 * <p>The default build flips {@code blockdb.corruption.rounds} bytes (300) of each database, drawn with the seed; the tests tagged
 * {@code soak} flip every one.
 */
@Timeout(1800)
class CorruptionTest {
    private static final int ROUNDS = Integer.getInteger("blockdb.corruption.rounds", 300);

    private final Random random = Seed.random();
    private final long seed = random.nextLong();
    private final MemoryFileSystem disk = new MemoryFileSystem();
    private final Workload workload = new Workload(disk, seed, 0);

    @Test
    void aFlippedByteAfterACleanCloseIsNeverAWrongAnswer() throws IOException {
        workload.run();
        flip(disk, false, ROUNDS);
    }

    @Test
    @Tag("soak")
    void anyFlippedByteAfterACleanClose() throws IOException {
        workload.run();
        flip(disk, false, Integer.MAX_VALUE);
    }

    @Test
    void aFlippedByteAfterACrashIsNeverAWrongAnswer() throws IOException {
        flip(crashed(), true, ROUNDS);
    }

    @Test
    @Tag("soak")
    void anyFlippedByteAfterACrash() throws IOException {
        flip(crashed(), true, Integer.MAX_VALUE);
    }

    /** A database that was not closed; all of it is on the disk. */
    private MemoryFileSystem crashed() throws IOException {
        workload.open();
        workload.createTables();
        workload.write(18);
        MemoryFileSystem killed = disk.crashClone(UnsyncedPolicy.DROP_NONE, random);
        workload.close();
        return killed;
    }

    private record Place(Path file, long offset) {}

    private void flip(MemoryFileSystem whole, boolean crashed, int rounds) throws IOException {
        List<Place> places = new ArrayList<>();
        for (String path : whole.snapshot().keySet()) {
            if (!whole.snapshot().get(path).equals("directory")) {
                Path file = Path.of(path);
                int length = whole.content(file).length;
                for (int offset = 0; offset < length; offset++) {
                    places.add(new Place(file, offset));
                }
            }
        }
        int step = Math.max(1, places.size() / rounds);
        for (int i = rounds < places.size() ? random.nextInt(step) : 0; i < places.size(); i += step) {
            Place place = places.get(i);
            MemoryFileSystem damaged = whole.crashClone(UnsyncedPolicy.DROP_NONE, random);
            int xor = 1 << random.nextInt(8);
            damaged.corrupt(place.file(), place.offset(), xor);
            try {
                check(damaged, place, crashed);
            } catch (IOException | RuntimeException | AssertionError e) {
                throw new AssertionError(place + " flipped by " + xor + ": " + e.getMessage(), e);
            }
        }
    }

    private void check(MemoryFileSystem damaged, Place place, boolean crashed) throws IOException {
        boolean inLedger = place.file().toString().endsWith(".seg");
        Options options = Workload.options(damaged, seed).withMemtableSizeLimit(8 << 10);
        VerifyReport report = BlockDb.verify(Workload.ROOT, options, (done, total, blocks) -> {});
        if (!report.valid()) {
            assertTrue(place.file().endsWith(report.failures().get(0).file()), () -> "verify blames " + report);
        }
        boolean lastMayBeCut = false;
        try (BlockDb db = BlockDb.open(Workload.ROOT, options)) {
            lastMayBeCut = crashed && db.recoveryNotes().stream().anyMatch(note -> note.contains("torn"));
            if (lastMayBeCut) {
                assertTrue(inLedger, "cut though the ledger is whole: " + db.recoveryNotes());
                assertFalse(damaged.list(Workload.ROOT.resolve("quarantine")).isEmpty(), "quarantine");
                assertEquals(workload.blocks() - 1, db.engine().head().blocks(), "more than the last block is cut");
            } else if (inLedger) {
                assertFalse(report.valid(), "verify finds nothing in a damaged ledger");
            }
            workload.checkReads(db, lastMayBeCut);
            Workload.checkTree(db);
        } catch (CorruptionException e) {
            assertTrue(place.file().endsWith(e.file()), () -> "blamed: " + e.getMessage());
            if (inLedger) {
                assertFalse(report.valid(), "verify finds nothing where opening or reading fails");
            }
        }
        damaged.assertNoOpenFiles();
    }

    @Test
    void verifyNamesTheBlockInAOneSegmentLedger() throws IOException {
        Options options = Workload.options(disk, seed).withSegmentSize(1 << 20);
        byte[] value = new byte[300];
        List<long[]> blocks = new ArrayList<>();
        try (BlockDb db = BlockDb.open(Workload.ROOT, options)) {
            for (int i = 0; i < 8; i++) {
                random.nextBytes(value);
                db.put(TableName.DEFAULT, ("key" + i).getBytes(UTF_8), value.clone());
            }
            try (LedgerCursor cursor = db.engine().blocksFrom(0)) {
                for (LedgerBlock block; (block = cursor.next()) != null; ) {
                    blocks.add(new long[] {block.place().offset(), block.frameLength()});
                }
            }
        }
        Path segment = Workload.ROOT.resolve("ledger").resolve("0000000001.seg");
        for (int height : new int[] {0, 4, 8}) {
            long[] frame = blocks.get(height);
            for (long offset = frame[0]; offset < frame[0] + frame[1]; offset += 1 + random.nextInt(5)) {
                MemoryFileSystem damaged = disk.crashClone(UnsyncedPolicy.DROP_ALL, random);
                damaged.corrupt(segment, offset, 1 << random.nextInt(8));
                VerifyReport report = BlockDb.verify(
                        Workload.ROOT,
                        Workload.options(damaged, seed).withSegmentSize(1 << 20),
                        (done, total, height1) -> {});
                assertEquals(1, report.failures().size(), "byte " + offset + " of block " + height);
                VerifyReport.Failure failure = report.failures().get(0);
                assertEquals("ledger/0000000001.seg", failure.file());
                assertEquals(height, failure.height(), failure::toString);
                assertTrue(
                        failure.offset() >= frame[0] && failure.offset() < frame[0] + frame[1],
                        () -> failure + " is not in the block at " + frame[0]);
            }
        }
    }
}
