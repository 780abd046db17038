package io.blockdb.ledger;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.base.CorruptionException;
import io.blockdb.base.LedgerPoint;
import io.blockdb.io.MemoryFileSystem;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Torn or damaged: headers and seals, and the segments among each other. */
class LedgerSegmentsTest extends LedgerTail {
    @Test
    void aGapInTheSegmentsIsDamage() throws IOException {
        writeSegments(4);
        for (int missing = 1; missing <= 4; missing++) {
            MemoryFileSystem whole = fileSystem;
            fileSystem = whole.processCrashClone();
            fileSystem.delete(LedgerFixture.segment(missing));
            expectDamage(missing - 1);
            fileSystem = whole;
        }
    }

    @Test
    void segmentsThatChangedPlacesOrCameFromElsewhereAreDamage() throws IOException {
        writeSegments(4);
        MemoryFileSystem whole = fileSystem;
        fileSystem = whole.processCrashClone();
        fileSystem.setContent(LedgerFixture.segment(4), whole.content(LedgerFixture.segment(3)));
        expectDamage(3);
        List<LedgerFixture.Block> mine = List.copyOf(fixture.blocks);
        fileSystem = LedgerFixture.newFileSystem();
        fixture = new LedgerFixture(random);
        writeSegments(4);
        MemoryFileSystem other = fileSystem;
        fixture.blocks.clear();
        fixture.blocks.addAll(mine);
        fileSystem = whole.processCrashClone();
        fileSystem.delete(HEAD);
        fileSystem.setContent(LedgerFixture.segment(4), other.content(LedgerFixture.segment(4)));
        expectDamage(3);
        fileSystem = whole.processCrashClone();
        fileSystem.setContent(HEAD, other.content(HEAD));
        expectDamage(4);
    }

    @Test
    void aSegmentWithASuccessorEndsWithItsSeal() throws IOException {
        writeSegments(2);
        byte[] content = fileSystem.content(FIRST);
        byte[] second = fileSystem.content(LedgerFixture.segment(2));
        for (byte[] successor : List.of(second, new byte[0], Arrays.copyOf(second, 50))) {
            fileSystem.delete(HEAD);
            fileSystem.setContent(LedgerFixture.segment(2), successor);
            for (int length : new int[] {0, 96, content.length - 88, content.length - 1}) {
                fileSystem.setContent(FIRST, Arrays.copyOf(content, length));
                expectDamage(length < content.length - 88 ? 0 : 1);
            }
            for (byte end : new byte[] {0, 1}) {
                byte[] longer = Arrays.copyOf(content, content.length + 8);
                longer[content.length] = end;
                fileSystem.setContent(FIRST, longer);
                expectDamage(1);
            }
            fileSystem.setContent(FIRST, content);
            fixture.open(fileSystem, 1).close();
        }
    }

    /** Leaves a segment that is sealed, and no other behind it. */
    private void writeSealed() throws IOException {
        write(2, 0);
        Ledger ledger = fixture.open(fileSystem, 1);
        fileSystem.failWhen((operation, path, number) -> operation == MemoryFileSystem.Operation.CREATE);
        LedgerFixture.Block block = fixture.block(fixture.randomEntries(1));
        assertThrows(IOException.class, () -> ledger.append(block.header(), block.entries(), block.position()));
        ledger.abandon();
        fileSystem.clearFaults();
        assertFalse(fileSystem.exists(LedgerFixture.segment(2)));
    }

    @Test
    void aSealWithoutASuccessorIsWrittenAgain() throws IOException {
        writeSealed();
        byte[] content = fileSystem.content(FIRST);
        for (int zeros : new int[] {0, 300}) {
            fileSystem.setContent(FIRST, Arrays.copyOf(content, content.length + zeros));
            for (int i = 0; i < 2; i++) {
                long before = fileSystem.mutations();
                fixture.open(fileSystem, 1).abandon();
                assertTrue(fileSystem.mutations() > before);
                assertArrayEquals(content, fileSystem.content(FIRST));
            }
        }
        try (Ledger ledger = fixture.open(fileSystem, 1)) {
            fixture.append(ledger, 1);
            assertEquals(2, ledger.survey().segments());
        }
        expectTornQuietly();
    }

    private void expectTornQuietly() throws IOException {
        try (Ledger ledger = fixture.open(fileSystem, 1 << 20)) {
            assertEquals(List.of(), ledger.recoveryNotes());
            fixture.check(ledger);
        }
    }

    @Test
    void aTornSealIsCutAndTheSegmentGoesOn() throws IOException {
        writeSealed();
        byte[] content = fileSystem.content(FIRST);
        int seal = content.length - SegmentFormat.SEAL_LENGTH;
        List<LedgerFixture.Block> all = List.copyOf(fixture.blocks);
        for (int length = seal + 1; length <= content.length; length++) {
            fileSystem = LedgerFixture.newFileSystem();
            byte[] torn = Arrays.copyOf(content, length + 100);
            if (length == content.length) {
                torn[length + 60] = 7;
            }
            fileSystem.setContent(FIRST, torn);
            boolean whole = Arrays.equals(Arrays.copyOf(torn, content.length), content) && length < content.length;
            if (!whole) {
                expectTorn(2, 3);
            }
            fixture.blocks.clear();
            fixture.blocks.addAll(all);
        }
    }

    @Test
    void aLastSegmentWithoutAWholeHeaderIsPutAside() throws IOException {
        writeSegments(3);
        fileSystem.delete(HEAD);
        fileSystem.delete(LedgerFixture.TREE.resolve(TreeFormat.STATE));
        Path last = LedgerFixture.segment(3);
        byte[] header = Arrays.copyOf(fileSystem.content(last), SegmentFormat.HEADER_LENGTH);
        MemoryFileSystem whole = fileSystem;
        List<LedgerFixture.Block> all = List.copyOf(fixture.blocks);
        for (int length = 0; length <= header.length; length++) {
            fileSystem = whole.processCrashClone();
            byte[] torn = Arrays.copyOf(header, length);
            if (length == header.length) {
                torn[random.nextInt(length)] ^= 1;
                torn = Arrays.copyOf(torn, 1000);
            }
            fileSystem.setContent(last, torn);
            expectTorn(2, length == 0 ? 1 : 2);
            fixture.blocks.clear();
            fixture.blocks.addAll(all);
        }
        fileSystem = whole.processCrashClone();
        fileSystem.setContent(last, header);
        expectTorn(2, 0);
    }

    @Test
    void aBadHeaderBeforeBlocksIsDamage() throws IOException {
        writeSegments(3);
        byte[] record = fileSystem.content(HEAD);
        for (int number = 1; number <= 3; number++) {
            Path path = LedgerFixture.segment(number);
            for (int at = 0; at < SegmentFormat.HEADER_LENGTH; at++) {
                int xor = 1 + random.nextInt(255);
                fileSystem.corrupt(path, at, xor);
                if (random.nextBoolean()) {
                    fileSystem.delete(HEAD);
                }
                if (number == 1) {
                    try (Ledger ledger = fixture.open(fileSystem, LedgerFixture.readOnly(), null)) {
                        assertThrows(CorruptionException.class, () -> LedgerFixture.readAll(ledger));
                    }
                } else {
                    expectDamage(number - 1);
                }
                fileSystem.setContent(HEAD, record);
                fileSystem.corrupt(path, at, xor);
            }
        }
    }

    @Test
    void evidenceCountsAlsoWhereTheLastSegmentIsPutAside() throws IOException {
        writeSegments(3);
        LedgerPoint known;
        try (Ledger ledger = fixture.open(fileSystem, 1)) {
            known = ledger.pointAt(2);
        }
        fileSystem.delete(HEAD);
        fileSystem.setContent(LedgerFixture.segment(3), new byte[10]);
        LedgerPoint other = new LedgerPoint(
                2, known.entries(), known.lastHash(), known.timestamp() + 1, known.position(), known.place());
        expectDamage(2, other);
        try (Ledger ledger = fixture.open(fileSystem, LedgerFixture.options(1), known)) {
            keep(2);
            fixture.check(ledger);
        }
    }

    @Test
    void aSealThatTellsOfOtherBlocksIsDamageHoweverRightItsChecksum() throws IOException {
        writeSegments(2);
        byte[] content = fileSystem.content(FIRST);
        int at = content.length - SegmentFormat.SEAL_LENGTH;
        SegmentFormat.Seal seal = SegmentFormat.parseSeal("", content, at, SegmentFormat.getLong(content, 24), at);
        SegmentFormat.Seal other = new SegmentFormat.Seal(
                seal.blocks(), seal.entries() + 1, seal.firstHeight(), seal.lastHeight(), seal.lastHash());
        overwrite(FIRST, at, SegmentFormat.encode(other, SegmentFormat.getLong(content, 24), at));
        expectDamage(1);
    }
}
