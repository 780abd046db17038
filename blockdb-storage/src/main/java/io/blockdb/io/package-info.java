/**
 * The outside world: files, clock, randomness, all in one {@link io.blockdb.io.Environment} that is handed to
 * constructors. Whatever a test wants to break, it breaks here.
 */
@NullMarked
package io.blockdb.io;

import org.jspecify.annotations.NullMarked;
