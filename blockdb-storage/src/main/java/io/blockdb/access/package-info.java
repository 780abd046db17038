/**
 * Who may do what: principals, their roles and grants, and what proves that somebody is one of them: passwords and API tokens.
 *
 * <p>Everything here is pure: no file, no clock, no randomness, no thread. What is kept of it in the ledger, and by which rules,
 * is {@code db.Principals}' business; who asks over a network, the server's.
 */
@NullMarked
package io.blockdb.access;

import org.jspecify.annotations.NullMarked;
