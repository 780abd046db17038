package io.blockdb.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.base.BlockPlace;
import io.blockdb.base.CorruptionException;
import io.blockdb.base.Hash;
import io.blockdb.base.LedgerPoint;
import io.blockdb.base.Position;
import io.blockdb.base.Seed;
import io.blockdb.base.UnsupportedFormatException;
import io.blockdb.io.MemoryFileSystem;
import io.blockdb.proof.BlockHeader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Every byte of every file of a ledger is covered by something, and what is newer is told from what is damaged. */
class LedgerCorruptionTest {
    private static final Path FIRST = LedgerFixture.segment(1);
    private static final Path HEAD = LedgerFixture.LEDGER.resolve(HeadFormat.FILE_NAME);

    private final Random random = Seed.random();
    private final LedgerFixture fixture = new LedgerFixture(random);
    private MemoryFileSystem fileSystem = new MemoryFileSystem();

    @BeforeEach
    void createDirectories() throws IOException {
        fileSystem = LedgerFixture.newFileSystem();
    }

    /** Three segments with values of every kind: small ones with and without LZ4, framed, salted, empty, erased. */
    private void write() throws IOException {
        try (Ledger ledger = fixture.open(fileSystem, 3000)) {
            while (ledger.survey().segments() < 3) {
                List<BlockEntry> entries = new ArrayList<>(fixture.randomEntries(3));
                entries.add(fixture.entry("large", 101 + random.nextInt(90), false, random.nextBoolean()));
                entries.add(fixture.entry("salted", random.nextInt(50), true, false));
                entries.add(fixture.entry("empty", 0, true, false));
                entries.add(LedgerFixture.erased(fixture.entry("erased", random.nextInt(50), true, false)));
                fixture.append(ledger, entries);
                for (int i = 0; i < 3; i++) {
                    entries.set(i, fixture.entry("dull" + i, 80, false, true));
                }
                fixture.append(ledger, entries);
            }
        }
    }

    @Test
    void aFlipOfAnyByteIsNoticed() throws IOException {
        write();
        for (String name : fileSystem.list(LedgerFixture.LEDGER)) {
            Path file = LedgerFixture.LEDGER.resolve(name);
            int length = fileSystem.content(file).length;
            for (int at = 0; at < length; at++) {
                int xor = 1 + random.nextInt(255);
                fileSystem.corrupt(file, at, xor);
                assertTrue(noticed(), name + " @" + at + " xor " + xor);
                fileSystem.corrupt(file, at, xor);
            }
        }
        try (Ledger ledger = fixture.open(fileSystem, LedgerFixture.readOnly(), null)) {
            assertEquals(List.of(), ledger.recoveryNotes());
            fixture.check(ledger);
        }
        fileSystem.assertNoOpenFiles();
    }

    private boolean noticed() throws IOException {
        try (Ledger ledger = fixture.open(fileSystem, LedgerFixture.readOnly(), null)) {
            if (!ledger.recoveryNotes().isEmpty()) {
                return true;
            }
            LedgerFixture.readAll(ledger);
            return false;
        } catch (CorruptionException e) {
            assertTrue(e.file().startsWith("ledger/"), e.file());
            assertTrue(e.offset() >= 0);
            return true;
        }
    }

    @Test
    void aFlipIsNeverAnsweredWithOtherBytes() throws IOException {
        write();
        long entries = 0;
        for (LedgerFixture.Block block : fixture.blocks) {
            entries += block.entries().size();
        }
        for (int round = 0; round < 2000; round++) {
            Path file = LedgerFixture.segment(1 + random.nextInt(3));
            int at = random.nextInt(fileSystem.content(file).length);
            int xor = 1 + random.nextInt(255);
            fileSystem.corrupt(file, at, xor);
            long sequence = random.nextInt((int) entries);
            try (Ledger ledger = fixture.open(fileSystem, LedgerFixture.readOnly(), null)) {
                LedgerBlock found = ledger.blockOfSequence(sequence);
                LedgerFixture.Block expected =
                        fixture.blocks.get((int) found.header().height());
                assertEquals(expected.header(), found.header());
                int index = (int) (sequence - expected.header().firstSequence());
                LedgerFixture.assertSame(expected.entries().get(index).value(), found.value(index));
                int height = random.nextInt(fixture.blocks.size());
                assertEquals(
                        fixture.blocks.get(height).header(),
                        ledger.blockAtHeight(height).header());
            } catch (CorruptionException noticed) {
                assertTrue(noticed.file().startsWith("ledger/"), noticed.file());
            }
            fileSystem.corrupt(file, at, xor);
        }
    }

    @Test
    void aFlipInABlockThatIsOnlyWalkedOverLeadsNobodyAstray() throws IOException {
        try (Ledger ledger = fixture.open(fileSystem, 1 << 20)) {
            fixture.append(ledger, 6);
        }
        List<BlockPlace> places = new ArrayList<>();
        LedgerPoint head;
        try (Ledger ledger = fixture.open(fileSystem, LedgerFixture.readOnly(), null)) {
            for (int height = 0; height < 6; height++) {
                places.add(ledger.blockAtHeight(height).place());
            }
            head = ledger.head();
        }
        assertNotNull(head);
        for (BlockPlace place : places.subList(0, 5)) {
            for (int at = 4; at < 24; at++) {
                long offset = place.offset() + FrameFormat.HEAD_LENGTH + at;
                for (int xor : new int[] {1, 2, 3, 128}) {
                    fileSystem.corrupt(FIRST, offset, xor);
                    try (Ledger ledger = fixture.open(fileSystem, LedgerFixture.readOnly(), null)) {
                        for (long sequence = 0; sequence < head.entries(); sequence++) {
                            checkFound(ledger, sequence);
                        }
                    }
                    fileSystem.corrupt(FIRST, offset, xor);
                }
            }
        }
    }

    private void checkFound(Ledger ledger, long sequence) throws IOException {
        try {
            BlockHeader found = ledger.blockOfSequence(sequence).header();
            assertEquals(fixture.blocks.get((int) found.height()).header(), found);
            assertTrue(found.firstSequence() <= sequence);
            assertTrue(sequence < found.firstSequence() + found.entryCount());
        } catch (CorruptionException noticed) {
            assertTrue(noticed.reason().contains("checksum"), noticed.reason());
        }
    }

    @Test
    void aSegmentCutAnywhereIsNoticed() throws IOException {
        write();
        for (int number = 1; number <= 3; number++) {
            Path file = LedgerFixture.segment(number);
            byte[] content = fileSystem.content(file);
            for (int length = 0; length < content.length; length += 1 + random.nextInt(30)) {
                fileSystem.truncate(file, length);
                assertTrue(noticed(), number + " cut at " + length);
                fileSystem.setContent(file, content);
            }
        }
    }

    // ---- Newer formats

    private void expectTooNew() throws IOException {
        SortedMap<String, String> before = fileSystem.snapshot();
        for (LedgerOptions options : List.of(LedgerFixture.readOnly(), LedgerFixture.options(4096))) {
            UnsupportedFormatException e =
                    assertThrows(UnsupportedFormatException.class, () -> fixture.open(fileSystem, options, null));
            assertTrue(e.getMessage().contains("too new"), e.getMessage());
        }
        assertEquals(before, fileSystem.snapshot());
        fileSystem.assertNoOpenFiles();
    }

    private void change(Path file, int at, int value, int crcAt, int crcFrom, int crcEnd) throws IOException {
        byte[] bytes = fileSystem.content(file);
        bytes[at] = (byte) value;
        int crc = SegmentFormat.crc(bytes, crcFrom, crcEnd - crcFrom);
        for (int i = 0; i < 4; i++) {
            bytes[crcAt + i] = (byte) (crc >>> (24 - 8 * i));
        }
        fileSystem.setContent(file, bytes);
    }

    @Test
    void aNewerSegmentIsLeftAlone() throws IOException {
        write();
        change(LedgerFixture.segment(3), 15, 2, 8, 12, SegmentFormat.HEADER_LENGTH);
        expectTooNew();
    }

    @Test
    void aNewerRecordIsLeftAlone() throws IOException {
        write();
        byte[] longer = java.util.Arrays.copyOf(fileSystem.content(HEAD), 200);
        fileSystem.setContent(HEAD, longer);
        change(HEAD, 15, 2, 8, 12, longer.length);
        expectTooNew();
    }

    @Test
    void aNewerFrameIsLeftAlone() throws IOException {
        Ledger ledger = fixture.open(fileSystem, 1 << 20);
        fixture.append(ledger, 1);
        int at = (int) fixture.append(ledger, fixture.randomEntries(2)).place().offset();
        ledger.abandon();
        MemoryFileSystem whole = fileSystem;
        for (int field : new int[] {77, 79}) {
            fileSystem = whole.processCrashClone();
            change(FIRST, at + field, 2, at + 4, at + 8, at + FrameFormat.HEAD_LENGTH);
            expectTooNew();
        }
    }

    @Test
    void aNewerBlockOrEntryIsLeftAlone() throws IOException {
        for (boolean entry : new boolean[] {false, true}) {
            createDirectories();
            LedgerFixture writer = new LedgerFixture(random);
            Ledger ledger = writer.open(fileSystem, 1 << 20);
            writer.append(ledger, 1);
            List<BlockEntry> entries = List.of(writer.entry("k", 10, false, false));
            int at = (int) writer.append(ledger, entries).place().offset();
            int frameLength = ledger.blockAtHeight(1).frameLength();
            ledger.abandon();
            int bodyEnd = at + FrameFormat.HEAD_LENGTH + 112 + entries.get(0).leaf().length + 10;
            assertTrue(bodyEnd <= at + frameLength);
            int field = at + FrameFormat.HEAD_LENGTH + (entry ? 112 : 3);
            change(FIRST, field, 2, at + 72, at + FrameFormat.HEAD_LENGTH, bodyEnd);
            change(FIRST, at, 'B', at + 4, at + 8, at + FrameFormat.HEAD_LENGTH);
            expectTooNew();
        }
    }

    // ---- Whole in themselves, and wrong

    @Test
    void aForkedHistoryWithEveryChecksumRightBreaksTheChain() throws IOException {
        try (Ledger ledger = fixture.open(fileSystem, 1 << 20)) {
            fixture.append(ledger, 1);
            fixture.append(ledger, List.of(fixture.entry("k", 50, false, false)));
            fixture.append(ledger, 2);
        }
        List<LedgerFixture.Block> all = List.copyOf(fixture.blocks);
        fixture.blocks.subList(1, all.size()).clear();
        LedgerFixture.Block forged = fixture.block(List.of(fixture.entry("k", 50, false, false)));
        byte[] content = fileSystem.content(FIRST);
        try (Ledger ledger = fixture.open(fileSystem, LedgerFixture.readOnly(), null)) {
            int at = (int) ledger.blockAtHeight(1).place().offset();
            FrameEncoder encoder = new FrameEncoder(LedgerFixture.INLINE_VALUE_LIMIT);
            assertTrue(encoder.encode(forged.header(), forged.entries()) > 0);
            byte[] frame = encoder.placed(SegmentFormat.getLong(content, 24), at, 0, Position.NONE)
                    .toBytes();
            System.arraycopy(frame, 0, content, at, frame.length);
        }
        fileSystem.setContent(FIRST, content);
        try (Ledger ledger = fixture.open(fileSystem, LedgerFixture.readOnly(), null)) {
            CorruptionException e = assertThrows(CorruptionException.class, () -> LedgerFixture.readAll(ledger));
            assertTrue(e.getMessage().contains("does not follow the one before"), e.getMessage());
        }
    }

    @Test
    void aChainThatGoesOnInAnotherLedgerIsNoticed() throws IOException {
        for (long segmentSize : new long[] {1, 1 << 20}) {
            createDirectories();
            LedgerFixture one = new LedgerFixture(random);
            LedgerFixture other = new LedgerFixture(random);
            try (Ledger ledger = one.open(fileSystem, segmentSize)) {
                one.append(ledger, 2);
                other.blocks.addAll(one.blocks);
                other.append(ledger, 2);
            }
            assertTrue(noticed());
        }
    }

    @Test
    void bytesBehindASealAreNoticed() throws IOException {
        write();
        for (int number = 1; number <= 2; number++) {
            for (int last = 0; last < 2; last++) {
                Path file = LedgerFixture.segment(number);
                byte[] content = fileSystem.content(file);
                byte[] longer = java.util.Arrays.copyOf(content, content.length + 8);
                longer[content.length + 7] = (byte) last;
                fileSystem.setContent(file, longer);
                assertTrue(noticed());
                fileSystem.setContent(file, content);
            }
        }
    }

    @Test
    void theFirstBadBlockIsNamedWhateverItIsFoundBy() throws IOException {
        try (Ledger ledger = fixture.open(fileSystem, 1 << 20)) {
            fixture.append(ledger, 4);
        }
        long at;
        int size = fileSystem.content(FIRST).length;
        try (Ledger ledger = fixture.open(fileSystem, LedgerFixture.readOnly(), null)) {
            at = ledger.blockAtHeight(2).place().offset();
        }
        fileSystem.truncate(FIRST, size - 8);
        fileSystem.corrupt(FIRST, at + 120, 1);
        CorruptionException e = assertThrows(CorruptionException.class, () -> fixture.open(fileSystem, 1 << 20));
        assertEquals(at, e.offset());
        assertTrue(e.reason().contains("block checksum mismatch"), e.reason());
        assertTrue(e.reason().contains("this is damage, not a torn write: at offset "), e.reason());
    }

    @Test
    void numbersThatCannotBeAreDamageHoweverRightTheChecksums() throws IOException {
        try (Ledger ledger = fixture.open(fileSystem, 1 << 20)) {
            List<BlockEntry> entries = List.of(
                    fixture.entry("a", 200, false, false),
                    fixture.entry("b", 5, true, false),
                    fixture.entry("c", 5, false, false));
            fixture.append(ledger, entries);
        }
        int at = SegmentFormat.HEADER_LENGTH;
        byte[] content = fileSystem.content(FIRST);
        int bodyEnd;
        try (Ledger ledger = fixture.open(fileSystem, LedgerFixture.readOnly(), null)) {
            ValuePlace first = ledger.blockAtHeight(0).valuePlace(0);
            assertNotNull(first);
            bodyEnd = (int) first.offset();
        }
        while (content[bodyEnd - 1] == 0) {
            bodyEnd--;
        }
        for (int round = 0; round < 3000; round++) {
            fileSystem.setContent(FIRST, content);
            int field = random.nextInt(bodyEnd - at - 8) + 8;
            int value = random.nextInt(4) == 0 ? 0xff : random.nextInt(256);
            change(FIRST, at + field, value, at + 72, at + FrameFormat.HEAD_LENGTH, bodyEnd);
            change(FIRST, at, 'B', at + 4, at + 8, at + FrameFormat.HEAD_LENGTH);
            try (Ledger ledger = fixture.open(fileSystem, LedgerFixture.readOnly(), null)) {
                LedgerFixture.readAll(ledger);
            } catch (CorruptionException | UnsupportedFormatException expected) {
                assertTrue(expected.getMessage().startsWith("ledger/"), expected.getMessage());
            }
        }
    }

    @Test
    void aRecordOfAnotherLedgerIsNotTakenForThisOne() throws IOException {
        try (Ledger ledger = fixture.open(fileSystem, 1 << 20)) {
            fixture.append(ledger, 2);
            LedgerPoint head = ledger.head();
            assertNotNull(head);
            byte[] hash = head.lastHash().toBytes();
            hash[5] ^= 1;
            LedgerPoint other =
                    new LedgerPoint(2, head.entries(), Hash.of(hash), head.timestamp(), head.position(), head.place());
            ledger.abandon();
            HeadFormat.write(fileSystem, LedgerFixture.LEDGER, other);
        }
        CorruptionException e = assertThrows(CorruptionException.class, () -> fixture.open(fileSystem, 1 << 20));
        assertTrue(e.getMessage().contains("not the one that was here"), e.getMessage());
    }
}
