package io.blockdb.db;

import io.blockdb.access.ApiToken;
import io.blockdb.access.Grant;
import io.blockdb.access.PasswordHash;
import io.blockdb.access.Principal;
import io.blockdb.base.TableName;
import io.blockdb.proof.VerifierKey;
import java.util.List;

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

    /** Adds a principal, whose id was drawn for it and whose name none other has that is not removed. */
    record AddPrincipal(Principal principal) implements Operation {
        /** @throws IllegalArgumentException if the principal is a removed one */
        public AddPrincipal {
            if (!principal.active()) {
                throw new IllegalArgumentException("a principal that is added is not removed");
            }
        }
    }

    /**
     * Changes what a principal may do, from what it may do then: so that two changes at once both count.
     *
     * @param granted what it may do from then on; first
     * @param revoked what it may not do any more; what it was not granted is no mistake
     */
    record ChangeGrants(String principal, List<Grant> granted, List<Grant> revoked) implements Operation {
        /** Copies the lists. */
        public ChangeGrants {
            granted = List.copyOf(granted);
            revoked = List.copyOf(revoked);
        }
    }

    /** Removes a principal, for good; what proves it must be erased before, in the same batch or an earlier one. */
    record RemovePrincipal(String principal) implements Operation {}

    /** Adds an API token of a principal; what proves it follows by {@link SetToken}. */
    record AddToken(ApiToken token) implements Operation {
        /** @throws IllegalArgumentException if the token is a revoked one */
        public AddToken {
            if (!token.active()) {
                throw new IllegalArgumentException("a token that is added is not revoked");
            }
        }
    }

    /** Revokes an API token, for good; what proves it must be erased before, in the same batch or an earlier one. */
    record RevokeToken(String principal, String token) implements Operation {}

    /** Sets the password of a principal, with a salt; one that it had must be erased before, in the same batch or an earlier one. */
    record SetPassword(String principal, PasswordHash hash) implements Operation {}

    /** Sets what proves an API token, with a salt: the SHA-256 of its secret. */
    record SetToken(String principal, String token, byte[] digest) implements Operation {}
}
