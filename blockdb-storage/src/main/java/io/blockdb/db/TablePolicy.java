package io.blockdb.db;

/** What may be done to the keys of a table; fixed when the table is created. */
public enum TablePolicy {
    /** A key is written once and keeps its value. */
    WRITE_ONCE("write-once"),
    /** A put adds a revision, a delete hides the key; every revision stays in the history. */
    VERSIONED("versioned");

    private final String text;

    TablePolicy(String text) {
        this.text = text;
    }

    /**
     * The policy that is written so: {@code write-once} or {@code versioned}.
     *
     * @throws IllegalArgumentException if it is neither
     */
    public static TablePolicy parse(String text) {
        for (TablePolicy policy : values()) {
            if (policy.text.equals(text)) {
                return policy;
            }
        }
        throw new IllegalArgumentException("policy must be write-once or versioned, is '" + text + "'");
    }

    /** {@code write-once} or {@code versioned}, as ledger and commands have it. */
    @Override
    public String toString() {
        return text;
    }
}
