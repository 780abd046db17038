package io.blockdb.sstable;

import java.io.IOException;

/** Hears of every entry of an SSTable that is verified, in order. Threading: the thread that verifies. */
public interface SstableSink {
    /** Hears nothing. */
    SstableSink NONE = new SstableSink() {
        @Override
        public void opened(boolean direct) {}

        @Override
        public void entry(long pageOffset, byte[] key, long sequence, byte[] page, int valueOffset, int valueLength) {}
    };

    /** The file was opened; {@code direct} tells whether reads go to the disk, past what memory holds of it. */
    void opened(boolean direct);

    /**
     * An entry.
     *
     * @param pageOffset where its page begins in the file
     * @param key the index key: table, zero byte, key
     * @param page holds the index value at {@code valueOffset}, not to be kept
     */
    void entry(long pageOffset, byte[] key, long sequence, byte[] page, int valueOffset, int valueLength)
            throws IOException;
}
