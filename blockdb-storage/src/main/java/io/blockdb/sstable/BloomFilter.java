package io.blockdb.sstable;

import static io.blockdb.sstable.SstableFormat.FILTER_BLOCKS_PER_CHUNK;
import static io.blockdb.sstable.SstableFormat.FILTER_BLOCK_LENGTH;

import java.util.Arrays;

/**
 * The arithmetic of the blocked Bloom filter ({@link SstableFormat}): which block a key belongs to, which bits of it.
 * All bits of a key stand in one block of 64 bytes, so a probe touches one cache line of one chunk.
 *
 * <p>Chunks are fetched and checked one by one as pages are, rather than the whole filter at open: opening stays cheap,
 * the memory is bounded by the page cache, and a flipped bit is never taken for "absent".
 */
final class BloomFilter {
    private static final int PROBES = 7;
    private static final int BLOCK_BITS = FILTER_BLOCK_LENGTH * 8;

    private BloomFilter() {}

    /** The hash of an index key from which everything else follows. */
    static long hash(byte[] key, int offset, int length) {
        return XxHash64.hash(key, offset, length);
    }

    /** How many blocks a filter for that many keys has. */
    static int blocks(long keys, int bitsPerKey) {
        long blocks = (Math.multiplyExact(keys, bitsPerKey) + BLOCK_BITS - 1) / BLOCK_BITS;
        return Math.toIntExact(Math.max(1, blocks));
    }

    /** How many chunks hold that many blocks. */
    static int chunks(int blocks) {
        return (int) ((blocks + (long) FILTER_BLOCKS_PER_CHUNK - 1) / FILTER_BLOCKS_PER_CHUNK);
    }

    /** Length of a chunk in bytes: only the last is shorter. */
    static int chunkLength(int blocks, int chunk) {
        return Math.min(FILTER_BLOCKS_PER_CHUNK, blocks - chunk * FILTER_BLOCKS_PER_CHUNK) * FILTER_BLOCK_LENGTH;
    }

    /** The block of a key among {@code blocks}. */
    static int block(long hash, int blocks) {
        return (int) (((hash >>> 32) * blocks) >>> 32);
    }

    /** Sets the bits of a key in its block. */
    static void add(byte[] chunk, int block, long hash) {
        int base = block % FILTER_BLOCKS_PER_CHUNK * FILTER_BLOCK_LENGTH;
        long bits = mix(hash);
        for (int i = 0; i < PROBES; i++, bits >>>= 9) {
            chunk[base + ((int) (bits >>> 3) & 63)] |= (byte) (1 << (bits & 7));
        }
    }

    /** Whether a key may be there: false is certain. */
    static boolean mayContain(byte[] chunk, int block, long hash) {
        int base = block % FILTER_BLOCKS_PER_CHUNK * FILTER_BLOCK_LENGTH;
        long bits = mix(hash);
        for (int i = 0; i < PROBES; i++, bits >>>= 9) {
            if ((chunk[base + ((int) (bits >>> 3) & 63)] & (1 << (bits & 7))) == 0) {
                return false;
            }
        }
        return true;
    }

    /** The finalizer of MurmurHash3 (public domain, Austin Appleby). */
    private static long mix(long hash) {
        long mixed = (hash ^ (hash >>> 33)) * 0xff51afd7ed558ccdL;
        mixed = (mixed ^ (mixed >>> 33)) * 0xc4ceb9fe1a85ec53L;
        return mixed ^ (mixed >>> 33);
    }

    /**
     * Collects the hashes of a file's keys, 8 bytes each: how many blocks there are depends on how many keys come, and
     * with too few blocks the filter would let too much through.
     */
    static final class Builder {
        private long[] hashes = new long[1024];
        private int size;

        void add(long hash) {
            if (size == hashes.length) {
                hashes = Arrays.copyOf(hashes, Math.max(size + 1, size + (size >> 1)));
            }
            hashes[size++] = hash;
        }

        int keys() {
            return size;
        }

        /** The chunks of the finished filter. */
        byte[][] build(int bitsPerKey) {
            int blocks = blocks(size, bitsPerKey);
            byte[][] chunks = new byte[chunks(blocks)][];
            for (int i = 0; i < chunks.length; i++) {
                chunks[i] = new byte[chunkLength(blocks, i)];
            }
            for (int i = 0; i < size; i++) {
                int block = block(hashes[i], blocks);
                BloomFilter.add(chunks[block / FILTER_BLOCKS_PER_CHUNK], block, hashes[i]);
            }
            return chunks;
        }

        /** Bytes that the filter would have if it were built now. */
        long estimatedLength(int bitsPerKey) {
            return (long) blocks(size, bitsPerKey) * FILTER_BLOCK_LENGTH;
        }
    }
}
