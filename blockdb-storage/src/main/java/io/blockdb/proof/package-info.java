/**
 * The arithmetic of the ledger: what is hashed, how it is laid out, and how anyone checks it. LEDGER.md is normative, to
 * the byte; {@code vectors/ledger-v1.json} in the test resources holds what an independent implementation made of it.
 *
 * <p>Everything here is pure: no file, no clock, no randomness, no thread. Whoever holds entries, headers and proofs can
 * check them with this package and {@link io.blockdb.base} alone. What comes from outside is refused with a
 * {@link io.blockdb.proof.MalformedException}, which names the rule that is broken; callers that know a file add the
 * place. What the program itself gets wrong is an {@link IllegalArgumentException}.
 */
@NullMarked
package io.blockdb.proof;

import org.jspecify.annotations.NullMarked;
