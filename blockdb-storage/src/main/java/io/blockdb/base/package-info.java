/**
 * The vocabulary that every other package shares: hashes, table names, cursors, byte readers and writers, and the two
 * errors of a file. Imports nothing but the JDK.
 */
@NullMarked
package io.blockdb.base;

import org.jspecify.annotations.NullMarked;
