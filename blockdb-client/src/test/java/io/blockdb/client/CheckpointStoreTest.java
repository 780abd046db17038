package io.blockdb.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.base.LedgerId;
import io.blockdb.proof.Checkpoint;
import io.blockdb.proof.MerkleTree;
import io.blockdb.proof.Origin;
import io.blockdb.proof.SigningKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was trusted is there afterwards, and nobody puts an older one over a newer. */
class CheckpointStoreTest {
    private static final Origin ORIGIN = new Origin("blockdb", LedgerId.parse("00".repeat(16)));

    @TempDir
    private Path temp;

    static Checkpoint checkpoint(long size) {
        return Checkpoint.sign(
                ORIGIN,
                size,
                size == 0 ? MerkleTree.EMPTY_ROOT : MerkleTree.leafHash(new byte[] {(byte) size}),
                List.of(SigningKey.of(new byte[32])));
    }

    private static void replacesWhatIsExpected(CheckpointStore store) throws IOException {
        assertNull(store.load());
        assertFalse(store.replace(checkpoint(1), checkpoint(2)));
        assertTrue(store.replace(null, checkpoint(1)));
        assertFalse(store.replace(null, checkpoint(2)));
        assertFalse(store.replace(checkpoint(3), checkpoint(2)));
        assertEquals(checkpoint(1), store.load());
        assertTrue(store.replace(checkpoint(1), checkpoint(2)));
        assertEquals(checkpoint(2), store.load());
    }

    @Test
    void memory() throws IOException {
        replacesWhatIsExpected(CheckpointStore.inMemory());
    }

    @Test
    void file() throws IOException {
        Path file = temp.resolve("checkpoint");
        replacesWhatIsExpected(CheckpointStore.inFile(file));
        assertEquals(checkpoint(2).note(), Files.readString(file));
        assertEquals(checkpoint(2), CheckpointStore.inFile(file).load());
        assertFalse(Files.exists(temp.resolve("checkpoint.new")));
    }

    @Test
    void aRestOfAWriteThatWasCutOffDoesNotMatter() throws IOException {
        CheckpointStore store = CheckpointStore.inFile(temp.resolve("checkpoint"));
        store.replace(null, checkpoint(1));
        Files.writeString(temp.resolve("checkpoint.new"), "half a no".repeat(1000));
        assertEquals(checkpoint(1), store.load());
        assertTrue(store.replace(checkpoint(1), checkpoint(2)));
        assertEquals(checkpoint(2), store.load());
    }

    @Test
    void aDamagedFileIsNotTakenForNone() throws IOException {
        Path file = temp.resolve("checkpoint");
        for (String text : List.of(
                "", "x", checkpoint(1).note().stripTrailing(), checkpoint(1).note() + "\n")) {
            Files.writeString(file, text);
            IOException refused = assertThrows(
                    IOException.class, () -> CheckpointStore.inFile(file).load());
            assertTrue(refused.getMessage().contains(file.toString()), refused.getMessage());
            assertThrows(IOException.class, () -> CheckpointStore.inFile(file).replace(null, checkpoint(2)));
            assertEquals(text, Files.readString(file));
        }
        assertThrows(
                IOException.class,
                () -> CheckpointStore.inFile(temp.resolve("nowhere/checkpoint")).replace(null, checkpoint(1)));
    }

    /** Of several that replace the same, one does. */
    @Test
    void severalStoresOfOneFile() throws Exception {
        Path file = temp.resolve("checkpoint");
        CheckpointStore.inFile(file).replace(null, checkpoint(0));
        int threads = 4;
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            CyclicBarrier together = new CyclicBarrier(threads);
            List<Future<Integer>> counts = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                counts.add(pool.submit(() -> {
                    CheckpointStore store = CheckpointStore.inFile(file);
                    int replaced = 0;
                    for (int size = 1; size <= 10; size++) {
                        together.await();
                        replaced += store.replace(checkpoint(size - 1), checkpoint(size)) ? 1 : 0;
                        together.await();
                    }
                    return replaced;
                }));
            }
            int all = 0;
            for (Future<Integer> count : counts) {
                all += count.get();
            }
            assertEquals(10, all);
        } finally {
            pool.shutdownNow();
        }
    }
}
