package io.blockdb.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.base.LedgerPoint;
import io.blockdb.base.Seed;
import io.blockdb.io.MemoryFileSystem;
import io.blockdb.io.MemoryFileSystem.Operation;
import io.blockdb.io.MemoryFileSystem.UnsyncedPolicy;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Stops at every file operation in turn, loses what was not synced, opens again, and checks what must hold: every block that
 * was known to be synced is there, what is there is a beginning of what was appended, and all of it is safe once the ledger
 * is open.
 */
class LedgerCrashTest {
    private static final long SEGMENT_SIZE = 1500;

    /**
     * How a ledger is written.
     *
     * @param reserve disk reserve: without one nothing is filled ahead
     * @param blocks how many a session appends
     * @param blocksPerSync after how many of them it syncs
     */
    private record Shape(long segmentSize, long reserve, int blocks, int blocksPerSync) {
        /** Small segments, a sync now and then. */
        static final Shape SEGMENTS = new Shape(SEGMENT_SIZE, 0, 7, 3);

        /** Many small syncs, so that zeros are written ahead, in segments that end soon after. */
        static final Shape ZEROS_AHEAD = new Shape(20_000, 1 << 20, 24, 1);

        /** So many blocks that the tree has files of several heights. */
        static final Shape MANY_BLOCKS = new Shape(1 << 20, 0, 300, 60);

        LedgerOptions options() {
            return new LedgerOptions(segmentSize, LedgerFixture.INLINE_VALUE_LIMIT, 2, reserve, false);
        }
    }

    private final Random random = Seed.random();

    /** A run of a ledger over a file system that fails somewhere. */
    private static final class Run {
        final LedgerFixture fixture;
        final Random random;
        final Shape shape;
        /** How many blocks a sync has covered. */
        long acknowledged;

        Run(Random random, Shape shape) {
            this.fixture = new LedgerFixture(random);
            this.random = random;
            this.shape = shape;
        }

        Ledger open(MemoryFileSystem fileSystem) throws IOException {
            return fixture.open(fileSystem, shape.options(), null);
        }

        /** Opens, appends and syncs a few times, closes, and all of it again; ends with the first error. */
        void scenario(MemoryFileSystem fileSystem) {
            try {
                for (int session = 0; session < 2; session++) {
                    session(fileSystem);
                }
            } catch (IOException injected) {
                assertTrue(injected.getMessage().contains("injected"), injected.getMessage());
            }
        }

        private void session(MemoryFileSystem fileSystem) throws IOException {
            Ledger ledger = open(fileSystem);
            try {
                fixture.forgetLost(ledger);
                acknowledged = Math.max(acknowledged, ledger.syncedBlocks());
                for (int i = 0; i < shape.blocks(); i++) {
                    fixture.append(ledger, 1);
                    if ((i + 1) % shape.blocksPerSync() == 0) {
                        ledger.sync();
                    }
                    acknowledged = Math.max(acknowledged, ledger.syncedBlocks());
                }
                ledger.close();
                acknowledged = fixture.blocks.size();
            } finally {
                ledger.abandon();
            }
        }

        /** Opens what is left, and checks it. */
        void checkAfter(MemoryFileSystem left) throws IOException {
            try (Ledger ledger = fixture.open(left, LedgerFixture.readOnly(), null)) {
                assertEquals(null, ledger.damage());
                LedgerPoint head = ledger.head();
                assertTrue((head == null ? 0 : head.blocks()) >= acknowledged);
            }
            Ledger ledger = open(left);
            try {
                LedgerPoint head = ledger.head();
                long blocks = head == null ? 0 : head.blocks();
                assertTrue(blocks >= acknowledged, blocks + " blocks are left of " + acknowledged);
                assertEquals(blocks, ledger.syncedBlocks());
                assertNull(ledger.tree().failure());
                fixture.forgetLost(ledger);
                fixture.check(ledger);
                checkServedIsSafe(left);
                fixture.append(ledger, 1);
                ledger.sync();
                checkServedIsSafe(left);
                fixture.append(ledger, 3);
            } finally {
                ledger.close();
            }
            left.assertNoOpenFiles();
            try (Ledger again = open(left.crashClone(UnsyncedPolicy.DROP_ALL, random))) {
                assertTrue(again.wasClean());
                fixture.check(again);
            }
        }

        /** What an open ledger serves is still there when the power fails right then. */
        private void checkServedIsSafe(MemoryFileSystem fileSystem) throws IOException {
            MemoryFileSystem left = fileSystem.crashClone(UnsyncedPolicy.DROP_ALL, random);
            try (Ledger ledger = open(left)) {
                fixture.check(ledger);
            }
        }
    }

    @Test
    void aCrashAtEveryOperationLosesNothingThatWasSynced() throws IOException {
        crashAtEveryOperation(Shape.SEGMENTS);
    }

    @Test
    void norDoesOneWhileZerosAreWrittenAhead() throws IOException {
        crashAtEveryOperation(Shape.ZEROS_AHEAD);
    }

    private void crashAtEveryOperation(Shape shape) throws IOException {
        Run whole = new Run(new Random(random.nextLong()), shape);
        MemoryFileSystem counting = LedgerFixture.newFileSystem();
        long before = counting.mutations();
        whole.scenario(counting);
        long mutations = counting.mutations() - before;
        assertTrue(mutations > 40, mutations + " operations");
        for (long n = 1; n <= mutations; n++) {
            for (UnsyncedPolicy policy : UnsyncedPolicy.values()) {
                Run run = new Run(new Random(random.nextLong()), shape);
                MemoryFileSystem fileSystem = LedgerFixture.newFileSystem();
                fileSystem.crashAt(n, random);
                run.scenario(fileSystem);
                fileSystem.assertNoOpenFiles();
                run.checkAfter(fileSystem.crashClone(policy, random));
            }
        }
    }

    @Test
    void norDoesOneWhileTheTreeIsWritten() throws IOException {
        Run whole = new Run(new Random(random.nextLong()), Shape.MANY_BLOCKS);
        MemoryFileSystem counting = LedgerFixture.newFileSystem();
        List<Long> treeWrites = new ArrayList<>();
        counting.failWhen((operation, path, number) -> {
            if (operation.mutates() && path.startsWith(LedgerFixture.TREE)) {
                treeWrites.add(counting.mutations());
            }
            return false;
        });
        long before = counting.mutations();
        whole.scenario(counting);
        assertTrue(treeWrites.size() > 12, treeWrites::toString);
        for (long written : treeWrites) {
            for (long n = written - before; n <= written - before + 2; n++) {
                Run run = new Run(new Random(random.nextLong()), Shape.MANY_BLOCKS);
                MemoryFileSystem fileSystem = LedgerFixture.newFileSystem();
                fileSystem.crashAt(Math.max(1, n), random);
                run.scenario(fileSystem);
                fileSystem.assertNoOpenFiles();
                run.checkAfter(
                        fileSystem.crashClone(List.of(UnsyncedPolicy.values()).get(random.nextInt(3)), random));
            }
        }
    }

    @Test
    void aCrashAtEveryOperationOfRecoveryLosesNothingEither() throws IOException {
        for (int round = 0; round < 150; round++) {
            Shape shape = random.nextBoolean() ? Shape.SEGMENTS : Shape.ZEROS_AHEAD;
            Run run = new Run(new Random(random.nextLong()), shape);
            MemoryFileSystem fileSystem = LedgerFixture.newFileSystem();
            fileSystem.crashAt(20 + random.nextInt(40), random);
            run.scenario(fileSystem);
            MemoryFileSystem crashed = random.nextBoolean()
                    ? fileSystem.crashClone(UnsyncedPolicy.DROP_RANDOM, random)
                    : fileSystem.processCrashClone();
            crashed.clearFaults();
            for (long n = 1; crashRecoveryAt(run, crashed, n); n++) {
                assertTrue(n < 100, "recovery does not end");
            }
        }
    }

    /** False when recovery was through before its n-th change. */
    private boolean crashRecoveryAt(Run run, MemoryFileSystem crashed, long n) throws IOException {
        MemoryFileSystem fileSystem = crashed.processCrashClone();
        fileSystem.crashAt(n, random);
        try {
            run.open(fileSystem).abandon();
        } catch (IOException injected) {
            assertTrue(fileSystem.crashed(), injected.getMessage());
        }
        fileSystem.assertNoOpenFiles();
        if (!fileSystem.crashed()) {
            return false;
        }
        MemoryFileSystem left = fileSystem.crashClone(UnsyncedPolicy.DROP_RANDOM, random);
        try (Ledger ledger = run.open(left)) {
            LedgerPoint head = ledger.head();
            long blocks = head == null ? 0 : head.blocks();
            assertTrue(blocks >= run.acknowledged, blocks + " blocks are left of " + run.acknowledged);
            LedgerFixture.readAll(ledger);
        }
        return true;
    }

    @Test
    void everyOperationMayFail() throws IOException {
        failEveryOperation(Shape.SEGMENTS);
    }

    @Test
    void everyOperationMayFailWhileZerosAreWrittenAhead() throws IOException {
        failEveryOperation(Shape.ZEROS_AHEAD);
    }

    private void failEveryOperation(Shape shape) throws IOException {
        for (boolean marksClean : new boolean[] {false, true}) {
            for (boolean andAllLater : new boolean[] {false, true}) {
                Run whole = new Run(new Random(random.nextLong()), shape);
                MemoryFileSystem counting = LedgerFixture.newFileSystem();
                long before = counting.operations();
                whole.scenario(counting);
                long operations = counting.operations() - before;
                for (long n = 1; n <= operations; n++) {
                    failAt(n, shape, marksClean, andAllLater);
                }
            }
        }
    }

    private void failAt(long n, Shape shape, boolean marksClean, boolean andAllLater) throws IOException {
        Run run = new Run(new Random(random.nextLong()), shape);
        MemoryFileSystem fileSystem = LedgerFixture.newFileSystem();
        fileSystem.setFailedSyncMarksClean(marksClean);
        if (andAllLater) {
            fileSystem.failOperationsFrom(n);
        } else {
            fileSystem.failOperation(n);
        }
        run.scenario(fileSystem);
        fileSystem.assertNoOpenFiles();
        fileSystem.clearFaults();
        MemoryFileSystem left = random.nextBoolean()
                ? fileSystem.processCrashClone()
                : fileSystem.crashClone(List.of(UnsyncedPolicy.values()).get(random.nextInt(3)), random);
        run.checkAfter(left);
    }

    @Test
    void afterAFailureNothingIsAppendedAndReadsGoOn() throws IOException {
        for (Operation broken : new Operation[] {Operation.WRITE, Operation.SYNC}) {
            LedgerFixture fixture = new LedgerFixture(random);
            MemoryFileSystem fileSystem = LedgerFixture.newFileSystem();
            Ledger ledger = fixture.open(fileSystem, 1 << 20);
            fixture.append(ledger, 4);
            fileSystem.failWhen((operation, path, number) -> operation == broken);
            LedgerFixture.Block block = fixture.block(fixture.randomEntries(3));
            assertThrowsInjected(() -> {
                ledger.append(block.header(), block.entries(), block.position());
                ledger.sync();
            });
            fileSystem.clearFaults();
            long operations = fileSystem.mutations();
            assertThrowsInjected(() -> ledger.append(block.header(), block.entries(), block.position()));
            assertThrowsInjected(ledger::sync);
            assertTrue(ledger.failure() != null);
            ledger.blockAtHeight(3);
            LedgerFixture.readAll(ledger);
            ledger.close();
            assertEquals(operations, fileSystem.mutations(), "nothing may be written after a failure");
            assertFalse(fileSystem.exists(LedgerFixture.LEDGER.resolve(HeadFormat.FILE_NAME)));
            fileSystem.assertNoOpenFiles();
        }
    }

    private interface Action {
        void run() throws IOException;
    }

    private static void assertThrowsInjected(Action action) {
        try {
            action.run();
        } catch (IOException e) {
            assertTrue(e.getMessage().contains("injected"), e.getMessage());
            return;
        }
        throw new AssertionError("nothing was thrown");
    }

    @Test
    void anErrorBetweenWriteAndAnswerStopsTheLedger() throws IOException {
        LedgerFixture fixture = new LedgerFixture(random);
        MemoryFileSystem fileSystem = LedgerFixture.newFileSystem();
        Ledger ledger = fixture.open(fileSystem, 1 << 20);
        fixture.append(ledger, 1);
        fileSystem.failWhen((operation, path, number) -> {
            if (operation == Operation.WRITE) {
                throw new OutOfMemoryError("made up");
            }
            return false;
        });
        LedgerFixture.Block block = fixture.block(fixture.randomEntries(3));
        try {
            ledger.append(block.header(), block.entries(), block.position());
            throw new AssertionError("nothing was thrown");
        } catch (OutOfMemoryError expected) {
            assertEquals("made up", expected.getMessage());
        }
        fileSystem.clearFaults();
        assertTrue(ledger.failure() != null);
        ledger.close();
        fileSystem.assertNoOpenFiles();
    }

    @Test
    void aDiskThatFillsUpUnderAWriteLosesNothing() throws IOException {
        for (int room = 0; room < 3000; room += 1 + random.nextInt(40)) {
            Run run = new Run(new Random(random.nextLong()), Shape.SEGMENTS);
            MemoryFileSystem fileSystem = LedgerFixture.newFileSystem();
            fileSystem.setUsableSpace(room);
            try {
                run.session(fileSystem);
            } catch (DiskFullException refused) {
                assertTrue(refused.getMessage().contains("disk full"));
            } catch (IOException full) {
                assertTrue(full.getMessage().contains("No space left"), full.getMessage());
            }
            fileSystem.assertNoOpenFiles();
            fileSystem.setUsableSpace(1 << 20);
            run.checkAfter(fileSystem);
        }
    }
}
