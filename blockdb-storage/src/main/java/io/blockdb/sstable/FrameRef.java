package io.blockdb.sstable;

/**
 * Where a frame stands in its file.
 *
 * @param offset of its head, from the start of the file
 * @param length of head and stored bytes together
 */
record FrameRef(long offset, int length) {
    /** Offset of the byte behind it. */
    long end() {
        return offset + length;
    }
}
