package io.blockdb.cli.database;

import io.blockdb.access.ApiToken;
import io.blockdb.access.Grant;
import io.blockdb.access.Principal;
import java.io.IOException;
import java.util.List;

/**
 * The principals of a database, wherever it is: who may do what over a network, and what proves them. What is refused is told by the
 * engine's own exceptions.
 *
 * <p>Threading: one thread at a time.
 */
public interface Accounts {
    /**
     * A token that was just made.
     *
     * @param secret the token itself, which nobody can show again
     */
    record Issued(ApiToken token, String secret) {
        /** Shows no secret. */
        @Override
        public String toString() {
            return "token " + token.id();
        }
    }

    /** All principals, those removed too. */
    List<Principal> principals() throws IOException;

    /** The tokens of all principals, those revoked too. */
    List<ApiToken> tokens() throws IOException;

    /** Adds a principal. */
    Principal add(String name, List<Grant> grants) throws IOException;

    /** Changes what a principal may do; answers what it may then. */
    Principal change(String id, List<Grant> granted, List<Grant> revoked) throws IOException;

    /** Removes a principal and erases what proves it. */
    void remove(String id) throws IOException;

    /** Sets the password of a principal. The array is not kept. */
    void setPassword(String id, char[] password) throws IOException;

    /**
     * Makes a token.
     *
     * @param lifetimeSeconds how long it is good; 0: until it is revoked
     */
    Issued createToken(String id, String label, long lifetimeSeconds) throws IOException;

    /** Revokes a token and erases what proves it. */
    void revokeToken(ApiToken token) throws IOException;
}
