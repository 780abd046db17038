package io.blockdb.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.base.LedgerPoint;
import io.blockdb.base.Seed;
import io.blockdb.io.DiskFileSystem;
import io.blockdb.io.FileSystem;
import io.blockdb.io.MemoryFileSystem;
import io.blockdb.io.MemoryFileSystem.UnsyncedPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One committer, syncs beside it, readers everywhere, few files open. */
class LedgerConcurrencyTest {
    private static final int BLOCKS = 300;

    private final Random random = Seed.random();
    private final LedgerFixture fixture = new LedgerFixture(random);
    private final AtomicBoolean done = new AtomicBoolean();

    @Test
    void readersAndSyncsRunBesideTheCommitter() throws IOException, InterruptedException, ExecutionException {
        MemoryFileSystem fileSystem = LedgerFixture.newFileSystem();
        try (Ledger ledger = fixture.open(fileSystem, 3000)) {
            runBeside(ledger, false);
            assertTrue(ledger.survey().segments() > 20);
            fixture.check(ledger);
        }
        fileSystem.assertNoOpenFiles();
    }

    @Test
    void whatIsSaidToBeSyncedSurvivesAPowerFailureAtAnyMoment()
            throws IOException, InterruptedException, ExecutionException {
        MemoryFileSystem fileSystem = LedgerFixture.newFileSystem();
        Ledger ledger = fixture.open(fileSystem, 3000);
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            Future<?> syncing = threads.submit(() -> {
                while (!done.get()) {
                    ledger.sync();
                }
                return null;
            });
            for (int i = 0; i < 60; i++) {
                fixture.append(ledger, 1);
                long synced = ledger.syncedBlocks();
                MemoryFileSystem left = fileSystem.crashClone(UnsyncedPolicy.DROP_ALL, random);
                try (Ledger after = fixture.open(left, 3000)) {
                    LedgerPoint head = after.head();
                    assertTrue((head == null ? 0 : head.blocks()) >= synced);
                }
            }
            done.set(true);
            syncing.get();
        } finally {
            done.set(true);
            threads.shutdown();
            ledger.close();
        }
        fileSystem.assertNoOpenFiles();
    }

    @Test
    void interruptedThreadsAreServedAndKeepTheirFlag(@TempDir Path directory)
            throws IOException, InterruptedException, ExecutionException {
        FileSystem fileSystem = new DiskFileSystem();
        LedgerOptions options = LedgerFixture.options(3000);
        Path ledgerDirectory = Files.createDirectory(directory.resolve("ledger"));
        Path quarantine = directory.resolve("quarantine");
        try (Ledger ledger =
                Ledger.open(fixture.environment(fileSystem), ledgerDirectory, quarantine, options, null, blocks -> 0)) {
            runBeside(ledger, true);
            assertFalse(Thread.interrupted());
            fixture.check(ledger);
        }
        try (Ledger ledger =
                Ledger.open(fixture.environment(fileSystem), ledgerDirectory, quarantine, options, null, blocks -> 0)) {
            assertTrue(ledger.wasClean());
            fixture.check(ledger);
        }
    }

    private void runBeside(Ledger ledger, boolean interrupted) throws InterruptedException, ExecutionException {
        ExecutorService threads = Executors.newFixedThreadPool(6);
        try {
            List<Future<?>> others = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                long seed = random.nextLong();
                others.add(threads.submit(() -> {
                    read(ledger, new Random(seed), interrupted);
                    return null;
                }));
            }
            others.add(threads.submit(() -> {
                while (!done.get()) {
                    interruptMyself(interrupted);
                    ledger.sync();
                }
                return null;
            }));
            Future<?> committer = threads.submit(() -> {
                for (int i = 0; i < BLOCKS; i++) {
                    interruptMyself(interrupted);
                    fixture.append(ledger, 1);
                }
                return null;
            });
            committer.get();
            done.set(true);
            for (Future<?> other : others) {
                other.get();
            }
        } finally {
            done.set(true);
            threads.shutdown();
        }
    }

    private static void interruptMyself(boolean interrupted) {
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void read(Ledger ledger, Random own, boolean interrupted) throws IOException {
        while (!done.get()) {
            LedgerPoint head = ledger.head();
            if (head == null) {
                continue;
            }
            interruptMyself(interrupted);
            long height = (long) (own.nextDouble() * head.blocks());
            LedgerBlock block = ledger.blockAtHeight(height);
            assertEquals(height, block.header().height());
            block.checkEntriesRoot();
            block.checkValues();
            long sequence = (long) (own.nextDouble() * head.entries());
            long index = sequence - ledger.blockOfSequence(sequence).header().firstSequence();
            assertTrue(index >= 0);
            try (LedgerCursor cursor = ledger.blocksFrom(ledger.pointAt(height))) {
                for (int i = 0; i < 5 && height + i < head.blocks(); i++) {
                    LedgerBlock next = cursor.next();
                    assertNotNull(next);
                    assertEquals(height + i, next.header().height());
                }
            }
            if (interrupted) {
                assertTrue(Thread.currentThread().isInterrupted());
            }
        }
    }
}
