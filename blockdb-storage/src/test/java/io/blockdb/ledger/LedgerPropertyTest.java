package io.blockdb.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.base.LedgerPoint;
import io.blockdb.base.Seed;
import io.blockdb.io.MemoryFileSystem;
import io.blockdb.io.MemoryFileSystem.UnsyncedPolicy;
import java.io.IOException;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Random appends, syncs, reads, closes, failures and crashes against a list of blocks. */
class LedgerPropertyTest {
    private final Random random = Seed.random();
    private MemoryFileSystem fileSystem = new MemoryFileSystem();
    private LedgerFixture fixture = new LedgerFixture(random);
    private long synced;

    @Test
    void aLedgerIsTheListOfItsBlocksWhateverHappens() throws IOException {
        for (int round = 0; round < 300; round++) {
            fileSystem = LedgerFixture.newFileSystem();
            fixture = new LedgerFixture(random);
            synced = 0;
            for (int session = 0; session < 8; session++) {
                session(500 + random.nextInt(8000));
            }
        }
    }

    private void session(long segmentSize) throws IOException {
        LedgerOptions options =
                new LedgerOptions(segmentSize, LedgerFixture.INLINE_VALUE_LIMIT, 1 + random.nextInt(4), 0, false);
        Ledger ledger = fixture.open(fileSystem, options, null);
        LedgerPoint head = ledger.head();
        long blocks = head == null ? 0 : head.blocks();
        assertTrue(blocks >= synced, blocks + " blocks are left of " + synced);
        assertEquals(blocks, ledger.syncedBlocks());
        fixture.forgetLost(ledger);
        synced = blocks;
        int steps = random.nextInt(25);
        for (int step = 0; step < steps; step++) {
            switch (random.nextInt(8)) {
                case 0 -> ledger.sync();
                case 1 -> fixture.check(ledger);
                default -> fixture.append(ledger, 1);
            }
            assertTrue(ledger.syncedBlocks() >= synced);
            synced = ledger.syncedBlocks();
        }
        end(ledger);
    }

    private void end(Ledger ledger) throws IOException {
        switch (random.nextInt(5)) {
            case 0 -> {
                ledger.close();
                synced = fixture.blocks.size();
            }
            case 1 -> {
                ledger.abandon();
                fileSystem = fileSystem.processCrashClone();
            }
            case 2 -> {
                failSync(ledger);
                fileSystem = random.nextBoolean()
                        ? fileSystem.processCrashClone()
                        : fileSystem.crashClone(UnsyncedPolicy.DROP_NONE, random);
            }
            default -> {
                UnsyncedPolicy policy = List.of(UnsyncedPolicy.values()).get(random.nextInt(3));
                ledger.abandon();
                fileSystem = fileSystem.crashClone(policy, random);
            }
        }
    }

    /** A sync fails, and the system takes for written what was not. */
    private void failSync(Ledger ledger) throws IOException {
        fileSystem.setFailedSyncMarksClean(true);
        fileSystem.failWhen((operation, path, number) -> operation == MemoryFileSystem.Operation.SYNC);
        try {
            ledger.sync();
        } catch (IOException injected) {
            assertTrue(injected.getMessage().contains("injected"), injected.getMessage());
        }
        fileSystem.clearFaults();
        ledger.abandon();
    }
}
