package io.blockdb.manifest;

import java.util.Arrays;
import java.util.HexFormat;

/**
 * What is known of one live SSTable without opening it. Keys are index keys (table name, zero byte, key), compared as
 * unsigned bytes. Two of them are equal if all is equal, the bytes of the keys too.
 *
 * @param fileNumber the file's number, at least 1
 * @param level where it stands: 0 to {@link Version#LEVELS} - 1
 * @param fileSize length of the file in bytes
 * @param entries how many entries it holds, at least 1
 * @param smallestKey index key of the first entry; owned, not to be written
 * @param largestKey index key of the last entry; owned, not to be written
 * @param smallestSequence the lowest sequence of any entry
 * @param largestSequence the highest sequence of any entry
 */
public record SstableInfo(
        long fileNumber,
        int level,
        long fileSize,
        long entries,
        byte[] smallestKey,
        byte[] largestKey,
        long smallestSequence,
        long largestSequence) {

    /**
     * Checks what one file alone must fulfil.
     *
     * @throws IllegalArgumentException if that does not hold
     */
    public SstableInfo {
        require(fileNumber >= 1, fileNumber, "its number is not at least 1");
        require(level >= 0 && level < Version.LEVELS, fileNumber, "there is no level " + level);
        require(fileSize > 0 && entries > 0, fileNumber, "it has " + fileSize + " bytes and " + entries + " entries");
        require(
                Arrays.compareUnsigned(smallestKey, largestKey) <= 0,
                fileNumber,
                "its smallest key is greater than its largest");
        require(
                smallestSequence >= 0 && smallestSequence <= largestSequence,
                fileNumber,
                "its sequences are " + smallestSequence + " to " + largestSequence);
    }

    private static void require(boolean holds, long fileNumber, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException("SSTable " + fileNumber + ": " + otherwise);
        }
    }

    /** The same file in another level. */
    public SstableInfo movedTo(int newLevel) {
        return new SstableInfo(
                fileNumber, newLevel, fileSize, entries, smallestKey, largestKey, smallestSequence, largestSequence);
    }

    /** Whether the key lies between smallest and largest key, both included. */
    public boolean covers(byte[] indexKey) {
        return overlaps(indexKey, indexKey);
    }

    /** Whether a key can lie in both this file and the range, both ends included. */
    public boolean overlaps(byte[] from, byte[] to) {
        return Arrays.compareUnsigned(smallestKey, to) <= 0 && Arrays.compareUnsigned(largestKey, from) >= 0;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SstableInfo info
                && fileNumber == info.fileNumber
                && level == info.level
                && fileSize == info.fileSize
                && entries == info.entries
                && smallestSequence == info.smallestSequence
                && largestSequence == info.largestSequence
                && Arrays.equals(smallestKey, info.smallestKey)
                && Arrays.equals(largestKey, info.largestKey);
    }

    @Override
    public int hashCode() {
        return Long.hashCode(fileNumber);
    }

    /** For error messages and logs; keys in hex. */
    @Override
    public String toString() {
        HexFormat hex = HexFormat.of();
        return "SSTable " + fileNumber + " of level " + level + " (" + fileSize + " bytes, " + entries
                + " entries, keys "
                + hex.formatHex(smallestKey) + " to " + hex.formatHex(largestKey) + ", sequences " + smallestSequence
                + " to " + largestSequence + ")";
    }
}
