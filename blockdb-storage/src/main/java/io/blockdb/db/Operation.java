package io.blockdb.db;

import io.blockdb.base.TableName;
import io.blockdb.proof.VerifierKey;

/** What a batch asks for. Clients can ask for puts and deletes; the others make entries of system tables. */
public sealed interface Operation {
    /**
     * Puts a key.
     *
     * @param expiresAt microseconds since the Unix epoch from which on the entry is hidden, 0 = never; only in versioned tables
     */
    record Put(TableName table, byte[] key, byte[] value, long expiresAt) implements Operation {}

    /** Deletes a key of a versioned table. */
    record Delete(TableName table, byte[] key) implements Operation {}

    /** Creates a table. */
    record CreateTable(TableName table, TablePolicy policy, boolean erasable) implements Operation {}

    /** Switches whether values written to a table from now on can be erased. */
    record AlterTable(TableName table, boolean erasable) implements Operation {}

    /**
     * Adds a signing key to the ledger's.
     *
     * @param node whose key it is: at most 4,096 bytes of UTF-8
     */
    record AddKey(VerifierKey key, String node) implements Operation {
        /** @throws IllegalArgumentException if the node's name is too long or not valid Unicode */
        public AddKey {
            SystemTables.checkText("node", node);
        }
    }

    /**
     * Retires a signing key.
     *
     * @param node whose key it is, as when it was added
     */
    record RetireKey(VerifierKey key, String node) implements Operation {
        /** @throws IllegalArgumentException if the node's name is too long or not valid Unicode */
        public RetireKey {
            SystemTables.checkText("node", node);
        }
    }

    /**
     * Records that the salted value of an entry is erased.
     *
     * @param reason why, for whoever asks later: at most 4,096 bytes of UTF-8
     */
    record Erase(long sequence, String reason) implements Operation {
        /** @throws IllegalArgumentException if the reason is too long or not valid Unicode */
        public Erase {
            SystemTables.checkText("reason", reason);
        }
    }

    /**
     * Raises the level of the rules by which later proposals are decided.
     *
     * @param writer what the program calls itself that raises it: at most 4,096 bytes of UTF-8
     */
    record RaiseLevel(int level, String writer) implements Operation {
        /** @throws IllegalArgumentException if the writer's name is too long or not valid Unicode */
        public RaiseLevel {
            SystemTables.checkText("writer", writer);
        }
    }
}
