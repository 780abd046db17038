package io.blockdb.sstable;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.base.Seed;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import net.jpountz.xxhash.XXHash64;
import net.jpountz.xxhash.XXHashFactory;
import org.junit.jupiter.api.Test;

/** The filter's hash against another implementation, and how much it lets through. */
final class BloomFilterTest {
    @Test
    void hashesAsTheSpecificationSays() {
        assertEquals(0xEF46DB3751D8E999L, XxHash64.hash(new byte[0], 0, 0));
        XXHash64 other = XXHashFactory.safeInstance().hash64();
        Random random = Seed.random();
        for (int length = 0; length < 300; length++) {
            byte[] bytes = new byte[length + 7];
            random.nextBytes(bytes);
            assertEquals(other.hash(bytes, 3, length, 0), XxHash64.hash(bytes, 3, length));
        }
    }

    @Test
    void letsAtMostOnePercentThrough() {
        for (int keys : new int[] {1000, 30_000, 200_000}) {
            int bits = SstableOptions.DEFAULT.filterBitsPerKey();
            BloomFilter.Builder builder = new BloomFilter.Builder();
            for (int i = 0; i < keys; i++) {
                builder.add(hash("default\0key-%09d".formatted(i)));
            }
            byte[][] chunks = builder.build(bits);
            int blocks = BloomFilter.blocks(keys, bits);
            int through = 0;
            int probes = 100_000;
            for (int i = 0; i < keys + probes; i++) {
                long hash = hash("default\0key-%09d".formatted(i));
                int block = BloomFilter.block(hash, blocks);
                boolean found =
                        BloomFilter.mayContain(chunks[block / SstableFormat.FILTER_BLOCKS_PER_CHUNK], block, hash);
                assertTrue(found || i >= keys, "a key was lost");
                through += found && i >= keys ? 1 : 0;
            }
            assertTrue(through <= probes / 100, through + " of " + probes + " with " + keys + " keys");
        }
    }

    private static long hash(String key) {
        byte[] bytes = key.getBytes(StandardCharsets.UTF_8);
        return BloomFilter.hash(bytes, 0, bytes.length);
    }
}
