package io.blockdb.ledger;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.base.CorruptionException;
import io.blockdb.base.LedgerPoint;
import io.blockdb.base.Position;
import io.blockdb.io.MemoryFileSystem;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Torn or damaged: the end of the last segment in every state that a crash, a bit of rust or a malicious client can leave. */
class LedgerTailTest extends LedgerTail {
    // ---- Tears

    @Test
    void aFrameCutAnywhereIsATearAndIsKept() throws IOException {
        write(2, 1);
        byte[] content = fileSystem.content(FIRST);
        int begin = offsetOf(2);
        for (int length = begin; length < content.length; length += 1 + random.nextInt(9)) {
            fileSystem = LedgerFixture.newFileSystem();
            fileSystem.setContent(FIRST, Arrays.copyOf(content, length));
            boolean cut = length > begin;
            boolean headLeft = length >= begin + FrameFormat.HEAD_LENGTH;
            expectTorn(2, headLeft ? 2 : cut ? 3 : 1);
            assertEquals(cut, fileSystem.exists(LedgerFixture.QUARANTINE));
            if (cut) {
                Path kept = LedgerFixture.QUARANTINE.resolve("0000000001.seg-from-" + begin);
                byte[] tail = Arrays.copyOfRange(content, begin, length);
                byte[] found = fileSystem.content(kept);
                assertArrayEquals(tail, Arrays.copyOf(found, tail.length));
                assertTrue(found.length <= tail.length && found[found.length - 1] != 0);
            }
        }
    }

    @Test
    void aFrameFilledWithZerosFromAnywhereIsATear() throws IOException {
        write(1, 2);
        byte[] content = fileSystem.content(FIRST);
        int begin = offsetOf(2);
        for (int from = begin; from < content.length - 8; from += 1 + random.nextInt(9)) {
            fileSystem = LedgerFixture.newFileSystem();
            byte[] zeroed = content.clone();
            Arrays.fill(zeroed, from, zeroed.length, (byte) 0);
            if (Arrays.equals(zeroed, content)) {
                continue;
            }
            fileSystem.setContent(FIRST, zeroed);
            boolean anyLeft = from > begin;
            expectTorn(2, anyLeft ? 3 : 1);
        }
    }

    @Test
    void ofSeveralUnsyncedFramesALaterOneMaySurvive() throws IOException {
        write(1, 3);
        overwrite(FIRST, offsetOf(1), new byte[offsetOf(2) - offsetOf(1)]);
        expectTorn(1, 2);
    }

    @Test
    void aFrameWhoseLargeValueWasTornIsTorn() throws IOException {
        Ledger ledger = fixture.open(fileSystem, 1 << 20);
        fixture.append(ledger, 1);
        List<BlockEntry> entries = List.of(
                fixture.entry("a", 10, false, false),
                fixture.entry("b", 5000, false, false),
                fixture.entry("c", 3000, true, false));
        ValuePlace place = null;
        for (int entry = 1; entry <= 2; entry++) {
            Ledger.Appended block = fixture.append(ledger, entries);
            place = ledger.appendedValuePlace(block, entry, entries.get(entry));
        }
        ledger.abandon();
        assertNotNull(place);
        overwrite(FIRST, place.offset() + 1024, new byte[512]);
        expectTorn(2, 3);
    }

    @Test
    void theBlockBehindWhichNothingIsKnownIsTheOneThatCannotBeDecided() throws IOException {
        write(0, 1);
        fileSystem.corrupt(FIRST, offsetOf(0) + 150, 1);
        expectTorn(0, 2);
    }

    @Test
    void aLedgerWithoutItsFirstBlockIsUnbornAndMayBecomeAnotherOne() throws IOException {
        write(1, 0);
        byte[] content = fileSystem.content(FIRST);
        for (int length : new int[] {0, 50, SegmentFormat.HEADER_LENGTH, content.length - 1}) {
            fileSystem = LedgerFixture.newFileSystem();
            fileSystem.setContent(FIRST, Arrays.copyOf(content, length));
            fixture = new LedgerFixture(random);
            try (Ledger ledger = fixture.open(fileSystem, LedgerFixture.readOnly(), null)) {
                assertNull(ledger.head());
                fixture.check(ledger);
            }
            try (Ledger ledger = fixture.open(fileSystem, 1 << 20)) {
                assertNull(ledger.head());
                assertEquals(0, ledger.survey().segments());
                assertFalse(fileSystem.exists(FIRST));
                fixture.append(ledger, 3);
                fixture.check(ledger);
            }
            try (Ledger ledger = fixture.open(fileSystem, 1 << 20)) {
                fixture.check(ledger);
            }
        }
    }

    @Test
    void zerosAheadOfUseAreTheEnd() throws IOException {
        write(2, 0);
        overwrite(FIRST, fileSystem.content(FIRST).length, new byte[5000]);
        expectTorn(2, 1);
    }

    @Test
    void whatIsWrittenAgainIsTheSame() throws IOException {
        write(2, 3);
        byte[] before = fileSystem.content(FIRST);
        long syncs = fileSystem.mutations();
        try (Ledger ledger = fixture.open(fileSystem, 1 << 20)) {
            assertEquals(List.of("The last 3 blocks were written and synced again."), ledger.recoveryNotes());
            assertEquals(5, ledger.syncedBlocks());
        }
        assertTrue(fileSystem.mutations() > syncs);
        assertArrayEquals(before, fileSystem.content(FIRST));
    }

    // ---- Evidence

    @Test
    void aBadFrameThatALaterOneKnowsToBeSyncedIsDamage() throws IOException {
        write(2, 2);
        for (int bad = 0; bad < 2; bad++) {
            MemoryFileSystem whole = fileSystem;
            fileSystem = whole.processCrashClone();
            fileSystem.corrupt(FIRST, offsetOf(bad) + 110, 4);
            expectDamage(bad);
            fileSystem = whole;
        }
    }

    @Test
    void theHeadOfATornFrameIsEvidenceToo() throws IOException {
        write(2, 1);
        fileSystem.corrupt(FIRST, offsetOf(1) + 130, 1);
        fileSystem.truncate(FIRST, offsetOf(2) + FrameFormat.HEAD_LENGTH + 8);
        expectDamage(1);
    }

    @Test
    void everythingIsEvidenceAfterACleanClose() throws IOException {
        write(2, 0);
        fixture.open(fileSystem, 1 << 20).close();
        byte[] content = fileSystem.content(FIRST);
        for (int length = 0; length < content.length; length += 1 + random.nextInt(20)) {
            fileSystem.truncate(FIRST, length);
            expectDamage(length < offsetOf(1) ? 0 : 1);
            fileSystem.setContent(FIRST, content);
        }
        for (int at = offsetOf(1); at < content.length; at++) {
            fileSystem.corrupt(FIRST, at, 1 + random.nextInt(255));
            if (isSaltedValue(content, at)) {
                // It might be in the middle of being erased: whoever reads it finds out.
                try (Ledger ledger = fixture.open(fileSystem, 1 << 20)) {
                    assertThrows(CorruptionException.class, () -> LedgerFixture.readAll(ledger), "offset " + at);
                }
            } else {
                expectDamage(1);
            }
            fileSystem.setContent(FIRST, content);
        }
        fileSystem.delete(FIRST);
        expectDamage(0);
    }

    private boolean isSaltedValue(byte[] content, int at) throws IOException {
        MemoryFileSystem whole = new MemoryFileSystem();
        whole.setContent(FIRST, content);
        try (Ledger ledger = fixture.open(whole, LedgerFixture.readOnly(), null)) {
            LedgerBlock block = ledger.blockAtHeight(1);
            for (int i = 0; i < block.entryCount(); i++) {
                ValuePlace place = block.valuePlace(i);
                if (place != null
                        && place.saltLength() > 0
                        && at >= place.offset()
                        && at < place.offset() + block.erasedFrame(i).length) {
                    return true;
                }
            }
            return false;
        }
    }

    @Test
    void anOldRecordIsStillEvidence() throws IOException {
        write(2, 0);
        fixture.open(fileSystem, 1 << 20).close();
        write(0, 1);
        fileSystem.corrupt(FIRST, offsetOf(0) + 100, 1);
        Ledger ledger = fixture.open(fileSystem, 1 << 20);
        assertFalse(ledger.wasClean());
        assertThrows(CorruptionException.class, () -> LedgerFixture.readAll(ledger), "not looked at when opened");
        ledger.abandon();
        fileSystem.corrupt(FIRST, offsetOf(1) + 100, 1);
        expectDamage(0);
    }

    @Test
    void withoutTheRecordALostLastBlockLooksTornAndIsNeverCutSilently() throws IOException {
        write(2, 0);
        fixture.open(fileSystem, 1 << 20).close();
        fileSystem.delete(HEAD);
        fileSystem.corrupt(FIRST, offsetOf(1) + 100, 1);
        expectTorn(1, 3);
    }

    @Test
    void aDamagedRecordIsSaidAndNotUsed() throws IOException {
        write(2, 0);
        fixture.open(fileSystem, 1 << 20).close();
        byte[] record = fileSystem.content(HEAD);
        for (int at = 0; at <= record.length; at++) {
            if (at < record.length) {
                fileSystem.corrupt(HEAD, at, 1 + random.nextInt(255));
            } else {
                fileSystem.truncate(HEAD, random.nextInt(record.length));
            }
            Ledger ledger = fixture.open(fileSystem, 1 << 20);
            assertEquals(
                    2, ledger.recoveryNotes().size(), ledger.recoveryNotes().toString());
            assertFalse(ledger.wasClean());
            fixture.check(ledger);
            ledger.abandon();
            fileSystem.setContent(HEAD, record);
        }
    }

    @Test
    void whatIsKnownFromElsewhereIsEvidence() throws IOException {
        write(3, 0);
        Ledger ledger = fixture.open(fileSystem, 1 << 20);
        LedgerPoint known = ledger.pointAt(2);
        LedgerPoint end = ledger.pointAt(3);
        ledger.abandon();
        try (Ledger again = fixture.open(fileSystem, LedgerFixture.options(1 << 20), known)) {
            fixture.check(again);
        }
        fileSystem.delete(HEAD);
        LedgerPoint beyond =
                new LedgerPoint(4, end.entries() + 1, end.lastHash(), end.timestamp(), end.position(), end.place());
        LedgerPoint other =
                new LedgerPoint(2, known.entries(), end.lastHash(), known.timestamp(), known.position(), known.place());
        LedgerPoint elsewhere = known.movedTo(Segment.beginOf(7));
        expectDamage(3, beyond);
        expectDamage(3, other);
        expectDamage(
                3, known.movedTo(new io.blockdb.base.BlockPlace(1, known.place().offset() - 8)));
        fixture.open(fileSystem, LedgerFixture.options(1 << 20), elsewhere).abandon();
        fileSystem.corrupt(FIRST, offsetOf(1) + 100, 1);
        expectDamage(1, known);
        fileSystem.corrupt(FIRST, offsetOf(1) + 100, 1);
        fileSystem.corrupt(FIRST, offsetOf(2) + 100, 1);
        expectDamage(2, end);
    }

    @Test
    void aWholeFrameThatDoesNotFollowIsDamageNotATear() throws IOException {
        write(2, 0);
        LedgerFixture other = new LedgerFixture(random);
        other.blocks.addAll(fixture.blocks.subList(0, 1));
        LedgerFixture.Block fork = other.block(fixture.randomEntries(2));
        fileSystem.truncate(FIRST, offsetOf(1));
        overwrite(FIRST, offsetOf(1), frame(fork, nonce(), offsetOf(1), 0));
        expectDamage(1);
    }

    private long nonce() throws IOException {
        return SegmentFormat.getLong(fileSystem.content(FIRST), 24);
    }

    private static byte[] frame(LedgerFixture.Block block, long nonce, long offset, long durableBlocks) {
        FrameEncoder encoder = new FrameEncoder(LedgerFixture.INLINE_VALUE_LIMIT);
        encoder.encode(block.header(), block.entries());
        return encoder.placed(nonce, offset, durableBlocks, Position.NONE).toBytes();
    }

    // ---- Bytes that look like a frame

    @Test
    void framesOfOtherPlacesAreNoEvidence() throws IOException {
        write(1, 1);
        byte[] content = fileSystem.content(FIRST);
        byte[] first = Arrays.copyOfRange(content, offsetOf(0), offsetOf(1));
        byte[] second = Arrays.copyOfRange(content, offsetOf(1), content.length);
        LedgerFixture.Block later = fixture.block(fixture.randomEntries(2));
        int end = content.length;
        for (byte[] behind : List.of(
                first,
                second,
                frame(later, nonce() + 1, end, 2),
                frame(later, nonce(), end + 8, 2),
                frame(later, 0, end, 2))) {
            fileSystem = LedgerFixture.newFileSystem();
            fileSystem.setContent(FIRST, content);
            fileSystem.corrupt(FIRST, offsetOf(1) + 120, 1);
            overwrite(FIRST, end, behind);
            List<LedgerFixture.Block> all = List.copyOf(fixture.blocks);
            expectTorn(1, 2);
            fixture.blocks.clear();
            fixture.blocks.addAll(all);
        }
        fileSystem = LedgerFixture.newFileSystem();
        fileSystem.setContent(FIRST, content);
        fileSystem.corrupt(FIRST, offsetOf(1) + 120, 1);
        overwrite(FIRST, end, frame(later, nonce(), end, 2));
        expectDamage(1);
    }

    @Test
    void aStoredValueCannotPassForAFrame() throws IOException {
        for (boolean nonceKnown : new boolean[] {false, true}) {
            fileSystem = LedgerFixture.newFileSystem();
            fixture = new LedgerFixture(random);
            appended.clear();
            write(1, 1);
            Ledger ledger = fixture.open(fileSystem, 1 << 20);
            LedgerPoint head = ledger.head();
            assertNotNull(head);
            appended.add(fixture.append(ledger, imitation(head, nonceKnown ? nonce() : nonce() ^ 1)));
            ledger.abandon();
            fileSystem.corrupt(FIRST, offsetOf(1) + 120, 1);
            int size = fileSystem.content(FIRST).length;
            fileSystem.truncate(FIRST, size - 8);
            zeroHead(offsetOf(2));
            if (nonceKnown) {
                expectDamage(1);
            } else {
                expectTorn(1, 2);
            }
        }
    }

    /** A value with heads between noise, each for the offset where it will stand, that claim more blocks than there are. */
    private List<BlockEntry> imitation(LedgerPoint head, long nonce) {
        byte[] value = new byte[20 * FrameFormat.HEAD_LENGTH];
        random.nextBytes(value);
        BlockEntry dummy = LedgerFixture.entry("imitation", value, new byte[0]);
        int valueAt = SegmentFormat.padded(FrameFormat.HEAD_LENGTH + 112 + 4 + dummy.leaf().length)
                + ValueFrameFormat.HEAD_LENGTH;
        for (int at = 0; at < value.length; at += 5 * FrameFormat.HEAD_LENGTH) {
            long offset = head.place().offset() + valueAt + at;
            FrameFormat.Head made = new FrameFormat.Head(
                    offset, 1 << 20, 1 << 20, Position.NONE, random.nextInt(), false, 0, 57, 0, 0, 100, 0);
            FrameFormat.encodeHead(made, nonce, value, at);
        }
        return List.of(LedgerFixture.entry("imitation", value, new byte[0]));
    }

    private void zeroHead(int offset) throws IOException {
        overwrite(FIRST, offset, new byte[FrameFormat.HEAD_LENGTH]);
    }
}
