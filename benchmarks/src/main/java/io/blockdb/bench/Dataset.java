package io.blockdb.bench;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Keys and values, the same for every engine and every run of one seed.
 *
 * <p>A key is as db_bench's: a number of 8 bytes, the highest first, filled up to 16 bytes. A value begins with its key's number,
 * so that a read can be checked, and compresses to about half: its second half repeats the first.
 *
 * <p>Threading: immutable, any thread.
 */
final class Dataset {
    /** Length of a key, in bytes. */
    static final int KEY_SIZE = 16;

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final int ROUNDS = 4;
    /** Different values in the pool, about; that one is used twice within what is compressed at once is rare. */
    private static final int POOL_BYTES = 4 << 20;
    /** The upper byte of the number in a value counts how often its key was written. */
    private static final int GENERATION_SHIFT = 56;

    private final long entries;
    private final int valueSize;
    private final long seed;
    private final byte[] pool;
    private final int halfBits;

    /**
     * @param entries how many keys there are
     * @param valueSize length of a value, at least 16
     */
    Dataset(long entries, int valueSize, long seed) {
        this.entries = entries;
        this.valueSize = valueSize;
        this.seed = seed;
        this.pool = new byte[Math.max(1, POOL_BYTES / valueSize) * valueSize];
        int bits = Math.max(2, 64 - Long.numberOfLeadingZeros(Math.max(1, entries - 1)));
        this.halfBits = (bits + 1) / 2;
        fillPool(new SplittableRandom(seed));
    }

    private void fillPool(SplittableRandom random) {
        int half = valueSize / 2;
        for (int at = 0; at < pool.length; at += valueSize) {
            for (int i = Long.BYTES; i < half; i++) {
                pool[at + i] = (byte) random.nextInt();
            }
            for (int i = half; i < valueSize; i++) {
                pool[at + i] = pool[at + Long.BYTES + (i - half) % Math.max(1, half - Long.BYTES)];
            }
        }
    }

    long entries() {
        return entries;
    }

    /** Bytes of one entry, key and value. */
    long entryBytes() {
        return KEY_SIZE + (long) valueSize;
    }

    /** The key number that is written at a place of the random order; each number stands at one place. */
    long shuffled(long place) {
        long number = place;
        do {
            number = encrypt(number);
        } while (number >= entries);
        return number;
    }

    /** A Feistel network: a permutation of all numbers of {@code 2 * halfBits} bits. */
    private long encrypt(long number) {
        long mask = (1L << halfBits) - 1;
        long left = number >>> halfBits;
        long right = number & mask;
        for (int round = 0; round < ROUNDS; round++) {
            long next = left ^ (mix(right + seed + round * 0x9e3779b97f4a7c15L) & mask);
            left = right;
            right = next;
        }
        return left << halfBits | right;
    }

    private static long mix(long value) {
        long mixed = (value ^ value >>> 32) * 0xd6e8feb86659fd93L;
        return (mixed ^ mixed >>> 32) * 0xd6e8feb86659fd93L >>> 16;
    }

    /** A new key. */
    static byte[] keyOf(long number) {
        byte[] key = new byte[KEY_SIZE];
        Arrays.fill(key, Long.BYTES, KEY_SIZE, (byte) '0');
        LONG.set(key, 0, number);
        return key;
    }

    /** A new key that nobody writes, between those that are written. */
    static byte[] missingKey(long number) {
        byte[] key = keyOf(number);
        key[KEY_SIZE - 1] = '.';
        return key;
    }

    /** A new value of a key; values of one key differ by generation. */
    byte[] value(long number, int generation) {
        long drawn = mix(number * 31 + generation + seed) >>> 1;
        int at = (int) (drawn % (pool.length / valueSize)) * valueSize;
        byte[] value = Arrays.copyOfRange(pool, at, at + valueSize);
        LONG.set(value, 0, number | (long) generation << GENERATION_SHIFT);
        return value;
    }

    /** Throws unless it is a value of the key. */
    void check(long number, byte[] value) {
        long found = (long) LONG.get(value, 0) & (1L << GENERATION_SHIFT) - 1;
        if (value.length != valueSize || found != number) {
            throw new IllegalStateException(
                    "key " + number + " has the value of key " + found + ", " + value.length + " bytes");
        }
    }
}
