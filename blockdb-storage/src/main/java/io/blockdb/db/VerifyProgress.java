package io.blockdb.db;

/** Hears how far verifying has come. Called from the verifying thread, every now and then. */
@FunctionalInterface
public interface VerifyProgress {
    /**
     * So much was checked.
     *
     * @param bytesDone bytes of the ledger
     * @param bytesTotal bytes of the ledger in all
     * @param blocks blocks checked
     */
    void checked(long bytesDone, long bytesTotal, long blocks);
}
