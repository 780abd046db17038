package io.blockdb.db;

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
 * Crashes at every file operation of a workload: what was answered is there, whole and right, whatever the power failure took
 * of what was not synced; and so after a second crash, in the recovery from the first.
 *
 * <p>The default build tries {@code blockdb.crash.rounds} operations (40) of each workload, drawn with the seed; the tests
 * tagged {@code soak} try every one.
 */
@Timeout(900)
class CrashTest {
    private static final int ROUNDS = Integer.getInteger("blockdb.crash.rounds", 40);
    private static final long INTERVAL_MILLIS = 3_600_000;

    @Test
    void answeredWritesSurvive() throws IOException {
        crash(0, ROUNDS);
    }

    @Test
    void withAnIntervalTheLastWritesMayBeLostButNoneBeforeOthers() throws IOException {
        crash(INTERVAL_MILLIS, ROUNDS);
    }

    @Test
    @Tag("soak")
    void answeredWritesSurviveACrashAtEveryOperation() throws IOException {
        crash(0, Integer.MAX_VALUE);
    }

    @Test
    @Tag("soak")
    void withAnIntervalAtEveryOperation() throws IOException {
        crash(INTERVAL_MILLIS, Integer.MAX_VALUE);
    }

    private static void crash(long intervalMillis, int rounds) throws IOException {
        Random random = Seed.random();
        long seed = random.nextLong();
        long mutations = countMutations(seed, intervalMillis);
        List<Long> places = new ArrayList<>();
        for (long n = 1; n <= mutations; n++) {
            places.add(n);
        }
        Collections.shuffle(places, random);
        for (long n : places.subList(0, Math.min(rounds, places.size()))) {
            Random chance = new Random(seed + n);
            try {
                new Round(seed, intervalMillis, n, chance).run();
            } catch (IOException | RuntimeException | AssertionError e) {
                throw new AssertionError(
                        "crash at file operation " + n + " of " + mutations + ": " + e.getMessage(), e);
            }
        }
    }

    private static long countMutations(long seed, long intervalMillis) throws IOException {
        MemoryFileSystem files = new MemoryFileSystem();
        Workload workload = new Workload(files, seed, intervalMillis);
        workload.run();
        files.assertNoOpenFiles();
        try (BlockDb db = BlockDb.open(Workload.ROOT, workload.options())) {
            workload.check(db, false);
            Stats stats = db.stats();
            assertTrue(stats.ledgerSegments() > 3 && stats.sstablesPerLevel().get(1) > 0, stats::toString);
        }
        return files.mutations();
    }

    /** One run that crashes at an operation, and what is found afterwards. */
    private static final class Round {
        private final long seed;
        private final boolean mayLose;
        private final Random chance;
        private final MemoryFileSystem files = new MemoryFileSystem();
        private final Workload workload;

        Round(long seed, long intervalMillis, long n, Random chance) {
            this.seed = seed;
            this.mayLose = intervalMillis > 0;
            this.chance = chance;
            this.workload = new Workload(files, seed, intervalMillis);
            if (chance.nextBoolean()) {
                files.crashAt(n, chance);
            } else {
                files.crashAt(n);
            }
        }

        void run() throws IOException {
            try {
                workload.run();
            } catch (IOException died) {
                assertTrue(files.crashed(), died::toString);
            }
            MemoryFileSystem killed = files.processCrashClone();
            workload.closeAfterFailure();
            files.assertNoOpenFiles();
            for (UnsyncedPolicy policy : UnsyncedPolicy.values()) {
                found(files.crashClone(policy, chance), policy.toString());
            }
            secondCrash(killed);
            secondCrash(files.crashClone(UnsyncedPolicy.DROP_RANDOM, chance));
        }

        /** Crashes once more as the database is opened again, and looks at what that leaves. */
        private void secondCrash(MemoryFileSystem disk) throws IOException {
            MemoryFileSystem counted = disk.processCrashClone();
            long before = counted.mutations();
            open(counted).close();
            long mutations = counted.mutations() - before;
            disk.crashAt(1 + chance.nextInt((int) mutations), chance);
            try {
                open(disk).close();
            } catch (IOException died) {
                assertTrue(disk.crashed(), died::toString);
            }
            disk.assertNoOpenFiles();
            found(disk.processCrashClone(), "killed twice");
            for (UnsyncedPolicy policy : UnsyncedPolicy.values()) {
                found(disk.crashClone(policy, chance), "twice, " + policy);
            }
        }

        private BlockDb open(MemoryFileSystem disk) throws IOException {
            return BlockDb.open(Workload.ROOT, reopening(disk));
        }

        /** Other limits than before: the index is flushed as it is made up for. */
        private Options reopening(MemoryFileSystem disk) {
            return Workload.options(disk, ~seed).withMemtableSizeLimit(8 << 10);
        }

        private void found(MemoryFileSystem disk, String what) throws IOException {
            try {
                try (BlockDb db = open(disk)) {
                    workload.check(db, mayLose);
                }
                disk.assertNoOpenFiles();
                if (chance.nextInt(4) == 0) {
                    workload.checkGoesOn(reopening(disk));
                }
            } catch (IOException | RuntimeException | AssertionError e) {
                throw new AssertionError(what + ": " + e.getMessage(), e);
            }
        }
    }
}
