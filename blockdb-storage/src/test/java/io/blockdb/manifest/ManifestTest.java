package io.blockdb.manifest;

import static io.blockdb.manifest.Versions.LEDGER;
import static io.blockdb.manifest.Versions.file;
import static io.blockdb.manifest.Versions.point;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.base.ByteWriter;
import io.blockdb.base.CorruptionException;
import io.blockdb.base.Seed;
import io.blockdb.base.UnsupportedFormatException;
import io.blockdb.io.MemoryFileSystem;
import io.blockdb.io.MemoryFileSystem.UnsyncedPolicy;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

/** The manifest's bytes, what damage does to them, and crashes in the middle of an edit. */
final class ManifestTest {
    private static final Path INDEX = Path.of("/db/index");

    @Test
    void readsAndWritesTheGoldenFile() throws IOException {
        byte[] golden = goldenBytes();
        assertVersion(Versions.golden(), ManifestFormat.decode(golden));
        assertArrayEquals(golden, ManifestFormat.encode(Versions.golden()).toBytes());
    }

    private static byte[] goldenBytes() throws IOException {
        try (InputStream in = ManifestTest.class.getResourceAsStream("/golden/manifest-v1")) {
            assertNotNull(in, "the golden file");
            return in.readAllBytes();
        }
    }

    private static void assertVersion(Version expected, Version found) {
        assertNotNull(found);
        assertEquals(expected.number(), found.number());
        assertEquals(expected.files(), found.files());
        assertEquals(expected.ledgerId(), found.ledgerId());
        assertEquals(expected.reached(), found.reached());
        assertEquals(expected.nextFileNumber(), found.nextFileNumber());
        assertEquals(expected.erasuresDoneThrough(), found.erasuresDoneThrough());
    }

    @Test
    void readsBackWhatItWrote() throws IOException {
        MemoryFileSystem files = fileSystem();
        assertNull(Manifest.read(files, INDEX));
        Version version = Version.empty();
        for (int i = 1; i <= 20; i++) {
            Manifest.write(files, INDEX, version);
            assertVersion(version, Manifest.read(files, INDEX));
            version = version.afterFlush(List.of(file(i, 0, "a", "b" + i, 10L * i, 10L * i + 9)), LEDGER, point(i));
        }
        assertEquals(List.of(Manifest.FILE_NAME), files.list(INDEX));
        files.assertNoOpenFiles();
    }

    @Test
    void noticesEveryByteChanged() throws IOException {
        byte[] golden = goldenBytes();
        Random random = Seed.random();
        for (int i = 0; i < golden.length; i++) {
            for (int xor : new int[] {1, 0x80, 0xff, 1 + random.nextInt(255)}) {
                byte[] damaged = golden.clone();
                damaged[i] ^= (byte) xor;
                assertThrows(CorruptionException.class, () -> ManifestFormat.decode(damaged), "byte " + i);
            }
        }
    }

    @Test
    void noticesEveryTruncationAndExtension() throws IOException {
        byte[] golden = goldenBytes();
        for (int length = 0; length < golden.length; length++) {
            byte[] cut = Arrays.copyOf(golden, length);
            assertThrows(CorruptionException.class, () -> ManifestFormat.decode(cut), "length " + length);
        }
        for (int more : new int[] {1, 4, 100}) {
            byte[] longer = Arrays.copyOf(golden, golden.length + more);
            assertThrows(CorruptionException.class, () -> ManifestFormat.decode(longer), more + " more");
        }
    }

    @Test
    void tellsTooNewAndForeignFilesFromDamage() throws IOException {
        ByteWriter newer = new ByteWriter(64);
        newer.bytes(goldenBytes(), 0, 8).i32(2).i64(99);
        CRC32C crc = new CRC32C();
        crc.update(newer.array(), 0, newer.size());
        newer.i32((int) crc.getValue()).bytes(new byte[30]);
        UnsupportedFormatException tooNew =
                assertThrows(UnsupportedFormatException.class, () -> ManifestFormat.decode(newer.toBytes()));
        assertEquals(
                "index/MANIFEST: format version 2 is too new: use a newer BlockDB (this version reads 1 to 1)",
                tooNew.getMessage());

        byte[] leveldb = Versions.bytes("MANIFEST-000001 of some other program\n");
        assertThrows(UnsupportedFormatException.class, () -> ManifestFormat.decode(leveldb));
        assertThrows(UnsupportedFormatException.class, () -> ManifestFormat.decode(Versions.bytes("short")));
    }

    @Test
    void refusesAWholeManifestThatBreaksARule() throws IOException {
        byte[] bytes = goldenBytes();
        // The level of the first SSTable, behind header, two numbers, the flag, the ledger, the point and the count.
        int level = 24 + 16 + 4 + 16 + 104 + 4;
        bytes[level + 3] = 3;
        bytes[level + 4 + 7] = 5;
        CRC32C crc = new CRC32C();
        crc.update(bytes, 12, 8);
        crc.update(bytes, 24, bytes.length - 28);
        ByteWriter sealed = new ByteWriter(bytes.length);
        sealed.bytes(bytes, 0, bytes.length - 4).i32((int) crc.getValue());
        CorruptionException broken =
                assertThrows(CorruptionException.class, () -> ManifestFormat.decode(sealed.toBytes()));
        assertTrue(broken.getMessage().contains("there is another of this number"), broken.getMessage());
    }

    @Test
    void aCrashAnywhereLeavesTheOldOrTheNewVersion() throws IOException {
        Version old = Versions.golden();
        Version edited = old.afterFlush(List.of(file(21, 0, "a", "b", 1000, 1009)), LEDGER, point(43));
        for (boolean leftover : new boolean[] {false, true}) {
            long mutations = crashAt(Long.MAX_VALUE, old, edited, leftover, UnsyncedPolicy.DROP_ALL);
            assertTrue(mutations >= 5, "create, write, sync, rename, sync: " + mutations);
            for (long n = 1; n <= mutations; n++) {
                for (UnsyncedPolicy policy : UnsyncedPolicy.values()) {
                    crashAt(n, old, edited, leftover, policy);
                }
            }
        }
    }

    /** Returns how many mutating operations the edit took. */
    private static long crashAt(long n, Version old, Version edited, boolean leftover, UnsyncedPolicy policy)
            throws IOException {
        Random random = Seed.random();
        MemoryFileSystem files = fileSystem();
        Manifest.write(files, INDEX, old);
        if (leftover) {
            files.setContent(INDEX.resolve(Manifest.TEMPORARY_NAME), new byte[10_000]);
        }
        long before = files.mutations();
        if (n < Long.MAX_VALUE) {
            files.crashAt(n, random);
            assertThrows(IOException.class, () -> Manifest.write(files, INDEX, edited));
        } else {
            Manifest.write(files, INDEX, edited);
        }
        long mutations = files.mutations() - before;
        files.assertNoOpenFiles();
        for (int i = 0; i < (policy == UnsyncedPolicy.DROP_RANDOM ? 10 : 1); i++) {
            MemoryFileSystem after = files.crashClone(policy, random);
            Version found = Manifest.read(after, INDEX);
            assertNotNull(found);
            boolean isNew = found.number() == edited.number();
            assertTrue(isNew || n < Long.MAX_VALUE, "an edit that returned is safe");
            assertVersion(isNew ? edited : old, found);
            Manifest.write(after, INDEX, edited);
            assertVersion(edited, Manifest.read(after, INDEX));
        }
        return mutations;
    }

    @Test
    void aFailureAnywhereIsReportedAndLeavesTheOldOrTheNewVersion() throws IOException {
        Version old = Versions.golden();
        Version edited = old.givenUp();
        for (long n = 1; n <= 6; n++) {
            MemoryFileSystem files = fileSystem();
            Manifest.write(files, INDEX, old);
            files.failOperation(n);
            assertThrows(IOException.class, () -> Manifest.write(files, INDEX, edited), "operation " + n);
            files.clearFaults();
            files.assertNoOpenFiles();
            Version found = Manifest.read(files, INDEX);
            assertNotNull(found);
            assertVersion(found.number() == edited.number() ? edited : old, found);
        }
    }

    private static MemoryFileSystem fileSystem() throws IOException {
        MemoryFileSystem files = new MemoryFileSystem();
        files.createDirectories(INDEX);
        files.syncDirectory(INDEX);
        files.syncDirectory(Path.of("/db"));
        files.syncDirectory(Path.of("/"));
        return files;
    }
}
