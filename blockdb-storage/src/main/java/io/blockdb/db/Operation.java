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

    /** Adds a signing key to the ledger's. */
    record AddKey(VerifierKey key, String node) implements Operation {}

    /** Retires a signing key. */
    record RetireKey(VerifierKey key, String node) implements Operation {}

    /** Records that the salted value of an entry is erased. */
    record Erase(long sequence, String reason) implements Operation {}

    /** Raises the level of the rules by which later proposals are decided. */
    record RaiseLevel(int level, String writer) implements Operation {}
}
