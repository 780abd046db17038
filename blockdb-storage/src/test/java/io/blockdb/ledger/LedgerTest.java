package io.blockdb.ledger;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.base.LedgerPoint;
import io.blockdb.base.Position;
import io.blockdb.base.Seed;
import io.blockdb.io.MemoryFileSystem;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a ledger does as long as nothing goes wrong, and how it refuses. */
class LedgerTest {
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

    @Test
    void anUnbornLedgerHasNoHeadAndLeavesNoFile() throws IOException {
        try (Ledger ledger = fixture.open(fileSystem, 4096)) {
            assertNull(ledger.head());
            assertEquals(0, ledger.survey().segments());
            assertEquals(0, ledger.survey().bytes());
            assertEquals(Ledger.GENESIS, ledger.pointAt(0));
            try (LedgerCursor cursor = ledger.blocksFrom(Ledger.GENESIS)) {
                assertNull(cursor.next());
            }
            ledger.sync();
        }
        assertEquals(List.of(), fileSystem.list(LedgerFixture.LEDGER));
    }

    @Test
    void whatWasAppendedIsReadBackAtOnceAndAfterACleanClose() throws IOException {
        try (Ledger ledger = fixture.open(fileSystem, 4096)) {
            for (int i = 0; i < 60; i++) {
                fixture.append(ledger, 1);
                if (random.nextInt(3) == 0) {
                    ledger.sync();
                    assertEquals(fixture.blocks.size(), ledger.syncedBlocks());
                }
            }
            assertTrue(ledger.survey().segments() > 3);
            fixture.check(ledger);
        }
        for (int i = 0; i < 3; i++) {
            try (Ledger ledger = fixture.open(fileSystem, 4096)) {
                assertTrue(ledger.wasClean());
                assertEquals(List.of(), ledger.recoveryNotes());
                assertEquals(fixture.blocks.size(), ledger.syncedBlocks());
                fixture.check(ledger);
                fixture.append(ledger, i);
            }
        }
    }

    @Test
    void openingAndClosingACleanLedgerWritesNothing() throws IOException {
        try (Ledger ledger = fixture.open(fileSystem, 4096)) {
            fixture.append(ledger, 5);
        }
        long before = fileSystem.mutations();
        fixture.open(fileSystem, 4096).close();
        assertEquals(before, fileSystem.mutations());
    }

    @Test
    void segmentsKeepToTheirSizeUnlessOneFrameIsLarger() throws IOException {
        long size = 2000;
        try (Ledger ledger = fixture.open(fileSystem, size)) {
            for (int i = 0; i < 30; i++) {
                int length = i % 10 == 9 ? 5000 : random.nextInt(900);
                fixture.append(ledger, List.of(fixture.entry("k", length, false, false)));
            }
            long bytes = 0;
            for (long number = 1; number <= ledger.survey().segments(); number++) {
                long found = fileSystem.size(LedgerFixture.segment(number));
                bytes += found;
                boolean ofOneFrame = found > 5000 && found < 5600;
                assertTrue(found <= size || ofOneFrame, number + " has " + found);
            }
            assertEquals(bytes, ledger.survey().bytes());
            fixture.check(ledger);
        }
    }

    @Test
    void theSegmentSizeAndTheInlineLimitMayChangeAtAnyOpen() throws IOException {
        for (int limit : new int[] {0, 50, 1 << 20}) {
            LedgerOptions options = new LedgerOptions(1000L + limit, limit, 2, 0, false);
            try (Ledger ledger = fixture.open(fileSystem, options, null)) {
                fixture.append(ledger, 8);
            }
        }
        try (Ledger ledger = fixture.open(fileSystem, 4096);
                LedgerCursor cursor = ledger.blocksFrom(Ledger.GENESIS)) {
            for (LedgerFixture.Block block : fixture.blocks) {
                LedgerBlock found = cursor.next();
                assertNotNull(found);
                for (int i = 0; i < found.entryCount(); i++) {
                    LedgerFixture.assertSame(block.entries().get(i).value(), found.value(i));
                }
            }
        }
    }

    @Test
    void placesOfValuesAreToldAtAppendAndStayTrue() throws IOException {
        try (Ledger ledger = fixture.open(fileSystem, 4096)) {
            List<BlockEntry> entries = new ArrayList<>(fixture.randomEntries(20));
            entries.add(fixture.entry("large", 3000, false, true));
            entries.add(fixture.entry("salted", 0, true, false));
            Ledger.Appended appended = fixture.append(ledger, entries);
            LedgerBlock block = ledger.blockAt(appended.place());
            for (int i = 0; i < entries.size(); i++) {
                ValuePlace place = ledger.appendedValuePlace(appended, i, entries.get(i));
                assertEquals(block.valuePlace(i), place);
                if (place != null) {
                    LedgerFixture.assertSame(entries.get(i).value(), ledger.value(place));
                }
            }
            List<BlockEntry> copied = block.entries();
            for (int i = 0; i < entries.size(); i++) {
                assertArrayEquals(entries.get(i).leaf(), copied.get(i).leaf());
                assertArrayEquals(entries.get(i).leafHash(), copied.get(i).leafHash());
                LedgerFixture.assertSame(entries.get(i).value(), copied.get(i).value());
            }
        }
    }

    @Test
    void frameSaysHowManyBlocksWereKnownToBeSynced() throws IOException {
        try (Ledger ledger = fixture.open(fileSystem, 1 << 20)) {
            fixture.append(ledger, 3);
            ledger.sync();
            fixture.append(ledger, 2);
            assertEquals(0, ledger.blockAtHeight(2).durableBlocks());
            assertEquals(3, ledger.blockAtHeight(3).durableBlocks());
            assertEquals(3, ledger.blockAtHeight(4).durableBlocks());
        }
    }

    @Test
    void whatIsNotInTheLedgerIsRefused() throws IOException {
        try (Ledger ledger = fixture.open(fileSystem, 4096)) {
            fixture.append(ledger, 3);
            LedgerPoint head = ledger.head();
            assertNotNull(head);
            assertThrows(IllegalArgumentException.class, () -> ledger.blockAtHeight(3));
            assertThrows(IllegalArgumentException.class, () -> ledger.blockAtHeight(-1));
            assertThrows(IllegalArgumentException.class, () -> ledger.pointAt(4));
            assertThrows(IllegalArgumentException.class, () -> ledger.blockOfSequence(head.entries()));
            assertThrows(IOException.class, () -> ledger.value(new ValuePlace(9, 96, 10, 0)));
        }
    }

    @Test
    void aBlockThatNoReaderWouldTakeIsRefusedBeforeItIsWritten() throws IOException {
        byte[] value = new byte[7 << 20];
        List<BlockEntry> entries = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            entries.add(LedgerFixture.entry("k" + i, value, new byte[0]));
        }
        try (Ledger ledger = fixture.open(fileSystem, 4096)) {
            LedgerFixture.Block block = fixture.block(entries);
            assertThrows(
                    IllegalArgumentException.class, () -> ledger.append(block.header(), entries, block.position()));
            assertNull(ledger.failure());
            fixture.append(ledger, entries.subList(0, 8));
            fixture.append(ledger, 1);
            fixture.check(ledger);
        }
    }

    @Test
    void anEntryWithTheValueOfAnotherIsRefused() {
        BlockEntry entry = fixture.entry("k", 10, false, false);
        StoredValue longer = new StoredValue(new byte[11], new byte[0]);
        assertThrows(IllegalArgumentException.class, () -> new BlockEntry(entry.leaf(), entry.leafHash(), longer));
        assertThrows(IllegalArgumentException.class, () -> LedgerFixture.erased(entry));
    }

    @Test
    void nothingIsWrittenAfterClose() throws IOException {
        Ledger ledger = fixture.open(fileSystem, 4096);
        fixture.append(ledger, 2);
        ledger.close();
        long before = fileSystem.operations();
        ledger.close();
        ledger.abandon();
        ledger.sync();
        assertEquals(before, fileSystem.operations());
        LedgerFixture.Block block = fixture.block(fixture.randomEntries(2));
        assertThrows(IllegalStateException.class, () -> ledger.append(block.header(), block.entries(), Position.NONE));
        assertThrows(IOException.class, () -> ledger.blockAtHeight(0));
    }

    @Test
    void anAbandonedLedgerIsNotTakenForSynced() throws IOException {
        Ledger ledger = fixture.open(fileSystem, 4096);
        fixture.append(ledger, 1);
        ledger.abandon();
        assertThrows(IllegalStateException.class, ledger::sync);
        assertEquals(0, ledger.syncedBlocks());
        try (Ledger reopened = fixture.open(fileSystem, 4096)) {
            assertFalse(reopened.wasClean());
            fixture.check(reopened);
        }
    }

    @Test
    void aFullDiskIsRefusedAndLeavesTheLedgerAsItWas() throws IOException {
        LedgerOptions options = new LedgerOptions(1 << 20, 100, 2, 4096, false);
        try (Ledger ledger = fixture.open(fileSystem, options, null)) {
            fixture.append(ledger, 2);
            fileSystem.setUsableSpace(10_000);
            int appended = 0;
            DiskFullException full = null;
            while (full == null) {
                List<BlockEntry> entries = List.of(fixture.entry("k", 500, false, false));
                LedgerFixture.Block block = fixture.block(entries);
                try {
                    ledger.append(block.header(), entries, block.position());
                    fixture.blocks.add(block);
                    appended++;
                } catch (DiskFullException e) {
                    full = e;
                }
                assertTrue(fileSystem.usableSpace(LedgerFixture.LEDGER) >= 4096 || appended < 40);
            }
            assertTrue(appended > 2, "appended " + appended);
            assertNull(ledger.failure());
            ledger.sync();
            fixture.check(ledger);
            fileSystem.setUsableSpace(1 << 20);
            fixture.append(ledger, 2);
            fixture.check(ledger);
        }
    }

    @Test
    void smallValuesAreCompressedTogetherWhereThatPays() throws IOException {
        try (Ledger ledger = fixture.open(fileSystem, 1 << 20)) {
            List<BlockEntry> dull = new ArrayList<>();
            List<BlockEntry> noise = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                dull.add(fixture.entry("k" + i, 90, false, true));
                noise.add(fixture.entry("k" + i, 90, false, false));
            }
            int shrunk = ledger.blockAt(fixture.append(ledger, dull).place()).frameLength();
            int stored = ledger.blockAt(fixture.append(ledger, noise).place()).frameLength();
            assertTrue(stored - shrunk > 4000, shrunk + " and " + stored);
            Ledger.Appended large = fixture.append(ledger, List.of(fixture.entry("large", 100_000, true, true)));
            assertTrue(ledger.blockAt(large.place()).frameLength() < 2000);
            fixture.check(ledger);
        }
    }
}
