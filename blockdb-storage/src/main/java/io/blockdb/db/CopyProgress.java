package io.blockdb.db;

/** Hears how far copying or checking a ledger has come. Called from the thread that does it, every now and then. */
@FunctionalInterface
public interface CopyProgress {
    /**
     * So much is done.
     *
     * @param bytesTotal of which {@code bytesDone} are done; 0 where that is not known
     */
    void done(long bytesDone, long bytesTotal);
}
