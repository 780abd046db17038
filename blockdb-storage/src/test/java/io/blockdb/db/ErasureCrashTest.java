package io.blockdb.db;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.base.Seed;
import io.blockdb.io.MemoryFileSystem;
import io.blockdb.io.MemoryFileSystem.UnsyncedPolicy;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Crashes, and fails, at the file operations of a database in which values are erased: an erasure that was answered holds, its
 * value never comes back, what was not erased is there, and half an overwritten value is no damage.
 *
 * <p>The default build tries {@code blockdb.crash.rounds} operations, drawn with the seed; the tests tagged {@code soak} try every
 * one.
 */
@Timeout(900)
class ErasureCrashTest {
    private static final int ROUNDS = Integer.getInteger("blockdb.crash.rounds", 40);
    private static final long INTERVAL_MILLIS = 3_600_000;

    @Test
    void anAnsweredErasureSurvivesACrash() throws IOException {
        crash(0, ROUNDS);
    }

    @Test
    void aSyncedErasureSurvivesACrashThoughNothingElseSaysThatItWasSynced() throws IOException {
        crash(INTERVAL_MILLIS, ROUNDS);
    }

    @Test
    @Tag("soak")
    void anAnsweredErasureSurvivesACrashAtEveryOperation() throws IOException {
        crash(0, Integer.MAX_VALUE);
        crash(INTERVAL_MILLIS, Integer.MAX_VALUE);
    }

    @Test
    void anAnsweredErasureSurvivesAFailure() throws IOException {
        fail(ROUNDS);
    }

    @Test
    @Tag("soak")
    void anAnsweredErasureSurvivesAFailureOfEveryOperation() throws IOException {
        fail(Integer.MAX_VALUE);
    }

    private static List<Long> places(long count, int rounds, Random random) {
        List<Long> places = new ArrayList<>();
        for (long n = 1; n <= count; n++) {
            places.add(n);
        }
        Collections.shuffle(places, random);
        return places.subList(0, Math.min(rounds, places.size()));
    }

    private static void crash(long interval, int rounds) throws IOException {
        Random random = Seed.random();
        long seed = random.nextLong();
        MemoryFileSystem counted = new MemoryFileSystem();
        ErasureScript whole = new ErasureScript(counted, seed, interval);
        whole.run();
        whole.check(counted.processCrashClone(), seed);
        for (long n : places(counted.mutations(), rounds, random)) {
            Random chance = new Random(seed + n);
            MemoryFileSystem files = new MemoryFileSystem();
            ErasureScript script = new ErasureScript(files, seed, interval);
            if (chance.nextBoolean()) {
                files.crashAt(n, chance);
            } else {
                files.crashAt(n);
            }
            try {
                script.run();
            } catch (IOException died) {
                assertTrue(files.crashed(), died::toString);
            }
            try {
                for (UnsyncedPolicy policy : UnsyncedPolicy.values()) {
                    script.check(files.crashClone(policy, chance), ~seed);
                }
                crashAgain(script, files.processCrashClone(), chance, seed);
                script.check(files.processCrashClone(), ~seed);
            } catch (IOException | RuntimeException | AssertionError e) {
                throw new AssertionError(
                        "crash at file operation " + n + " of " + counted.mutations() + ": " + e.getMessage(), e);
            }
        }
    }

    /** Crashes once more as what is pending is carried out by the next open. */
    private static void crashAgain(ErasureScript script, MemoryFileSystem disk, Random chance, long seed)
            throws IOException {
        MemoryFileSystem counted = disk.processCrashClone();
        long before = counted.mutations();
        BlockDb.open(Workload.ROOT, Workload.options(counted, ~seed)).close();
        disk.crashAt(1 + chance.nextInt((int) (counted.mutations() - before)), chance);
        try {
            BlockDb.open(Workload.ROOT, Workload.options(disk, ~seed)).close();
        } catch (IOException died) {
            assertTrue(disk.crashed(), died::toString);
        }
        script.check(disk.crashClone(UnsyncedPolicy.DROP_RANDOM, chance), ~seed);
        script.check(disk.processCrashClone(), ~seed);
    }

    private static void fail(int rounds) throws IOException {
        Random random = Seed.random();
        long seed = random.nextLong();
        MemoryFileSystem counted = new MemoryFileSystem();
        new ErasureScript(counted, seed, 0).run();
        for (long n : places(counted.operations(), rounds, random)) {
            for (boolean sticky : new boolean[] {false, true}) {
                MemoryFileSystem files = new MemoryFileSystem();
                files.setFailedSyncMarksClean(true);
                ErasureScript script = new ErasureScript(files, seed, 0);
                if (sticky) {
                    files.failOperationsFrom(n);
                } else {
                    files.failOperation(n);
                }
                try {
                    script.run();
                } catch (IOException failed) {
                    assertFalse(String.valueOf(failed.getMessage()).isEmpty(), failed::toString);
                }
                files.clearFaults();
                try {
                    script.check(files.crashClone(UnsyncedPolicy.DROP_ALL, random), ~seed);
                    script.check(files.processCrashClone(), ~seed);
                } catch (IOException | RuntimeException | AssertionError e) {
                    throw new AssertionError(
                            "file operation " + n + " of " + counted.operations()
                                    + (sticky ? " and all later ones" : "") + " failed: " + e.getMessage(),
                            e);
                }
            }
        }
    }
}
