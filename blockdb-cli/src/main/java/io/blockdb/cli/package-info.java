/** The command line {@code blockdb-cli}: one class per command. */
@NullMarked
package io.blockdb.cli;

import org.jspecify.annotations.NullMarked;
