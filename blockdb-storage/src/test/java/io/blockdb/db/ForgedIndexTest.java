package io.blockdb.db;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.base.EntryCursor;
import io.blockdb.base.TableName;
import io.blockdb.compaction.CompactionRun;
import io.blockdb.io.MemoryFileSystem;
import io.blockdb.io.MemoryFileSystem.UnsyncedPolicy;
import io.blockdb.manifest.Manifest;
import io.blockdb.manifest.SstableInfo;
import io.blockdb.manifest.Version;
import io.blockdb.sstable.PageCache;
import io.blockdb.sstable.Sstable;
import io.blockdb.sstable.SstableFormat;
import io.blockdb.sstable.SstableOptions;
import io.blockdb.sstable.SstableWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Somebody writes an SSTable anew, with other entries and every checksum right, and has the manifest name it: what the index says
 * is held against the ledger.
 */
class ForgedIndexTest {
    private static final Path ROOT = Workload.ROOT;
    private static final TableName USERS = TableName.of("users");
    private static final int KEYS = 300;

    private final MemoryFileSystem disk = new MemoryFileSystem();

    /** An entry of an SSTable. */
    private record Entry(byte[] key, long sequence, byte[] value) {}

    /** Changes the entries of an SSTable. */
    private interface Change {
        void apply(List<Entry> entries, int target);
    }

    private static Options options(MemoryFileSystem files) {
        return Workload.options(files, 1).withMemtableSizeLimit(8 << 10).withSegmentSize(1 << 20);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    @BeforeEach
    void write() throws IOException {
        try (BlockDb db = BlockDb.open(ROOT, options(disk))) {
            db.createTable(USERS, TablePolicy.VERSIONED, false);
            for (int i = 0; i < KEYS; i++) {
                db.put(TableName.DEFAULT, bytes("key%03d".formatted(i)), bytes("value " + i));
                db.put(USERS, bytes("user" + i % 7), bytes("revision " + i));
            }
            new Quiet(db).await();
        }
    }

    private static VerifyReport verify(MemoryFileSystem files, VerifyScope scope) throws IOException {
        VerifyReport report = BlockDb.verify(ROOT, options(files), scope, (done, total, blocks) -> {});
        files.assertNoOpenFiles();
        return report;
    }

    /** Writes the SSTable anew that holds a sequence. */
    private MemoryFileSystem forge(long sequence, Change change) throws IOException {
        MemoryFileSystem forged = disk.crashClone(UnsyncedPolicy.DROP_NONE, new Random(1));
        Version version = assertNotNull2(Manifest.read(forged, ROOT.resolve("index")));
        for (SstableInfo file : version.files()) {
            List<Entry> entries = entries(forged, file);
            int target = -1;
            for (int i = 0; i < entries.size(); i++) {
                target = entries.get(i).sequence() == sequence ? i : target;
            }
            if (target >= 0) {
                change.apply(entries, target);
                long number = version.nextFileNumber();
                SstableInfo written = write(forged, number, file.level(), entries);
                Manifest.write(forged, ROOT.resolve("index"), version.afterCompaction(List.of(file), List.of(written)));
                return forged;
            }
        }
        throw new AssertionError("no SSTable holds sequence " + sequence);
    }

    private static Version assertNotNull2(Version version) {
        assertNotNull(version);
        return version;
    }

    private static List<Entry> entries(MemoryFileSystem files, SstableInfo file) throws IOException {
        List<Entry> entries = new ArrayList<>();
        try (Sstable table = Sstable.open(
                        files, SstableFormat.path(ROOT, file.fileNumber()), file.fileNumber(), new PageCache(0));
                EntryCursor cursor = table.cursor()) {
            for (boolean there = cursor.first(); there; there = cursor.next()) {
                entries.add(new Entry(
                        Arrays.copyOfRange(
                                cursor.keyArray(), cursor.keyOffset(), cursor.keyOffset() + cursor.keyLength()),
                        cursor.sequence(),
                        Arrays.copyOfRange(
                                cursor.valueArray(),
                                cursor.valueOffset(),
                                cursor.valueOffset() + cursor.valueLength())));
            }
        }
        return entries;
    }

    private static SstableInfo write(MemoryFileSystem files, long number, int level, List<Entry> entries)
            throws IOException {
        try (SstableWriter writer =
                new SstableWriter(files, SstableFormat.path(ROOT, number), number, SstableOptions.DEFAULT)) {
            for (Entry entry : entries) {
                writer.add(
                        entry.key(), 0, entry.key().length, entry.sequence(), entry.value(), 0, entry.value().length);
            }
            return CompactionRun.info(writer.finish(), level);
        }
    }

    /** The sequence of {@code key100}. */
    private long target() throws IOException {
        try (BlockDb db = BlockDb.open(ROOT, options(disk).withReadOnly(true).withMemtableSizeLimit(1 << 20))) {
            return assertFound(db.find(TableName.DEFAULT, bytes("key100"))).sequence();
        }
    }

    private static Revision assertFound(Revision revision) {
        assertNotNull(revision);
        return revision;
    }

    @Test
    void theDatabaseIsGoodAlsoWhenAnSstableIsWrittenAnewAlike() throws IOException {
        assertTrue(verify(disk, VerifyScope.ALL).valid());
        MemoryFileSystem same = forge(target(), (entries, at) -> {});
        VerifyReport report = verify(same, VerifyScope.ALL);
        assertTrue(report.valid(), report::toString);
    }

    @Test
    void aValueThatWasChanged() throws IOException {
        long sequence = target();
        MemoryFileSystem forged = forge(sequence, (entries, at) -> {
            byte[] value = entries.get(at).value().clone();
            value[value.length - 1] ^= 1;
            entries.set(at, new Entry(entries.get(at).key(), sequence, value));
        });
        // The answer is wrong, and no checksum says so.
        try (BlockDb db = BlockDb.open(ROOT, options(forged).withReadOnly(true).withMemtableSizeLimit(1 << 20))) {
            assertArrayEquals(bytes("value 101"), db.get(bytes("key100")));
        }
        for (VerifyScope scope : List.of(
                VerifyScope.ALL,
                VerifyScope.ALL.withTable(TableName.DEFAULT),
                VerifyScope.ALL.withKey(TableName.DEFAULT, bytes("key100")),
                new VerifyScope(20, false))) {
            VerifyReport report = verify(forged, scope);
            assertEquals(1, report.failures().size(), report::toString);
            VerifyReport.Failure failure = report.failures().get(0);
            assertTrue(failure.file().matches("index/[0-9]{6}\\.sst"), report::toString);
            assertTrue(failure.offset() >= 24);
            assertEquals(sequence, failure.sequence());
            assertEquals(TableName.DEFAULT, failure.table());
            assertArrayEquals(bytes("key100"), failure.key());
            assertTrue(String.valueOf(failure.expected()).contains("hex 76616c756520313030"), report::toString);
            assertTrue(String.valueOf(failure.found()).contains("hex 76616c756520313031"), report::toString);
        }
        assertTrue(verify(forged, VerifyScope.ALL.withTable(USERS)).valid());
        assertTrue(verify(forged, VerifyScope.ALL.withKey(TableName.DEFAULT, bytes("key101")))
                .valid());
        assertTrue(verify(forged, new VerifyScope(0, true)).valid());
    }

    @Test
    void aKeyThatWasChanged() throws IOException {
        long sequence = target();
        MemoryFileSystem forged = forge(sequence, (entries, at) -> {
            byte[] key = Arrays.copyOf(entries.get(at).key(), entries.get(at).key().length + 1);
            key[key.length - 1] = 'x';
            entries.set(at, new Entry(key, sequence, entries.get(at).value()));
        });
        VerifyReport report = verify(forged, VerifyScope.ALL);
        assertEquals(1, report.failures().size(), report::toString);
        assertTrue(report.failures().get(0).reason().contains("another key"), report::toString);
    }

    @Test
    void anEntryThatIsMissingWithAnotherThereTwice() throws IOException {
        long sequence = target();
        MemoryFileSystem forged = forge(sequence, (entries, at) -> {
            Entry other = entries.get(at == 0 ? 1 : at - 1);
            byte[] key = Arrays.copyOf(other.key(), other.key().length + 1);
            entries.remove(at);
            int place = entries.indexOf(other) + 1;
            entries.add(place, new Entry(key, other.sequence(), other.value()));
        });
        VerifyReport report = verify(forged, VerifyScope.ALL);
        assertEquals(2, report.failures().size(), report::toString);
        assertTrue(report.failures().toString().contains("another key"), report::toString);
        assertTrue(report.failures().toString().contains("an entry is missing"), report::toString);
    }

    @Test
    void anEntryOfASequenceThatTheIndexDoesNotReach() throws IOException {
        MemoryFileSystem forged = forge(target(), (entries, at) -> {
            Entry old = entries.get(at);
            entries.set(at, new Entry(old.key(), 1_000_000, old.value()));
        });
        VerifyReport report = verify(forged, VerifyScope.ALL);
        assertEquals(1, report.failures().size(), report::toString);
        assertTrue(report.failures().get(0).reason().contains("sequence 1000000"), report::toString);
    }
}
