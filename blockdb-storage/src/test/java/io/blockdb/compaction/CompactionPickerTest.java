package io.blockdb.compaction;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.base.Seed;
import io.blockdb.manifest.Version;
import java.util.List;
import java.util.Random;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What holds of every sequence of flushes and compactions, simulated without files. */
final class CompactionPickerTest {
    /** 20 entries a file. */
    private static final CompactionOptions OPTIONS = new CompactionOptions(4, 20 * IndexSimulation.ENTRY_BYTES);

    private static final int FLUSHES = 150;

    @Test
    void keepsTheRulesUnderAnyLoad() {
        Random random = Seed.random();
        for (int round = 0; round < 12; round++) {
            IntUnaryOperator load = load(random, round);
            IndexSimulation index = new IndexSimulation(OPTIONS);
            for (int flush = 0; flush < FLUSHES; flush++) {
                flush(index, load, flush * 40, 1 + random.nextInt(40));
                // Sometimes compaction falls behind.
                for (int steps = random.nextInt(5); steps > 0; steps--) {
                    step(index);
                }
                index.check();
            }
            settle(index);
            index.check();
        }
    }

    private static IntUnaryOperator load(Random random, int round) {
        return switch (round % 6) {
            case 0 -> i -> random.nextInt(100_000);
            case 1 -> i -> i;
            case 2 -> i -> 10_000_000 - i;
            case 3 -> i -> random.nextInt(5) * 1_000_000 + i;
            case 4 -> i -> random.nextInt(2) == 0 ? 7 : random.nextInt(1000);
            default -> i -> (int) Math.abs(random.nextGaussian() * 1000);
        };
    }

    private static void flush(IndexSimulation index, IntUnaryOperator load, int from, int count) {
        index.flush(IntStream.range(from, from + count).map(load).boxed().toList());
    }

    private static boolean step(IndexSimulation index) {
        Compaction compaction = index.pick();
        if (compaction != null) {
            index.apply(compaction);
        }
        return compaction != null;
    }

    /** Compacts until there is nothing left to do. */
    private static void settle(IndexSimulation index) {
        int steps = 0;
        while (step(index)) {
            steps++;
            assertTrue(steps < 10_000, "compaction does not come to an end: " + index.version());
        }
        Version version = index.version();
        assertTrue(version.level(0).size() < OPTIONS.level0Threshold());
        for (int level = 1; level < Version.LEVELS - 1; level++) {
            assertTrue(version.totalBytes(level) <= OPTIONS.levelBytesMax(level));
        }
        assertEquals(0, new CompactionPicker(OPTIONS).compactionDebt(version));
    }

    @Test
    void neverRewritesAFillInKeyOrder() {
        for (int streams : new int[] {1, -1, 3}) {
            for (int behind : new int[] {1, 7, FLUSHES}) {
                IndexSimulation index = new IndexSimulation(OPTIONS);
                for (int flush = 0; flush < FLUSHES; flush++) {
                    int stream = Math.floorMod(flush, streams);
                    int begin = 10_000_000 * stream + 20 * flush * Integer.signum(streams);
                    flush(index, i -> 20_000_000 + begin + i, 0, 20);
                    if (flush % behind == 0) {
                        settle(index);
                    }
                }
                settle(index);
                index.check();
                assertEquals(0, index.mergedBytes(), streams + " streams, compacted every " + behind);
            }
        }
    }

    @Test
    void mergesSmallFilesEvenInKeyOrder() {
        IndexSimulation index = new IndexSimulation(OPTIONS);
        for (int flush = 0; flush < FLUSHES; flush++) {
            int begin = 2 * flush;
            flush(index, i -> begin + i, 0, 2);
            settle(index);
        }
        assertTrue(
                index.version().files().size() <= FLUSHES / 4 + 4,
                index.version().toString());
        assertTrue(index.mergedBytes() <= index.flushedBytes(), "each entry is merged once at most");
    }

    @Test
    void boundsWhatOneCompactionReadsAndAllRewrite() {
        Random random = Seed.random();
        for (int behind : new int[] {1, 40, 200}) {
            IndexSimulation index = new IndexSimulation(OPTIONS);
            for (int flush = 0; flush < 400; flush++) {
                flush(index, i -> random.nextInt(10_000_000), 0, 20);
                if (flush % behind == 0) {
                    settle(index);
                }
            }
            settle(index);
            index.check();
            assertTrue(index.largestInput() <= OPTIONS.inputBytesMax(), "read " + index.largestInput());
            long amplification = index.mergedBytes() / index.flushedBytes();
            assertTrue(amplification <= 25, "every byte was rewritten " + amplification + " times");
        }
    }

    @Test
    void picksNothingBelowTheThresholds() {
        IndexSimulation index = new IndexSimulation(OPTIONS);
        assertNull(index.pick());
        for (int flush = 0; flush < OPTIONS.level0Threshold() - 1; flush++) {
            flush(index, i -> i, 0, 20);
            assertNull(index.pick());
        }
        flush(index, i -> i, 0, 20);
        assertNotNull(index.pick());
    }

    @Test
    void takesAlongWhatIsOlderAndOverlaps() {
        IndexSimulation index = new IndexSimulation(OPTIONS);
        index.flush(keys(100, 119));
        index.flush(keys(100, 119));
        index.flush(keys(500, 519));
        index.flush(keys(110, 510));
        assertEquals(List.of(1L, 3L), upper(index), "disjoint from all older ones: moved");
        index.apply(next(index));
        index.flush(keys(900, 919));
        index.flush(keys(900, 905));
        // 1 and 3 are in level 1 now; 5 can be moved, 2 and 4 overlap them, and 6 overlaps 5.
        assertEquals(List.of(5L), upper(index));
        index.apply(next(index));
        index.flush(keys(115, 116));
        Compaction merge = next(index);
        assertEquals(List.of(2L, 4L, 7L), upper(index), "all that overlap; 6 has nothing to do with them");
        assertEquals(
                List.of(1L, 3L), merge.lower().stream().map(f -> f.fileNumber()).toList());
        index.apply(merge);
        index.check();
    }

    @Test
    void takesAlongWhatIsDrawnInByWhatIsDrawnIn() {
        IndexSimulation index = new IndexSimulation(OPTIONS);
        index.put(1, keys(0, 1000));
        index.flush(keys(100, 119));
        index.flush(keys(390, 500));
        index.flush(keys(300, 400));
        index.flush(keys(110, 310));
        assertEquals(List.of(2L, 3L, 4L, 5L), upper(index));
    }

    @Test
    void takesNeighboursAlongOnlyWhereTheyDrawInNothingMore() {
        for (boolean more : new boolean[] {false, true}) {
            IndexSimulation index = new IndexSimulation(OPTIONS);
            index.put(2, keys(90, 129));
            index.put(2, keys(more ? 130 : 200, 900));
            index.put(1, keys(100, 119));
            index.put(1, keys(120, 140));
            index.put(1, keys(300, 400));
            index.put(1, keys(500, 600));
            index.put(1, keys(700, 1000));
            Compaction merge = next(index);
            assertEquals(1, merge.level());
            assertEquals(more ? List.of(3L) : List.of(3L, 4L), upper(index));
            assertEquals(1, merge.lower().size());
        }
    }

    @Test
    void doesNotMoveAFileOntoTooManyGrandparents() {
        for (int grandparents : new int[] {10, 11}) {
            IndexSimulation index = new IndexSimulation(OPTIONS);
            for (int i = 0; i < grandparents; i++) {
                index.put(2, keys(100 * i, 100 * i + 50));
            }
            for (int i = 0; i < OPTIONS.level0Threshold(); i++) {
                index.flush(keys(0, 1050));
            }
            Compaction compaction = next(index);
            assertEquals(grandparents == 10, compaction.isTrivialMove());
            assertEquals(grandparents == 10 ? 1 : 4, compaction.upper().size());
            assertEquals(grandparents == 10 ? 0 : 11, compaction.grandparents().size());
        }
    }

    private static List<Integer> keys(int from, int to) {
        return IntStream.rangeClosed(0, 19)
                .map(i -> from + (to - from) * i / 19)
                .boxed()
                .toList();
    }

    private static Compaction next(IndexSimulation index) {
        Compaction compaction = index.pick();
        assertNotNull(compaction);
        return compaction;
    }

    private static List<Long> upper(IndexSimulation index) {
        return next(index).upper().stream().map(f -> f.fileNumber()).sorted().toList();
    }
}
