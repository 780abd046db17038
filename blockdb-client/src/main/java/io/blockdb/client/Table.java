package io.blockdb.client;

/**
 * What holds for a table.
 *
 * @param name its name
 * @param policy what may be done to its keys; fixed for good
 * @param erasable whether values written now can be erased one day
 */
public record Table(String name, Policy policy, boolean erasable) {
    /** What may be done to the keys of a table. */
    public enum Policy {
        /** A key is written once and keeps its value. */
        WRITE_ONCE("write-once"),
        /** A put adds a revision, a delete hides the key; every revision stays in the history. */
        VERSIONED("versioned");

        private final String text;

        Policy(String text) {
            this.text = text;
        }

        /** {@code write-once} or {@code versioned}. */
        @Override
        public String toString() {
            return text;
        }

        static Policy parse(String text) {
            for (Policy policy : values()) {
                if (policy.text.equals(text)) {
                    return policy;
                }
            }
            throw new MalformedAnswerException(
                    "a table has the policy '" + text + "', which this client does not know");
        }
    }
}
