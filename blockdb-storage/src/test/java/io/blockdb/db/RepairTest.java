package io.blockdb.db;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.base.CorruptionException;
import io.blockdb.base.Seed;
import io.blockdb.io.MemoryFileSystem;
import io.blockdb.io.MemoryFileSystem.UnsyncedPolicy;
import io.blockdb.ledger.LedgerBlock;
import io.blockdb.ledger.LedgerCursor;
import io.blockdb.ledger.ValuePlace;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Repairs of damaged databases: what is built anew, what is mended out of a copy, what is refused, what stays lost. */
class RepairTest {
    private static final Path COPY = Path.of("/mnt/copy");
    private static final CopyProgress QUIET = (done, total) -> {};

    private final Random random = Seed.random();
    private final long seed = random.nextLong();
    private final MemoryFileSystem files = new MemoryFileSystem();
    private final Workload workload = new Workload(files, seed, 0);
    private final List<long[]> frames = new ArrayList<>();

    /** A database of several segments, and a copy of all its bytes. */
    @BeforeEach
    void write() throws IOException {
        workload.run();
        try (BlockDb db = BlockDb.open(Workload.ROOT, options(files).withReadOnly(true));
                LedgerCursor cursor = db.engine().blocksFrom(0)) {
            for (LedgerBlock block; (block = cursor.next()) != null; ) {
                frames.add(new long[] {
                    block.place().segment(), block.place().offset(), block.frameLength(), valuesBegin(block)
                });
            }
        }
        copyAll(Workload.ROOT, COPY);
    }

    private void copyAll(Path from, Path to) throws IOException {
        for (Map.Entry<String, String> each : files.snapshot().entrySet()) {
            if (each.getKey().startsWith(from + "/") && !each.getValue().equals("directory")) {
                Path path = Path.of(each.getKey());
                files.setContent(to.resolve(from.relativize(path)), files.content(path));
            }
        }
    }

    private Options options(MemoryFileSystem disk) {
        return Workload.options(disk, seed);
    }

    private static Path segment(long number) {
        return Workload.ROOT.resolve("ledger").resolve("%010d.seg".formatted(number));
    }

    /** Where in its frame the values of a block begin that are framed by themselves. */
    private static long valuesBegin(LedgerBlock block) {
        long begin = block.frameLength();
        for (int i = 0; i < block.entryCount(); i++) {
            ValuePlace place = block.valuePlace(i);
            begin = place == null
                    ? begin
                    : Math.min(begin, place.offset() - block.place().offset());
        }
        return begin;
    }

    /** Changes a byte of the block of a height, or of a value of it. */
    private void damage(int height) throws IOException {
        damage(height, frames.get(height)[2]);
    }

    /** Changes a byte of the block of a height that is no value's which could be lost alone. */
    private void damageBlock(int height) throws IOException {
        damage(height, frames.get(height)[3]);
    }

    private void damage(int height, long length) throws IOException {
        long[] frame = frames.get(height);
        files.corrupt(segment(frame[0]), frame[1] + 104 + random.nextInt((int) length - 112), 1 << random.nextInt(8));
    }

    private static Map<String, String> findings(String... names) {
        Map<String, String> findings = new LinkedHashMap<>();
        for (String name : names) {
            findings.put(name, "found to be damaged");
        }
        return findings;
    }

    private static String name(long segment) {
        return "ledger/%010d.seg".formatted(segment);
    }

    private RepairReport repair(MemoryFileSystem disk, Map<String, String> findings, boolean copy) throws IOException {
        return Repair.repair(Workload.ROOT, options(disk), findings, copy ? COPY : null, QUIET);
    }

    private void checkWhole(MemoryFileSystem disk) throws IOException {
        VerifyReport report = BlockDb.verify(Workload.ROOT, options(disk), (done, total, blocks) -> {});
        assertTrue(report.valid(), report::toString);
        try (BlockDb db = BlockDb.open(Workload.ROOT, options(disk))) {
            workload.check(db, false);
        }
        disk.assertNoOpenFiles();
    }

    private static void isKept(MemoryFileSystem disk, RepairReport report, String name, byte[] bad) throws IOException {
        Path kept = Workload.ROOT.resolve(report.quarantine()).resolve(name);
        assertEquals(new String(bad, UTF_8), new String(disk.content(kept), UTF_8));
        String text = new String(
                disk.content(Workload.ROOT.resolve(report.quarantine()).resolve("REPORT.json")), UTF_8);
        assertTrue(text.contains(name) && text.contains("\"repaired\""), text);
    }

    @Test
    void aDamagedIndexIsBuiltAnewAndKept() throws IOException {
        for (String name : files.list(Workload.ROOT.resolve("index"))) {
            Path file = Workload.ROOT.resolve("index").resolve(name);
            if (!files.exists(file)) {
                continue;
            }
            files.corrupt(file, random.nextInt((int) files.size(file)), 1);
            byte[] bad = files.content(file);
            RepairReport report = repair(files, findings("index/" + name), false);
            assertTrue(report.repaired(), report::toString);
            isKept(files, report, "index/" + name, bad);
            checkWhole(files);
        }
    }

    @Test
    void anyBlockIsTakenFromACopy() throws IOException {
        for (int height = 0; height < frames.size(); height++) {
            MemoryFileSystem good = files.processCrashClone();
            damage(height);
            long segment = frames.get(height)[0];
            byte[] bad = files.content(segment(segment));
            RepairReport report = repair(files, findings(name(segment)), true);
            assertTrue(report.repaired(), report::toString);
            assertEquals(name(segment), report.steps().get(0).file());
            isKept(files, report, name(segment), bad);
            assertEquals(
                    new String(good.content(segment(segment)), UTF_8),
                    new String(files.content(segment(segment)), UTF_8));
            checkWhole(files);
        }
    }

    @Test
    void severalHolesInSeveralSegments() throws IOException {
        List<String> bad = new ArrayList<>();
        for (int height = 1; height < frames.size(); height += 3) {
            damage(height);
            bad.add(name(frames.get(height)[0]));
        }
        RepairReport report = repair(files, findings(bad.toArray(String[]::new)), true);
        assertTrue(report.repaired(), report::toString);
        checkWhole(files);
    }

    @Test
    void missingSwappedAndCutSegments() throws IOException {
        files.delete(segment(2));
        RepairReport missing = repair(files, findings(name(2)), true);
        assertTrue(missing.repaired(), missing::toString);
        checkWhole(files);
        byte[] one = files.content(segment(1));
        files.setContent(segment(1), files.content(segment(3)));
        files.setContent(segment(3), one);
        RepairReport swapped = repair(files, findings(name(1), name(3)), true);
        assertTrue(swapped.repaired(), swapped::toString);
        checkWhole(files);
        long last = frames.get(frames.size() - 1)[0];
        for (long number : new long[] {2, last}) {
            files.truncate(segment(number), 200);
            RepairReport cut = repair(files, findings(name(number)), true);
            assertTrue(cut.repaired(), cut::toString);
            checkWhole(files);
        }
        files.delete(segment(last));
        RepairReport tail = repair(files, findings(name(last)), true);
        assertTrue(tail.repaired(), tail::toString);
        checkWhole(files);
    }

    /** With all segments gone, what stands beside them still says that there was a ledger, and which. */
    @Test
    void aLedgerWithoutAnySegmentComesBackFromACopy() throws IOException {
        MemoryFileSystem noSegments = files.processCrashClone();
        deleteBelow(noSegments, "ledger", ".seg");
        comesBack(noSegments);
        MemoryFileSystem anchorOnly = files.processCrashClone();
        deleteBelow(anchorOnly, "ledger", "");
        deleteBelow(anchorOnly, "index", "");
        comesBack(anchorOnly);
        MemoryFileSystem manifestOnly = files.processCrashClone();
        deleteBelow(manifestOnly, "ledger", "");
        manifestOnly.delete(Workload.ROOT.resolve("keys/ANCHOR"));
        VerifyReport report = BlockDb.verify(Workload.ROOT, options(manifestOnly), (done, total, blocks) -> {});
        assertFalse(report.valid());
    }

    private static void deleteBelow(MemoryFileSystem disk, String directory, String ending) throws IOException {
        for (String name : disk.list(Workload.ROOT.resolve(directory))) {
            if (name.endsWith(ending)) {
                disk.delete(Workload.ROOT.resolve(directory).resolve(name));
            }
        }
    }

    private void comesBack(MemoryFileSystem disk) throws IOException {
        VerifyReport found = BlockDb.verify(Workload.ROOT, options(disk), (done, total, blocks) -> {});
        assertFalse(found.valid());
        Map<String, String> findings = new LinkedHashMap<>();
        found.failures().forEach(failure -> findings.putIfAbsent(failure.file(), failure.reason()));
        assertTrue(findings.keySet().stream().allMatch(file -> file.startsWith("ledger/")), findings::toString);
        RepairReport alone = repair(disk, findings, false);
        assertFalse(alone.repaired());
        assertEquals(0, alone.losses().get(0).fromHeight(), alone::toString);
        Path other = Path.of("/mnt/other");
        BlockDb.open(other, Workload.options(disk, seed + 1)).close();
        assertThrows(
                BackupRefusedException.class,
                () -> Repair.repair(Workload.ROOT, options(disk), findings, other, QUIET));
        RepairReport report = repair(disk, findings, true);
        assertTrue(report.repaired(), report::toString);
        checkWhole(disk);
    }

    /** The other file stays as it is and is told; that is no reason to leave the database without an index. */
    @Test
    void theIndexIsBuiltAnewAlsoWhereAnotherFileStaysDamaged() throws IOException {
        String sstable = files.list(Workload.ROOT.resolve("index")).stream()
                .filter(name -> name.endsWith(".sst"))
                .findFirst()
                .orElseThrow();
        Path file = Workload.ROOT.resolve("index").resolve(sstable);
        files.corrupt(file, files.size(file) / 2, 1);
        files.setContent(Workload.ROOT.resolve("BACKUPS"), "no line of a backup\n".getBytes(UTF_8));
        RepairReport report = repair(files, findings("index/" + sstable, "BACKUPS"), false);
        assertFalse(report.repaired());
        assertEquals(1, report.notRepaired().size(), report::toString);
        assertTrue(files.exists(Workload.ROOT.resolve("index/MANIFEST")));
        VerifyReport left = BlockDb.verify(Workload.ROOT, options(files), (done, total, blocks) -> {});
        assertEquals(
                List.of("BACKUPS"),
                left.failures().stream().map(VerifyReport.Failure::file).toList(),
                left::toString);
    }

    @Test
    void whatIsLostIsNamedAlsoBesideAnIndexThatCannotBeRead() throws IOException {
        int height = frames.size() / 2;
        damageBlock(height);
        for (String name : files.list(Workload.ROOT.resolve("index"))) {
            for (byte[] instead : new byte[][] {null, "something else altogether".getBytes(UTF_8)}) {
                MemoryFileSystem disk = files.processCrashClone();
                Path file = Workload.ROOT.resolve("index").resolve(name);
                if (instead == null) {
                    disk.delete(file);
                } else {
                    disk.setContent(file, instead);
                }
                RepairReport report = repair(disk, findings(name(frames.get(height)[0]), "index/" + name), false);
                assertFalse(report.repaired());
                assertEquals(height, report.losses().get(0).fromHeight(), report::toString);
            }
        }
    }

    /** What stands under the name of another segment is not made one of its own by a header: values would be read out of it. */
    @Test
    void aSegmentUnderAnothersNameIsNeverGivenItsHeader() throws IOException {
        byte[] one = files.content(segment(2));
        byte[] other = files.content(segment(3));
        files.setContent(segment(2), other);
        files.setContent(segment(3), one);
        RepairReport alone = repair(files, findings(name(2), name(3)), false);
        assertFalse(alone.repaired());
        assertEquals(List.of(), alone.steps());
        assertArrayEquals(other, files.content(segment(2)));
        // A copy that holds the first block of the segment alone: of the other segment nothing may be left behind it.
        long[] second = frames.stream()
                .filter(frame -> frame[0] == 2)
                .skip(1)
                .findFirst()
                .orElseThrow();
        files.truncate(COPY.resolve("ledger").resolve(segment(2).getFileName()), second[1]);
        files.truncate(COPY.resolve("ledger").resolve(segment(3).getFileName()), 0);
        repair(files, findings(name(2), name(3)), true);
        byte[] left = files.content(segment(2));
        if (!Arrays.equals(other, left)) {
            assertEquals(second[1], left.length);
        }
    }

    @Test
    void headersAndSealsAreMadeAgainWithoutACopy() throws IOException {
        for (long offset :
                new long[] {0, 13, 20, 30, 50, 90, files.size(segment(2)) - 80, files.size(segment(2)) - 1}) {
            byte[] good = files.content(segment(2));
            files.corrupt(segment(2), offset, 8);
            RepairReport report = repair(files, findings(name(2)), false);
            assertTrue(report.repaired(), offset + ": " + report);
            assertEquals(new String(good, UTF_8), new String(files.content(segment(2)), UTF_8));
            checkWhole(files);
        }
    }

    @Test
    void withoutACopyWhatIsLostIsNamed() throws IOException {
        int height = frames.size() / 2;
        damageBlock(height);
        Map<String, String> before = Map.copyOf(files.snapshot());
        RepairReport report = repair(files, findings(name(frames.get(height)[0])), false);
        assertFalse(report.repaired());
        assertEquals(1, report.losses().size(), report::toString);
        RepairReport.Loss loss = report.losses().get(0);
        assertEquals(height, loss.fromHeight());
        assertEquals(height + 1, loss.toHeight());
        assertTrue(loss.toSequence() > loss.fromSequence());
        assertEquals(loss.toSequence() - loss.fromSequence(), loss.keys().size(), report::toString);
        assertTrue(new String(loss.keys().get(0).key(), UTF_8).startsWith("m"), report::toString);
        for (Map.Entry<String, String> file : before.entrySet()) {
            if (!file.getKey().endsWith("OWNER") && !file.getKey().endsWith("LOCK")) {
                assertEquals(file.getValue(), files.snapshot().get(file.getKey()), file.getKey());
            }
        }
        assertEquals(height, readable(files));
    }

    /** How many blocks of the ledger can be read from its begin on. */
    private long readable(MemoryFileSystem disk) throws IOException {
        try (BlockDb db = BlockDb.open(Workload.ROOT, options(disk).withReadOnly(true));
                LedgerCursor cursor = db.engine().blocksFrom(0)) {
            long good = 0;
            for (LedgerBlock block; (block = cursor.next()) != null; good++) {
                block.checkEntriesRoot();
                block.checkValues();
            }
            throw new AssertionError("all " + good + " blocks can be read");
        } catch (CorruptionException damage) {
            return blocksBefore(disk, damage);
        }
    }

    private long blocksBefore(MemoryFileSystem disk, CorruptionException damage) {
        assertTrue(disk.snapshot().containsKey(Workload.ROOT + "/" + damage.file()), damage::toString);
        return frames.stream()
                .filter(frame -> name(frame[0]).compareTo(damage.file()) < 0
                        || (name(frame[0]).equals(damage.file()) && frame[1] + frame[2] <= damage.offset()))
                .count();
    }

    @Test
    void aCopyThatEndsEarlierMendsWhatItCan() throws IOException {
        int first = frames.size() / 3;
        int second = frames.size() - 2;
        damage(first);
        damageBlock(second);
        long last = frames.get(second)[0];
        files.truncate(COPY.resolve("ledger").resolve(segment(last).getFileName()), 96);
        RepairReport report = repair(files, findings(name(frames.get(first)[0]), name(last)), true);
        assertFalse(report.repaired());
        assertEquals(second, report.losses().get(0).fromHeight(), report::toString);
        assertEquals(1, report.losses().size(), report::toString);
        assertEquals(second, readable(files));
    }

    @Test
    void aDamagedCopyGivesNothingBad() throws IOException {
        for (int i = 0; i < 30; i++) {
            int height = random.nextInt(frames.size());
            MemoryFileSystem disk = files.processCrashClone();
            long[] frame = frames.get(height);
            long offset = frame[1] + random.nextInt((int) frame[2]);
            disk.corrupt(segment(frame[0]), frame[1] + 104, 1);
            disk.corrupt(COPY.resolve("ledger").resolve(segment(frame[0]).getFileName()), offset, 1);
            RepairReport report = repair(disk, findings(name(frame[0])), true);
            assertFalse(report.repaired(), "block " + height + " at " + offset + ": " + report);
        }
    }

    @Test
    void aForeignCopyIsRefused() throws IOException {
        damage(3);
        Path other = Path.of("/mnt/other");
        BlockDb.open(other, Workload.options(files, seed + 1)).close();
        Map<String, String> before = Map.copyOf(files.snapshot());
        assertThrows(
                BackupRefusedException.class,
                () -> Repair.repair(Workload.ROOT, options(files), findings(name(1)), other, QUIET));
        assertEquals(before, Map.copyOf(files.snapshot()));
    }

    @Test
    void theEndOfTheLedgerNeedsEvidence() throws IOException {
        int height = frames.size() - 1;
        damageBlock(height);
        // Nothing says any more which block was the last: what the copy holds cannot prove itself.
        files.delete(Workload.ROOT.resolve("ledger/HEAD"));
        files.delete(Workload.ROOT.resolve("index/MANIFEST"));
        files.delete(Workload.ROOT.resolve("keys/ANCHOR"));
        RepairReport report = repair(files, findings(name(frames.get(height)[0])), true);
        assertEquals(List.of(), report.losses(), report::toString);
        try (BlockDb db = BlockDb.open(Workload.ROOT, options(files))) {
            assertEquals(height, db.engine().published().blocks());
        }
    }

    @Test
    void aCrashAtAnyOperationIsCompletedByTheNextRepair() throws IOException {
        damage(4);
        damage(frames.size() - 3);
        String sstable = files.list(Workload.ROOT.resolve("index")).get(0);
        Path file = Workload.ROOT.resolve("index").resolve(sstable);
        files.corrupt(file, files.size(file) / 2, 1);
        Map<String, String> all =
                findings(name(frames.get(4)[0]), name(frames.get(frames.size() - 3)[0]), "index/" + sstable);
        MemoryFileSystem counted = files.processCrashClone();
        long before = counted.mutations();
        assertTrue(repair(counted, all, true).repaired());
        long mutations = counted.mutations() - before;
        for (long n = 1; n <= mutations; n++) {
            MemoryFileSystem disk = files.processCrashClone();
            disk.crashAt(n, random);
            assertThrows(IOException.class, () -> repair(disk, all, true));
            for (UnsyncedPolicy policy : UnsyncedPolicy.values()) {
                MemoryFileSystem found = disk.crashClone(policy, random);
                VerifyReport report = BlockDb.verify(Workload.ROOT, options(found), (done, total, blocks) -> {});
                Map<String, String> left = new LinkedHashMap<>(findings(report.failures().stream()
                        .map(VerifyReport.Failure::file)
                        .toArray(String[]::new)));
                if (found.exists(file)) {
                    left.put("index/" + sstable, "still there");
                }
                for (int i = 0; i < 3 && !repair(found, left, true).repaired(); i++) {
                    left.putAll(all);
                }
                checkWhole(found);
                assertEquals(List.of(), Quarantine.unfinished(found, Workload.ROOT));
            }
        }
    }
}
