package io.blockdb.proof;

/**
 * A receipt, a checkpoint or a consistency proof does not hold. The message says in plain words which check failed and what was
 * found; it is for the person who relies on the proof.
 */
public final class ProofException extends Exception {
    private static final long serialVersionUID = 1L;

    private final Step step;
    private final String reason;

    /** The checks, in the order of LEDGER.md, section Receipt. */
    public enum Step {
        /** Before all: the form of what is to be checked. */
        FORM("form"),
        /** 1: the checkpoint's origin and its signatures. */
        CHECKPOINT("checkpoint"),
        /** 2: the block's header. */
        HEADER("header"),
        /** 3: the entry's leaf data, its table and its key. */
        ENTRY("entry"),
        /** 4: the value and its salt. */
        VALUE("value"),
        /** 5: that the entry stands in the block. */
        ENTRY_PATH("entry_path"),
        /** 6: that the block stands in the tree of the checkpoint. */
        BLOCK_PATH("block_path"),
        /** Between two checkpoints: that the older tree is the beginning of the newer one. */
        CONSISTENCY("consistency");

        private final String label;

        Step(String label) {
            this.label = label;
        }

        /** What the step is called in output; never changes. */
        @Override
        public String toString() {
            return label;
        }
    }

    /** @param reason which rule is broken, and what was found instead */
    public ProofException(Step step, String reason) {
        super(step + ": " + reason);
        this.step = step;
        this.reason = reason;
    }

    /** The check that failed. */
    public Step step() {
        return step;
    }

    /** Which rule is broken, and what was found instead, without the step. */
    public String reason() {
        return reason;
    }
}
