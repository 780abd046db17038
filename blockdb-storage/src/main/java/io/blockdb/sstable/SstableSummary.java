package io.blockdb.sstable;

/**
 * What one SSTable holds, without opening it: what the manifest keeps of it.
 *
 * @param fileNumber the file's number
 * @param fileSize length of the file in bytes
 * @param entries how many entries it holds, at least 1
 * @param smallestKey index key of the first entry; not to be written
 * @param largestKey index key of the last entry; not to be written
 * @param smallestSequence the lowest sequence of any entry
 * @param largestSequence the highest sequence of any entry
 */
public record SstableSummary(
        long fileNumber,
        long fileSize,
        long entries,
        byte[] smallestKey,
        byte[] largestKey,
        long smallestSequence,
        long largestSequence) {}
