package io.blockdb.db;

import io.blockdb.base.Seed;
import io.blockdb.io.MemoryFileSystem;
import io.blockdb.io.MemoryFileSystem.Operation;
import io.blockdb.io.MemoryFileSystem.UnsyncedPolicy;
import java.io.IOException;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A sync that fails marks what it should have written as clean, as Linux does: it can still be read, no later sync writes it,
 * and the next power failure takes it. So what is found when the database is opened again, and served, must have been written
 * anew: each sync of a workload fails in turn, and the power fails after the next open.
 */
@Timeout(600)
class FailedSyncTest {
    private final Random random = Seed.random();
    private final long seed = random.nextLong();

    @Test
    void whatIsServedAfterAFailedSyncSurvivesThePowerFailure() throws IOException {
        long syncs = run(Long.MAX_VALUE, 0);
        for (long n = 1; n <= syncs; n++) {
            for (int alsoInRecovery = 0; alsoInRecovery < 3; alsoInRecovery++) {
                try {
                    run(n, alsoInRecovery);
                } catch (IOException | RuntimeException | AssertionError e) {
                    throw new AssertionError(
                            "sync " + n + " of " + syncs + " failed, and " + alsoInRecovery + " after it: "
                                    + e.getMessage(),
                            e);
                }
            }
        }
    }

    /**
     * Lets the n-th sync fail and, when the database is opened again, another one of the first syncs.
     *
     * @return how many syncs there were
     */
    private long run(long n, int alsoInRecovery) throws IOException {
        MemoryFileSystem files = new MemoryFileSystem();
        files.setFailedSyncMarksClean(true);
        long[] syncs = new long[1];
        files.failWhen((operation, path, number) -> operation == Operation.SYNC && ++syncs[0] == n);
        Workload workload = new Workload(files, seed, 0);
        go(workload);
        check(workload, files);

        long[] again = new long[1];
        files.failWhen((operation, path, number) -> operation == Operation.SYNC && ++again[0] == alsoInRecovery);
        try {
            workload.open();
        } catch (IOException failed) {
            files.assertNoOpenFiles();
            workload.open();
        }
        workload.settle();
        check(workload, files);
        go(workload);
        check(workload, files);
        return syncs[0];
    }

    /** Works until something fails; a failure is what is asked for, and what it leaves is checked afterwards. */
    private static void go(Workload workload) {
        try {
            if (!workload.isOpen()) {
                workload.open();
            }
            workload.createTables();
            workload.write(22);
            workload.close();
            workload.open();
            workload.write(6);
            workload.close();
        } catch (IOException failed) {
            workload.closeAfterFailure();
        }
    }

    private void check(Workload workload, MemoryFileSystem files) throws IOException {
        for (UnsyncedPolicy policy : UnsyncedPolicy.values()) {
            MemoryFileSystem disk = files.crashClone(policy, random);
            try (BlockDb db =
                    BlockDb.open(Workload.ROOT, Workload.options(disk, ~seed).withMemtableSizeLimit(8 << 10))) {
                workload.check(db, false);
            }
        }
    }
}
