package io.blockdb.client;

import io.blockdb.proof.Checkpoint;

/**
 * A server answered with a checkpoint that is older than the one remembered, although it was asked for one at least as new. The
 * older one is proved to be the beginning of the newer: nobody lied, but who asked for what stands now was shown the past. A
 * replica that lags behind answers so.
 */
public final class StaleCheckpointException extends BlockDbClientException {
    private static final long serialVersionUID = 1L;

    private final transient Checkpoint remembered;
    private final transient Checkpoint received;

    StaleCheckpointException(Checkpoint remembered, Checkpoint received) {
        super(
                "the server's checkpoint is of " + received.treeSize() + " blocks, and one of " + remembered.treeSize()
                        + " was seen before: what it shows is out of date; ask again, or ask another server",
                null);
        this.remembered = remembered;
        this.received = received;
    }

    /** The newest checkpoint that was trusted. */
    public Checkpoint remembered() {
        return remembered;
    }

    /** The older one that was received now. */
    public Checkpoint received() {
        return received;
    }
}
