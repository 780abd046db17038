package io.blockdb.sstable;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.base.ByteWriter;
import io.blockdb.base.CorruptionException;
import io.blockdb.base.EntryCursor;
import io.blockdb.base.IndexHit;
import io.blockdb.base.Seed;
import io.blockdb.base.TableName;
import io.blockdb.base.UnsupportedFormatException;
import io.blockdb.io.DiskFileSystem;
import io.blockdb.io.MemoryFileSystem;
import io.blockdb.io.WritableFile;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Damage of every kind is named, and never answered with something wrong or with "not there". */
final class SstableCorruptionTest {
    private static final Path FILE = Path.of("/000005.sst");
    private static final TableName TABLE = TableName.DEFAULT;

    private final MemoryFileSystem files = new MemoryFileSystem();
    private final Random random = Seed.random();
    private Oracle oracle;
    private byte[] good;

    @BeforeEach
    void write() throws IOException {
        oracle = new Oracle();
        for (int i = 0; i < 60; i++) {
            byte[] key = TABLE.indexKey(Oracle.bytes(random, 1 + random.nextInt(6)));
            oracle.entries.put(new Oracle.At(key, i), new byte[random.nextInt(40)]);
        }
        oracle.write(files, FILE, 5, new SstableOptions(256, 4, 8, true));
        good = files.content(FILE);
    }

    private Sstable open() throws IOException {
        return Sstable.open(files, FILE, 5, new PageCache(1 << 20));
    }

    @Test
    void everyFlippedByteIsNoticed() throws IOException {
        int readAll = 0;
        for (int at = 0; at < good.length; at++) {
            byte[] bad = good.clone();
            bad[at] ^= (byte) (1 << random.nextInt(8));
            files.setContent(FILE, bad);
            readAll += readsRightOrFails() ? 1 : 0;
            assertThrows(CorruptionException.class, this::verify, "byte " + at);
        }
        assertEquals(0, readAll, "flips that no read came upon");
    }

    private void verify() throws IOException {
        SstableVerifier.verify(files, FILE, 5, SstableSink.NONE);
    }

    /** Reads everything in every way; returns whether all of that succeeded. */
    private boolean readsRightOrFails() throws IOException {
        boolean allRead = true;
        try (Sstable table = open()) {
            for (Map.Entry<Oracle.At, byte[]> entry : oracle.entries.entrySet()) {
                allRead &= getsRightOrFails(table, entry);
            }
            allRead &= scansRightOrFails(table.cursor());
            return allRead;
        } catch (CorruptionException e) {
            assertEquals("000005.sst", e.file());
            assertTrue(e.offset() >= 0 && e.offset() <= good.length);
            return false;
        }
    }

    private static boolean getsRightOrFails(Sstable table, Map.Entry<Oracle.At, byte[]> entry) throws IOException {
        try {
            IndexHit hit = table.get(entry.getKey().key(), entry.getKey().sequence());
            assertNotNull(hit, "an entry was denied");
            assertEquals(entry.getKey().sequence(), hit.sequence());
            assertArrayEquals(
                    entry.getValue(), Arrays.copyOfRange(hit.array(), hit.offset(), hit.offset() + hit.length()));
            return true;
        } catch (CorruptionException e) {
            return false;
        }
    }

    private boolean scansRightOrFails(EntryCursor cursor) throws IOException {
        try (cursor) {
            boolean at = cursor.first();
            for (Map.Entry<Oracle.At, byte[]> entry : oracle.entries.entrySet()) {
                Oracle.assertAt(entry, cursor, at);
                at = cursor.next();
            }
            return true;
        } catch (CorruptionException e) {
            assertThrows(IllegalStateException.class, cursor::next, "a cursor that failed is at no entry");
            return false;
        }
    }

    @Test
    void everyTruncationIsNoticed() throws IOException {
        for (int length = 0; length < good.length; length++) {
            files.setContent(FILE, Arrays.copyOf(good, length));
            assertThrows(CorruptionException.class, this::open, "cut to " + length);
            assertThrows(CorruptionException.class, this::verify, "cut to " + length);
        }
        files.setContent(FILE, Arrays.copyOf(good, good.length + 1));
        assertThrows(CorruptionException.class, this::open);
        files.assertNoOpenFiles();
    }

    @Test
    void aFileThatShrinksUnderItsReadersIsDamaged() throws IOException {
        try (Sstable table = open()) {
            files.truncate(FILE, SstableFormat.HEADER_LENGTH);
            byte[] key = oracle.entries.firstKey().key();
            CorruptionException damage = assertThrows(CorruptionException.class, () -> table.get(key, Long.MAX_VALUE));
            assertTrue(damage.file().contains("000005.sst"));
            assertThrows(CorruptionException.class, () -> table.cursor().first());
        }
    }

    @Test
    @Tag("no-flags")
    void aMappedFileOfTheDiskThatShrinksDoesNotEndTheProcess(@TempDir Path directory) throws IOException {
        Path path = directory.resolve("000005.sst");
        DiskFileSystem disk = new DiskFileSystem();
        Oracle large = Oracle.random(random, 20_000, TABLE);
        large.write(disk, path, 5, SstableOptions.DEFAULT);
        try (Sstable table = Sstable.open(disk, path, 5, new PageCache(0));
                FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
            channel.truncate(SstableFormat.HEADER_LENGTH);
            for (Oracle.At at : large.entries.keySet()) {
                assertThrows(CorruptionException.class, () -> table.get(at.key(), at.sequence()));
            }
        }
    }

    @Test
    void aSwappedFileIsNoticed() throws IOException {
        CorruptionException swapped =
                assertThrows(CorruptionException.class, () -> Sstable.open(files, FILE, 6, new PageCache(0)));
        assertTrue(swapped.getMessage().contains("expected file number 6, found 5"), swapped.getMessage());
    }

    @Test
    void aPageOfAnotherFileIsNoticed() throws IOException {
        Path other = Path.of("/000006.sst");
        oracle.write(files, other, 6, new SstableOptions(256, 4, 8, true));
        byte[] foreign = files.content(other);
        assertEquals(good.length, foreign.length);
        // The first page: same bytes, same place, other file.
        byte[] mixed = good.clone();
        System.arraycopy(foreign, SstableFormat.HEADER_LENGTH, mixed, SstableFormat.HEADER_LENGTH, 100);
        files.setContent(FILE, mixed);
        assertThrows(CorruptionException.class, this::verify);
    }

    @Test
    void aNewerVersionIsNotDamage() throws IOException {
        byte[] newer = good.clone();
        ByteWriter header = new ByteWriter(24);
        header.i64(SstableFormat.MAGIC).i32(SstableFormat.VERSION + 1).i64(5);
        header.i32(SstableFormat.checksum(header.array(), 0, header.size()));
        System.arraycopy(header.array(), 0, newer, 0, header.size());
        files.setContent(FILE, newer);
        UnsupportedFormatException refused = assertThrows(UnsupportedFormatException.class, this::open);
        assertTrue(refused.getMessage().contains("too new"), refused.getMessage());
        assertThrows(UnsupportedFormatException.class, this::verify);
    }

    @Test
    void aFileOfAnotherProgramIsNotDamage() throws IOException {
        files.setContent(
                FILE,
                "#!/bin/sh\necho something else, and long enough to be looked at as a table\n"
                        .getBytes(StandardCharsets.UTF_8));
        UnsupportedFormatException refused = assertThrows(UnsupportedFormatException.class, this::open);
        assertTrue(refused.getMessage().contains("not an SSTable"), refused.getMessage());
        files.assertNoOpenFiles();
    }

    @Test
    void verifyDistrustsWhatHasAGoodChecksum() throws IOException {
        byte[] key = {1};
        files.setContent(FILE, handMade(key, 0));
        verify();
        for (int wrong = 1; wrong <= 3; wrong++) {
            files.setContent(FILE, handMade(key, wrong));
            CorruptionException damage = assertThrows(CorruptionException.class, this::verify, "wrong " + wrong);
            assertEquals("000005.sst", damage.file());
        }
    }

    /** A file of one entry; {@code wrong}: 0 nothing, 1 the entry count, 2 an empty filter, 3 a restart at no entry. */
    private byte[] handMade(byte[] key, int wrong) throws IOException {
        Path path = Path.of("/made.sst");
        try (WritableFile file = files.create(path)) {
            FrameWriter frames = new FrameWriter(file, 5);
            frames.append(SstableMetadata.header(5));
            ByteWriter page = new ByteWriter(64);
            page.varint(0).varint(1).varint(0).varint(9).bytes(key);
            page.i32(wrong == 3 ? 1 : 0).i32(1);
            FrameRef root = frames.appendFrame(SstableFormat.KIND_DATA, page.array(), page.size(), false);
            BloomFilter.Builder filter = new BloomFilter.Builder();
            filter.add(BloomFilter.hash(key, 0, 1));
            byte[] chunk = wrong == 2 ? new byte[64] : filter.build(8)[0];
            FrameRef at = frames.appendFrame(SstableFormat.KIND_FILTER, chunk, chunk.length, false);
            ByteWriter properties = new SstableMetadata(
                            new SstableSummary(5, 0, wrong == 1 ? 2 : 1, key, key, 9, 9),
                            1,
                            1,
                            root,
                            0,
                            at.offset(),
                            1,
                            at)
                    .encode();
            FrameRef end =
                    frames.appendFrame(SstableFormat.KIND_PROPERTIES, properties.array(), properties.size(), false);
            frames.append(SstableMetadata.footer(5, end));
            frames.flush();
        }
        byte[] content = files.content(path);
        files.delete(path);
        return content;
    }
}
