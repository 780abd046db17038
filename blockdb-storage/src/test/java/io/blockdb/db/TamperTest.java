package io.blockdb.db;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.base.Seed;
import io.blockdb.io.MemoryFileSystem;
import io.blockdb.io.MemoryFileSystem.UnsyncedPolicy;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Somebody changes a file of a database that was closed: {@code verify} finds it, and names the file.
 *
 * <p>The default build flips {@code blockdb.tamper.rounds} bits (600); {@link #everyBitOfEveryFile}, tagged {@code soak}, one of each
 * byte. What alters no answer and no proof is listed in {@link #matters}, each with its reason.
 */
@Timeout(1800)
class TamperTest {
    private static final int ROUNDS = Integer.getInteger("blockdb.tamper.rounds", 600);

    private static final Path BACKUP = Path.of("/backup");

    private final Random random = Seed.random();
    private final long seed = random.nextLong();
    private final MemoryFileSystem disk = new MemoryFileSystem();
    private final Workload workload = new Workload(disk, seed, 0);
    private MemoryFileSystem earlier = disk;

    @BeforeEach
    void write() throws IOException {
        workload.open();
        workload.createTables();
        workload.write(22);
        workload.close();
        earlier = disk.crashClone(UnsyncedPolicy.DROP_NONE, random);
        workload.open();
        workload.write(11);
        workload.db().backup(BACKUP, BackupOptions.DEFAULT, (done, total) -> {});
        workload.close();
    }

    private MemoryFileSystem copy() {
        return disk.crashClone(UnsyncedPolicy.DROP_NONE, random);
    }

    private static List<Path> files(MemoryFileSystem of) {
        List<Path> files = new ArrayList<>();
        of.snapshot().forEach((path, hash) -> {
            if (!hash.equals("directory") && Path.of(path).startsWith(Workload.ROOT)) {
                files.add(Path.of(path));
            }
        });
        return files;
    }

    private VerifyReport verify(MemoryFileSystem of) throws IOException {
        VerifyReport report =
                BlockDb.verify(Workload.ROOT, Workload.options(of, seed + 1), (done, total, blocks) -> {});
        of.assertNoOpenFiles();
        return report;
    }

    /** Fails unless a change is found, in the file that was changed; or, if it does not matter, leaves the report good. */
    private void check(MemoryFileSystem changed, String what, Path... files) throws IOException {
        try {
            VerifyReport report = verify(changed);
            assertFalse(report.valid(), "verify finds nothing");
            boolean flipped = what.startsWith("byte");
            boolean named = report.failures().stream()
                    .anyMatch(failure -> Arrays.stream(files)
                            .anyMatch(file -> flipped ? file.endsWith(failure.file()) : isNamed(failure.file(), file)));
            assertTrue(named, () -> "verify blames " + report);
        } catch (IOException | RuntimeException | AssertionError e) {
            throw new AssertionError(what + " " + Arrays.toString(files) + ": " + e.getMessage(), e);
        }
    }

    /**
     * Whether the file is named, or what it is a part of: where a whole file was exchanged, what is found is that its neighbours
     * do not fit.
     */
    private static boolean isNamed(String named, Path file) {
        boolean whole = named.startsWith("ledger/") && file.toString().endsWith(".seg");
        return file.endsWith(named) || whole || (named.startsWith("index/") && file.endsWith("MANIFEST"));
    }

    /** Whether a file says anything that an answer or a proof depends on. */
    private static boolean matters(Path file) {
        // Empty, locked and never read.
        return !file.endsWith("LOCK");
    }

    @Test
    void theDatabaseIsGood() throws IOException {
        VerifyReport report = verify(disk);
        assertTrue(report.valid(), report::toString);
        assertEquals(List.of(), report.notes());
        assertEquals(workload.blocks(), report.blocks());
        assertTrue(report.direct());
    }

    @Test
    void aBitOfAnyFile() throws IOException {
        flip(ROUNDS);
    }

    @Test
    @Tag("soak")
    void everyBitOfEveryFile() throws IOException {
        flip(Integer.MAX_VALUE);
    }

    private void flip(int rounds) throws IOException {
        TreeMap<Long, Path> starts = new TreeMap<>();
        long total = 0;
        for (Path file : files(disk)) {
            if (disk.content(file).length > 0) {
                starts.put(total, file);
                total += disk.content(file).length;
            }
        }
        long step = Math.max(1, total / rounds);
        for (long at = random.nextInt((int) step); at < total; at += step) {
            Path file = starts.floorEntry(at).getValue();
            int offset = (int) (at - starts.floorKey(at));
            byte[] bytes = disk.content(file);
            // The line feed that ends a key's PEM: white space around the text is no part of the key.
            boolean spare = file.toString().endsWith(".pem") && offset == bytes.length - 1;
            if (!spare) {
                MemoryFileSystem changed = copy();
                int bit = 1 << random.nextInt(8);
                changed.corrupt(file, offset, bit);
                check(changed, "byte " + offset + " xor " + bit, file);
            }
        }
    }

    @Test
    void anyFileCutEmptiedOrRemoved() throws IOException {
        for (Path file : files(disk)) {
            int length = disk.content(file).length;
            if (!matters(file)) {
                continue;
            }
            for (int cut : new int[] {0, 1, length / 2, length - 8, length - 2}) {
                MemoryFileSystem changed = copy();
                changed.truncate(file, cut);
                if (cut == 0 && file.endsWith("BACKUPS")) {
                    // Says that there are no backups, as if its lines had been deleted by hand, which they may be.
                    assertTrue(verify(changed).valid());
                } else {
                    check(changed, "cut to " + cut + " of " + length, file);
                }
            }
            MemoryFileSystem changed = copy();
            changed.delete(file);
            if (file.endsWith("ANCHOR")) {
                // What was signed is as good without it; that nothing is known of it is said.
                VerifyReport report = verify(changed);
                assertTrue(report.valid(), report::toString);
                assertTrue(report.notes().toString().contains("keys/ANCHOR is not there"), report::toString);
            } else if (file.endsWith("HEAD") || file.endsWith("tree/STATE") || file.endsWith("BACKUPS")) {
                // The first is evidence of where the ledger ended: without it nothing that is there reads differently.
                // Without the second the tree's files say nothing, and are written anew. No answer depends on the
                // third.
                assertTrue(verify(changed).valid());
            } else if (file.toString().endsWith(".pem")) {
                // A copy without its private key answers and proves as before; what it cannot do is said.
                VerifyReport report = verify(changed);
                assertTrue(report.valid(), report::toString);
                assertTrue(report.notes().toString().contains("keys/" + file.getFileName()), report::toString);
            } else {
                check(changed, "removed", file);
            }
        }
    }

    @Test
    void anyTwoFilesSwapped() throws IOException {
        List<Path> files = files(disk);
        for (Path one : files) {
            for (Path other : files) {
                boolean twins = Arrays.equals(disk.content(one), disk.content(other));
                if (one.compareTo(other) < 0 && matters(one) && matters(other) && !twins) {
                    MemoryFileSystem changed = copy();
                    changed.setContent(one, disk.content(other));
                    changed.setContent(other, disk.content(one));
                    check(changed, "swapped", one, other);
                }
            }
        }
    }

    @Test
    void anyFileReplacedByAnOlderCopyOfItself() throws IOException {
        int replaced = 0;
        for (Path file : files(earlier)) {
            byte[] old = earlier.content(file);
            if (!disk.exists(file) || Arrays.equals(old, disk.content(file))) {
                continue;
            }
            replaced++;
            MemoryFileSystem changed = copy();
            changed.setContent(file, old);
            VerifyReport report = verify(changed);
            if (file.endsWith("HEAD") || file.endsWith("tree/STATE") || file.endsWith("ANCHOR")) {
                // An older record is still true: nothing is ever taken away from a ledger, and so from its tree.
                assertTrue(report.valid(), report::toString);
            } else if (file.endsWith("MANIFEST") && report.valid()) {
                // All SSTables that it names are there: the index reaches less far, and is brought up when it is
                // opened.
                try (BlockDb db = BlockDb.open(Workload.ROOT, Workload.options(changed, seed + 1))) {
                    workload.check(db, false);
                }
            } else {
                check(changed, "older", file);
            }
        }
        assertNotEquals(0, replaced);
    }

    @Test
    void anyFileOfAnotherDatabase() throws IOException {
        MemoryFileSystem other = new MemoryFileSystem();
        Workload foreign = new Workload(other, seed + 99, 0);
        foreign.run();
        List<Path> theirs = files(other);
        for (Path file : files(disk)) {
            Path twin = twin(file, theirs);
            if (twin != null && matters(file)) {
                MemoryFileSystem changed = copy();
                changed.setContent(file, other.content(twin));
                check(changed, "foreign", file);
            }
        }
    }

    /** The file of another database that has the same purpose. */
    private static Path twin(Path file, List<Path> theirs) {
        String name = file.toString();
        return theirs.stream()
                .filter(path -> path.equals(file)
                        || (name.endsWith(".pem") && path.toString().endsWith(".pem")))
                .findFirst()
                .orElse(null);
    }
}
