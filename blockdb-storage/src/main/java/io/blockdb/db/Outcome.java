package io.blockdb.db;

/** What became of a batch of a proposal. */
public sealed interface Outcome {
    /**
     * The batch stands in the ledger.
     *
     * @param commit where; {@link Commit#existing} tells whether it had stood there before
     */
    record Committed(Commit commit) implements Outcome {}

    /** The batch was refused and left no trace. */
    record Refused(RefusedException reason) implements Outcome {}
}
