package io.blockdb.bench;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.BitSet;
import java.util.zip.Deflater;
import org.junit.jupiter.api.Test;

/** Keys and values are what the report says of them. */
class DatasetTest {
    @Test
    void theRandomOrderHasEachKeyOnce() {
        for (int entries : new int[] {1, 2, 3, 7, 1_000, 1_024, 4_097}) {
            Dataset data = new Dataset(entries, 100, 5);
            BitSet seen = new BitSet(entries);
            for (int place = 0; place < entries; place++) {
                seen.set((int) data.shuffled(place));
            }
            assertEquals(entries, seen.cardinality(), entries + " entries");
            assertEquals(entries, seen.length(), entries + " entries");
        }
    }

    @Test
    void theOrderLooksRandom() {
        Dataset data = new Dataset(100_000, 100, 5);
        int rising = 0;
        for (int place = 1; place < 100_000; place++) {
            rising += data.shuffled(place) > data.shuffled(place - 1) ? 1 : 0;
        }
        assertTrue(rising > 49_000 && rising < 51_000, rising + " of 99,999 keys are greater than the one before");
    }

    @Test
    void keysAreOrderedByNumberAndMissingOnesStandBetween() {
        byte[] key = Dataset.keyOf(255);
        byte[] next = Dataset.keyOf(256);
        byte[] missing = Dataset.missingKey(256);
        assertEquals(Dataset.KEY_SIZE, key.length);
        assertTrue(Arrays.compareUnsigned(key, missing) < 0 && Arrays.compareUnsigned(missing, next) < 0);
    }

    @Test
    void valuesCompressToAboutHalfAndNameTheirKey() {
        for (int size : new int[] {100, 1024}) {
            Dataset data = new Dataset(1_000, size, 5);
            byte[] block = new byte[32 * size];
            for (int i = 0; i < 32; i++) {
                byte[] value = data.value(i, 0);
                data.check(i, value);
                System.arraycopy(value, 0, block, i * size, size);
            }
            Deflater deflater = new Deflater();
            deflater.setInput(block);
            deflater.finish();
            double share = deflater.deflate(new byte[2 * block.length]) / (double) block.length;
            deflater.end();
            assertTrue(share > 0.42 && share < 0.62, "values of " + size + " bytes compress to " + share);
            assertThrows(IllegalStateException.class, () -> data.check(8, data.value(7, 0)));
        }
    }

    @Test
    void theSameSeedGivesTheSame() {
        Dataset one = new Dataset(1_000, 100, 5);
        Dataset same = new Dataset(1_000, 100, 5);
        assertEquals(one.shuffled(77), same.shuffled(77));
        assertArrayEquals(one.value(7, 1), same.value(7, 1));
        assertNotEquals(Arrays.hashCode(one.value(7, 0)), Arrays.hashCode(one.value(7, 1)));
    }
}
