package io.blockdb.db;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.blockdb.base.CorruptionException;
import io.blockdb.io.MemoryFileSystem;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** The list of backups beside a database. */
class KnownBackupsTest {
    private static final Path ROOT = Path.of("/data");
    private static final KnownBackups.Known ONE = new KnownBackups.Known(Path.of("/mnt/one two"), 17, 4);
    private static final KnownBackups.Known ODD = new KnownBackups.Known(odd(), 18, 5);

    private final MemoryFileSystem files = new MemoryFileSystem();

    /** Where the system's locale knows nothing but ASCII, no path has anything else. */
    private static Path odd() {
        try {
            return Path.of("/mnt/é\n%41\u0085");
        } catch (InvalidPathException e) {
            return Path.of("/mnt/e\n%41\u0007");
        }
    }

    @Test
    void eachDirectoryHasOneLine() throws IOException {
        files.createDirectories(ROOT);
        assertEquals(List.of(), KnownBackups.read(files, ROOT));
        KnownBackups.record(files, ROOT, ONE);
        KnownBackups.record(files, ROOT, ODD);
        assertEquals(List.of(ONE, ODD), KnownBackups.read(files, ROOT));
        KnownBackups.Known later = new KnownBackups.Known(ONE.directory(), 19, 6);
        KnownBackups.record(files, ROOT, later);
        assertEquals(List.of(ODD, later), KnownBackups.read(files, ROOT));
        files.assertNoOpenFiles();
    }

    @Test
    void anyFlippedBitIsNoticed() throws IOException {
        files.createDirectories(ROOT);
        KnownBackups.record(files, ROOT, ONE);
        KnownBackups.record(files, ROOT, ODD);
        Path file = ROOT.resolve(KnownBackups.FILE_NAME);
        byte[] good = files.content(file);
        for (int bit = 0; bit < 8 * good.length; bit++) {
            byte[] bad = good.clone();
            bad[bit / 8] ^= (byte) (1 << bit % 8);
            files.setContent(file, bad);
            assertThrows(CorruptionException.class, () -> KnownBackups.read(files, ROOT), "bit " + bit);
        }
        files.setContent(file, java.util.Arrays.copyOf(good, good.length - 1));
        assertThrows(CorruptionException.class, () -> KnownBackups.read(files, ROOT));
    }

    @Test
    void backupsThatEndTogetherAreAllKnown() throws Exception {
        files.createDirectories(ROOT);
        int each = 50;
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Future<?>> recording = new ArrayList<>();
            for (int t = 0; t < 4; t++) {
                String directory = "/mnt/" + t + "-";
                recording.add(threads.submit(() -> {
                    for (int i = 0; i < each; i++) {
                        KnownBackups.record(files, ROOT, new KnownBackups.Known(Path.of(directory + i), 17, 4));
                    }
                    return null;
                }));
            }
            for (Future<?> one : recording) {
                one.get();
            }
        } finally {
            threads.shutdownNow();
        }
        assertEquals(4 * each, KnownBackups.read(files, ROOT).size());
    }
}
