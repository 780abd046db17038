package io.blockdb.db;

/** What was decided of a batch, before the block has its place. */
sealed interface Decision {
    /**
     * The batch adds entries.
     *
     * @param firstEntry number of its first entry in the block that is being made
     * @param entries number of entries that its operations add, without the one of its request id
     */
    record Added(int firstEntry, int entries) implements Decision {}

    /**
     * The very same batch stands in the ledger, or in the block that is being made.
     *
     * @param sequence sequence of its first entry
     * @param entries number of entries that its operations had added
     */
    record Existing(long sequence, int entries) implements Decision {}

    /** The batch is refused. */
    record Refused(RefusedException reason) implements Decision {}
}
