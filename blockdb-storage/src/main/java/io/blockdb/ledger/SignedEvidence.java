package io.blockdb.ledger;

import java.io.IOException;

/**
 * What is known from a signature of how far a ledger went: nothing is signed before it was synced, so a ledger that is shorter is
 * damaged.
 *
 * <p>Threading: asked by the thread that opens the ledger.
 */
@FunctionalInterface
public interface SignedEvidence {
    /**
     * Asked where a ledger seems to end, so that a signature is checked only where that matters.
     *
     * @param blocks how many blocks were found
     * @return how many were signed, if they are known to be more; else any number up to {@code blocks}
     * @throws IOException if what is known could not be read
     */
    long beyond(long blocks) throws IOException;
}
