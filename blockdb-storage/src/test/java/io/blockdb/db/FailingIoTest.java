package io.blockdb.db;

import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.base.Seed;
import io.blockdb.io.MemoryFileSystem;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Fails every file operation of a workload in turn, alone or with all that come after it: the database never says that
 * something was written which is not, nor that something was not written which is; after a failed write or sync it takes no
 * more and says why; what can be read is right; everything is closed; and when the disk is well again it opens and goes on.
 *
 * <p>The default build tries {@code blockdb.failure.rounds} operations (150), drawn with the seed; the test tagged {@code soak}
 * tries every one.
 */
@Timeout(900)
class FailingIoTest {
    private static final int ROUNDS = Integer.getInteger("blockdb.failure.rounds", 150);

    @Test
    void neverLies() throws IOException {
        fail(ROUNDS);
    }

    @Test
    @Tag("soak")
    void neverLiesWhateverOperationFails() throws IOException {
        fail(Integer.MAX_VALUE);
    }

    private static void fail(int rounds) throws IOException {
        Random random = Seed.random();
        long seed = random.nextLong();
        MemoryFileSystem files = new MemoryFileSystem();
        new Workload(files, seed, 0).run();
        List<Long> places = new ArrayList<>();
        for (long n = 1; n <= files.operations(); n++) {
            places.add(n);
        }
        Collections.shuffle(places, random);
        for (long n : places.subList(0, Math.min(rounds, places.size()))) {
            for (boolean sticky : new boolean[] {false, true}) {
                try {
                    new Round(seed, n, sticky).run();
                } catch (IOException | RuntimeException | AssertionError e) {
                    throw new AssertionError(
                            "file operation " + n + " of " + places.size() + (sticky ? " and all later ones" : "")
                                    + " failed: " + e.getMessage(),
                            e);
                }
            }
        }
    }

    /** One run with failures, and what is found when they are over. */
    private static final class Round {
        private final MemoryFileSystem files = new MemoryFileSystem();
        private final Workload workload;
        private final boolean sticky;

        Round(long seed, long n, boolean sticky) {
            this.workload = new Workload(files, seed, 0);
            this.sticky = sticky;
            if (sticky) {
                files.failOperationsFrom(n);
            } else {
                files.failOperation(n);
            }
        }

        void run() throws IOException {
            for (int session = 0; session < 3; session++) {
                if (open()) {
                    session();
                    workload.closeAfterFailure();
                }
                files.assertNoOpenFiles();
            }
            files.clearFaults();
            workload.open();
            workload.settle();
            workload.check(workload.db(), false);
            workload.createTables();
            workload.write(6);
            workload.check(workload.db(), false);
            workload.close();
            files.assertNoOpenFiles();
            workload.open();
            workload.check(workload.db(), false);
            workload.close();
        }

        private boolean open() {
            try {
                workload.open();
                return true;
            } catch (IOException failed) {
                return false;
            }
        }

        private void session() throws IOException {
            try {
                workload.settle();
                workload.createTables();
            } catch (IOException failed) {
                lookAt(failed);
                return;
            }
            for (int i = 0; i < 12; i++) {
                try {
                    workload.write(1);
                } catch (IOException failed) {
                    lookAt(failed);
                }
            }
        }

        /** After a failure: reads go on; and writes do, unless writing itself has failed. */
        private void lookAt(IOException failure) throws IOException {
            if (!sticky) {
                workload.checkReads(workload.db(), false);
            }
            if (failure instanceof ReadOnlyException) {
                assertNotNull(failure.getCause(), "the failure that made it read-only");
            } else if (failure instanceof OutcomeUnknownException) {
                assertNotNull(failure.getCause(), "the failure underway");
                try {
                    workload.write(1);
                    throw new AssertionError("a write was taken after one had failed");
                } catch (ReadOnlyException refused) {
                    assertNotNull(refused.getCause(), "the failure that made it read-only");
                }
            } else {
                assertTrue(failure.getMessage().contains("injected"), failure::toString);
            }
        }
    }
}
