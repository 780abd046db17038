package io.blockdb.server.node;

/**
 * What a node can do now.
 *
 * @param state what it can do
 * @param cause why it cannot do all, in a sentence; empty where it can
 */
public record NodeStatus(State state, String cause) {
    /** What a node can do. */
    public enum State {
        /** The database is being opened, for the first time or again: nothing yet. */
        STARTING,
        /** Everything. */
        SERVING,
        /** Reads, and no writes until there is more room on the disk. */
        DISK_FULL,
        /** Reads only. */
        READ_ONLY,
        /** Nothing any more. */
        STOPPED
    }

    /** Whether reads are answered. */
    public boolean readable() {
        return state == State.SERVING || state == State.READ_ONLY || state == State.DISK_FULL;
    }

    /** Whether reads and writes are answered. */
    public boolean ready() {
        return state == State.SERVING;
    }
}
