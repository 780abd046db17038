/**
 * A client of BlockDB's server: {@link io.blockdb.client.BlockDbClient} is the face.
 *
 * <p>Three layers, each of which uses only those above it: values and requests ({@code Key}, {@code Batch}, {@code Commit}) and their
 * JSON ({@code Json}, {@code Answers}); {@code Transport}, which sends a request as often as that is safe; {@code TrustedLedger},
 * which holds what is received against what was seen before. Of the engine only {@link io.blockdb.base} and
 * {@link io.blockdb.proof} are used.
 */
@NullMarked
package io.blockdb.client;

import org.jspecify.annotations.NullMarked;
