package io.blockdb.server.feed;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A run of bytes to look things up by: of an array of its own when it is kept in a map, of any when it only asks. Ordered, so that
 * a map stays quick where many are made to have the same hash.
 *
 * <p>Threading: one thread at a time.
 */
final class KeyBytes implements Comparable<KeyBytes> {
    /** What the hash of no bytes is. */
    static final int SEED = 1;

    private byte[] array;
    private int from;
    private int length;
    private int hash;

    KeyBytes(byte[] owned) {
        this.array = owned;
        this.length = owned.length;
        this.hash = Arrays.hashCode(owned);
    }

    /** The hash of bytes and one more. */
    static int hash(int before, byte more) {
        return 31 * before + more;
    }

    /** Means other bytes from now on; not to be called on what a map holds. */
    KeyBytes set(byte[] newArray, int newFrom, int newLength, int newHash) {
        array = newArray;
        from = newFrom;
        length = newLength;
        hash = newHash;
        return this;
    }

    /** Means other bytes from now on. */
    KeyBytes set(byte[] newArray, int newFrom, int newLength) {
        int computed = SEED;
        for (int i = 0; i < newLength; i++) {
            computed = hash(computed, newArray[newFrom + i]);
        }
        return set(newArray, newFrom, newLength, computed);
    }

    @Override
    public int compareTo(KeyBytes other) {
        return Arrays.compare(array, from, from + length, other.array, other.from, other.from + other.length);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof KeyBytes key && key.hash == hash && compareTo(key) == 0;
    }

    @Override
    public int hashCode() {
        return hash;
    }
}
