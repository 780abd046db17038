package io.blockdb.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.base.Seed;
import io.blockdb.io.MemoryFileSystem;
import io.blockdb.io.MemoryFileSystem.Operation;
import java.io.IOException;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Zeros written ahead of use: when, how many, and that nothing depends on them. */
class LedgerAheadTest {
    private static final int RESERVE = 4 << 20;
    private static final int FILL_MAX = 256 << 10;

    private final Random random = Seed.random();
    private final LedgerFixture fixture = new LedgerFixture(random);
    private MemoryFileSystem fileSystem = new MemoryFileSystem();

    @BeforeEach
    void createDirectories() throws IOException {
        fileSystem = LedgerFixture.newFileSystem();
    }

    @AfterEach
    void nothingStaysOpen() {
        fileSystem.assertNoOpenFiles();
    }

    private Ledger open(long segmentSize) throws IOException {
        LedgerOptions options = new LedgerOptions(segmentSize, LedgerFixture.INLINE_VALUE_LIMIT, 2, RESERVE, false);
        return fixture.open(fileSystem, options, null);
    }

    private void append(Ledger ledger, int bytes) throws IOException {
        fixture.append(ledger, List.of(fixture.entry("key", bytes, false, false)));
    }

    private static long end(Ledger ledger) {
        var head = ledger.head();
        return head == null ? 0 : head.place().offset();
    }

    /** How many zeros there are behind the last frame. */
    private long ahead(Ledger ledger) throws IOException {
        return fileSystem.size(LedgerFixture.segment(ledger.survey().segments())) - end(ledger);
    }

    @Test
    void zerosFollowWhatWasSyncedInSmallPiecesAndAreTakenBackAtTheEnd() throws IOException {
        try (Ledger ledger = open(128 << 20)) {
            for (int i = 0; i < 4; i++) {
                append(ledger, 300);
                ledger.sync();
                assertEquals(0, ahead(ledger), "a few writes do not need any");
            }
            long most = 0;
            int grown = 0;
            for (int i = 0; i < 2000; i++) {
                long length = ahead(ledger) + end(ledger);
                append(ledger, 300);
                ledger.sync();
                grown += ahead(ledger) + end(ledger) > length ? 1 : 0;
                most = Math.max(most, ahead(ledger));
                assertTrue(ahead(ledger) <= end(ledger), "more is filled than was written");
            }
            assertEquals(FILL_MAX, most);
            assertTrue(grown < 40, "the file grew " + grown + " times");
            fixture.check(ledger);
        }
        try (Ledger ledger = open(128 << 20)) {
            assertTrue(ledger.wasClean());
            assertEquals(0, ahead(ledger));
            fixture.check(ledger);
        }
    }

    @Test
    void nothingIsFilledWhereSyncsAreRareOrCarryMuch() throws IOException {
        try (Ledger ledger = open(128 << 20)) {
            for (int i = 0; i < 300; i++) {
                append(ledger, 300);
                assertEquals(0, ahead(ledger));
            }
            for (int i = 0; i < 20; i++) {
                ledger.sync();
                append(ledger, 60_000);
                assertEquals(0, ahead(ledger));
            }
        }
    }

    @Test
    void aSegmentIsNotFilledBeyondItsSize() throws IOException {
        long segmentSize = 30_000;
        try (Ledger ledger = open(segmentSize)) {
            for (int i = 0; i < 300; i++) {
                append(ledger, 300);
                ledger.sync();
                assertTrue(ahead(ledger) + end(ledger) <= segmentSize);
            }
            assertTrue(ledger.survey().segments() > 3);
            fixture.check(ledger);
        }
    }

    @Test
    void whatAKilledProcessFilledIsUsed() throws IOException {
        Ledger killed = open(128 << 20);
        do {
            append(killed, 300);
            killed.sync();
        } while (ahead(killed) < 20_000);
        killed.abandon();
        long length = fileSystem.size(LedgerFixture.segment(1));
        try (Ledger ledger = open(128 << 20)) {
            fixture.check(ledger);
            for (int i = 0; i < 10; i++) {
                append(ledger, 300);
                assertEquals(length, fileSystem.size(LedgerFixture.segment(1)));
            }
            fixture.check(ledger);
        }
        try (Ledger ledger = open(128 << 20)) {
            assertEquals(List.of(), ledger.recoveryNotes());
            assertEquals(0, ahead(ledger));
            fixture.check(ledger);
        }
    }

    @Test
    void zerosThatCannotBeWrittenFailNoWrite() throws IOException {
        try (Ledger ledger = open(128 << 20)) {
            append(ledger, 300);
            int[] writes = {0};
            int[] failed = {0};
            fileSystem.failWhen((operation, path, number) -> {
                boolean second = operation == Operation.WRITE && ++writes[0] == 2;
                failed[0] += second ? 1 : 0;
                return second;
            });
            for (int i = 0; i < 200; i++) {
                writes[0] = 0;
                append(ledger, 300);
                ledger.sync();
            }
            assertNull(ledger.failure());
            assertEquals(1, failed[0], "it is not tried again");
            fileSystem.clearFaults();
            fixture.check(ledger);
        }
        try (Ledger ledger = open(128 << 20)) {
            assertTrue(ledger.wasClean());
            fixture.check(ledger);
        }
    }

    @Test
    void zerosTakeNothingOfTheReserve() throws IOException {
        fileSystem.setUsableSpace(RESERVE + 300_000);
        try (Ledger ledger = open(128 << 20)) {
            assertThrows(DiskFullException.class, () -> {
                for (int i = 0; i < 5000; i++) {
                    append(ledger, 300);
                    ledger.sync();
                    assertTrue(fileSystem.usableSpace(LedgerFixture.LEDGER) >= RESERVE - RESERVE / 8);
                }
            });
            fixture.blocks.remove(fixture.blocks.size() - 1);
            assertTrue(end(ledger) > 250_000, "what was filled can be used: " + end(ledger));
            fixture.check(ledger);
        }
        assertFalse(fileSystem.usableSpace(LedgerFixture.LEDGER) < RESERVE);
    }
}
