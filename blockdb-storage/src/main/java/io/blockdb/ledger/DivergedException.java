package io.blockdb.ledger;

import java.io.IOException;

/** Two copies of a ledger hold different blocks of the same height, so that one is no earlier state of the other. */
public final class DivergedException extends IOException {
    private static final long serialVersionUID = 1L;

    DivergedException(String message) {
        super(message);
    }
}
