package io.blockdb.db;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.base.BlockPlace;
import io.blockdb.base.Seed;
import io.blockdb.base.TableName;
import io.blockdb.io.MemoryFileSystem;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Repairs out of a copy where the entry that erased a value stands in one of the two ledgers only. */
@Timeout(120)
class ErasureAndRepairTest {
    private static final TableName PEOPLE = TableName.of("people");
    private static final Path BACKUP = Path.of("/mnt/backup");
    private static final CopyProgress QUIET = (done, total) -> {};
    private static final int COUNT = 12;
    private static final int ERASED = 3;

    private final long seed = Seed.random().nextLong();
    private final MemoryFileSystem files = new MemoryFileSystem();
    private final Options options = Workload.options(files, seed).withCheckpointIntervalMillis(0);
    private final List<byte[]> values = new ArrayList<>();
    private final List<Commit> puts = new ArrayList<>();
    private final List<BlockPlace> places = new ArrayList<>();

    @BeforeEach
    void write() throws IOException {
        // Salts are drawn with the seed itself: the same bytes must not occur twice.
        Random drawn = new Random(~seed * 31);
        try (BlockDb db = open(options)) {
            db.createTable(PEOPLE, TablePolicy.WRITE_ONCE, true);
            for (int i = 0; i < COUNT; i++) {
                byte[] value = new byte[300 + drawn.nextInt(600)];
                drawn.nextBytes(value);
                values.add(value);
                puts.add(db.put(PEOPLE, key(i), value));
                places.add(db.engine()
                        .ledger()
                        .blockOfSequence(puts.get(i).sequence())
                        .place());
            }
        }
    }

    private static BlockDb open(Options how) throws IOException {
        return BlockDb.open(Workload.ROOT, how);
    }

    private static byte[] key(int number) {
        return ("key" + number).getBytes(UTF_8);
    }

    private void eraseAndBackUp(boolean before, boolean after) throws IOException {
        try (BlockDb db = open(options)) {
            if (before) {
                db.backup(BACKUP, BackupOptions.DEFAULT, QUIET);
            }
            db.awaitErased(db.erase(PEOPLE, key(ERASED), puts.get(ERASED).sequence(), "asked for", "dpo"));
            new Quiet(db).await();
            if (after) {
                db.backup(BACKUP, BackupOptions.DEFAULT, QUIET);
            }
        }
    }

    private Path segment(int number) {
        return Workload.ROOT.resolve(
                "ledger/%010d.seg".formatted(places.get(number).segment()));
    }

    /** Changes a byte of the block itself that holds a value. */
    private void damage(int number) throws IOException {
        files.corrupt(segment(number), places.get(number).offset() + 150, 1);
    }

    private static RepairReport repaired(Options how) throws IOException {
        VerifyReport found = BlockDb.verify(Workload.ROOT, how, (done, total, blocks) -> {});
        assertFalse(found.valid());
        Map<String, String> findings = new LinkedHashMap<>();
        found.failures().forEach(failure -> findings.putIfAbsent(failure.file(), failure.reason()));
        return Repair.repair(Workload.ROOT, how, findings, BACKUP, QUIET);
    }

    /** Puts the database back as it was, beside a backup that is newer. */
    private void goBackTo(MemoryFileSystem earlier) throws IOException {
        for (String directory : List.of("ledger", "index", "tree", "keys")) {
            for (String name : files.list(Workload.ROOT.resolve(directory))) {
                files.delete(Workload.ROOT.resolve(directory).resolve(name));
            }
        }
        for (Map.Entry<String, String> each : earlier.snapshot().entrySet()) {
            if (!each.getValue().equals("directory")) {
                files.setContent(Path.of(each.getKey()), earlier.content(Path.of(each.getKey())));
            }
        }
    }

    @Test
    void anErasureThatOnlyTheCopyHoldsErasesNothing() throws IOException {
        MemoryFileSystem earlier = files.processCrashClone();
        eraseAndBackUp(true, true); // The backup has the entry, and the value still.
        goBackTo(earlier);
        damage(ERASED);
        RepairReport report = repaired(options);
        assertTrue(report.repaired(), report::toString);
        VerifyReport whole = BlockDb.verify(Workload.ROOT, options, (done, total, blocks) -> {});
        assertTrue(whole.valid(), whole::toString);
        try (BlockDb db = open(options)) {
            assertArrayEquals(values.get(ERASED), db.get(PEOPLE, key(ERASED)));
        }
    }

    @Test
    void aValueThatOnlyTheCopysEntryErasedIsToldToBeGone() throws IOException {
        MemoryFileSystem earlier = files.processCrashClone();
        eraseAndBackUp(false, true);
        goBackTo(earlier);
        damage(ERASED);
        RepairReport report = repaired(options);
        assertFalse(report.repaired(), report::toString);
        String sequence = "sequence " + puts.get(ERASED).sequence();
        assertTrue(report.notRepaired().toString().contains(sequence), report::toString);
    }

    /** The entry that erased it may be among what is lost. */
    @Test
    void whileBlocksAreLostNoValueThatIsGoneIsTakenFromACopy() throws IOException {
        eraseAndBackUp(true, false);
        int last = COUNT - 1;
        for (String name : files.list(Workload.ROOT.resolve("ledger"))) {
            Path file = Workload.ROOT.resolve("ledger").resolve(name);
            if (name.endsWith(".seg") && file.compareTo(segment(last)) > 0) {
                files.delete(file);
            }
        }
        files.truncate(segment(last), places.get(last).offset());
        damage(ERASED + 2);
        RepairReport report = repaired(options);
        assertFalse(report.repaired(), report::toString);
        assertFalse(report.losses().isEmpty(), report::toString);
        assertNull(
                ErasureScript.holder(files, values.get(ERASED), path -> path.startsWith(Workload.ROOT + "/ledger/")),
                report::toString);
    }
}
