package io.blockdb.proof;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.base.Hash;
import io.blockdb.base.LedgerId;
import io.blockdb.base.Seed;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BlockHeaderTest {
    private static final long MAX = EntryLeaf.NUMBER_MAX;
    private static final LedgerId LEDGER = LedgerId.parse("000102030405060708090a0b0c0d0e0f");
    private static final Hash HASH = MerkleTree.EMPTY_ROOT;

    private final Random random = Seed.random();

    @Test
    void everyBitFlippedIsRefusedOrMeansWhatItSays() throws Exception {
        for (BlockHeader header : new BlockHeader[] {
            header(3, 0, 0, 17, Hash.ZERO), header(1, 5, 5, MAX, HASH), header(1000, 1L << 40, 1L << 50, 0, HASH)
        }) {
            byte[] bytes = header.encode();
            assertEquals(header, BlockHeader.parse(bytes, 0, bytes.length));
            for (int at = 0; at < bytes.length; at++) {
                byte before = bytes[at];
                for (int change = 1; change < 256; change++) {
                    bytes[at] = (byte) (before ^ change);
                    checkRefusedOrEncodedAlike(bytes);
                }
                bytes[at] = before;
            }
        }
    }

    private static void checkRefusedOrEncodedAlike(byte[] bytes) {
        BlockHeader parsed;
        try {
            parsed = BlockHeader.parse(bytes, 0, bytes.length);
        } catch (MalformedException e) {
            assertFalse(e.getMessage().isEmpty());
            return;
        }
        assertArrayEquals(bytes, parsed.encode());
        assertEquals(MerkleTree.leafHash(bytes), parsed.hash());
    }

    @Test
    void isFoundAndWrittenAnywhereInAnArray() throws Exception {
        byte[] array = new byte[BlockHeader.LENGTH + 50];
        random.nextBytes(array);
        byte[] before = array.clone();
        BlockHeader header = header(7, 2, 100, 5, HASH);
        header.encode(array, 20);
        assertEquals(header, BlockHeader.parse(array, 20, BlockHeader.LENGTH));
        assertTrue(Arrays.equals(before, 0, 20, array, 0, 20));
        int end = 20 + BlockHeader.LENGTH;
        assertTrue(Arrays.equals(before, end, before.length, array, end, array.length));
        assertThrows(MalformedException.class, () -> BlockHeader.parse(array, 20, BlockHeader.LENGTH - 1));
        assertThrows(MalformedException.class, () -> BlockHeader.parse(array, 20, BlockHeader.LENGTH + 1));
    }

    @Test
    void theGreatestNumbersAreAccepted() throws Exception {
        for (BlockHeader header : new BlockHeader[] {
            header(0xffff_ffffL, 1, 1, 0, HASH), header(1, MAX, MAX, MAX, HASH), header(3, 1, MAX - 2, 0, HASH)
        }) {
            assertEquals(header, BlockHeader.parse(header.encode(), 0, BlockHeader.LENGTH));
        }
    }

    @Test
    void whatBreaksARuleIsRefused() {
        assertRefused(0, 1, 1, 0, HASH);
        assertRefused(1L << 32, 1, 1, 0, HASH);
        assertRefused(1, -1, 1, 0, HASH);
        assertRefused(1, MAX + 1, MAX, 0, HASH);
        assertRefused(1, 1, MAX + 1, 0, HASH);
        assertRefused(1, 1, -1, 0, HASH);
        assertRefused(1, 1, 1, -1, HASH);
        assertRefused(1, 1, 1, MAX + 1, HASH);
        assertRefused(2, 1, MAX, 0, HASH);
        assertRefused(1, 0, 0, 0, HASH);
        assertRefused(1, 0, 1, 0, Hash.ZERO);
        assertRefused(1, 8, 7, 0, HASH);
    }

    private static void assertRefused(
            long entryCount, long height, long firstSequence, long timestamp, Hash previousHash) {
        assertThrows(
                IllegalArgumentException.class,
                () -> header(entryCount, height, firstSequence, timestamp, previousHash));
    }

    @Test
    void aNewerVersionIsToldFromDamage() {
        byte[] bytes = header(1, 1, 1, 0, HASH).encode();
        bytes[3] = 2;
        assertTrue(assertThrows(MalformedException.class, () -> BlockHeader.parse(bytes, 0, bytes.length))
                .isTooNew());
        bytes[0] = 'X';
        assertFalse(assertThrows(MalformedException.class, () -> BlockHeader.parse(bytes, 0, bytes.length))
                .isTooNew());
    }

    private static BlockHeader header(
            long entryCount, long height, long firstSequence, long timestamp, Hash previousHash) {
        return new BlockHeader(entryCount, height, firstSequence, timestamp, LEDGER, previousHash, HASH);
    }
}
