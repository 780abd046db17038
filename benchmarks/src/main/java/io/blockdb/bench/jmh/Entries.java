package io.blockdb.bench.jmh;

import io.blockdb.base.TableName;
import java.util.Arrays;
import java.util.SplittableRandom;

/** Keys and values for the hot parts: 16-byte keys in the order of their numbers, values of 100 bytes. */
final class Entries {
    static final TableName TABLE = TableName.of("bench");
    static final int COUNT = 400_000;
    static final int VALUE_SIZE = 100;

    private static final long SEED = 1;

    private Entries() {}

    /** The keys of even numbers; odd ones are free between them. */
    static byte[] key(long number) {
        byte[] key = new byte[16];
        Arrays.fill(key, (byte) '0');
        for (int i = 0; i < 8; i++) {
            key[i] = (byte) (number >>> 56 - 8 * i);
        }
        return key;
    }

    static byte[] value() {
        byte[] value = new byte[VALUE_SIZE];
        for (int i = 0; i < VALUE_SIZE; i++) {
            value[i] = (byte) (i % 50 * 37);
        }
        return value;
    }

    /** All keys in random order. */
    static byte[][] shuffledKeys() {
        byte[][] keys = new byte[COUNT][];
        for (int i = 0; i < COUNT; i++) {
            keys[i] = key(2L * i);
        }
        SplittableRandom random = new SplittableRandom(SEED);
        for (int i = COUNT - 1; i > 0; i--) {
            int other = random.nextInt(i + 1);
            byte[] swapped = keys[i];
            keys[i] = keys[other];
            keys[other] = swapped;
        }
        return keys;
    }
}
