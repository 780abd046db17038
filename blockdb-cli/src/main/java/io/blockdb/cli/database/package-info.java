/** What commands ask of a database, wherever it is: in a directory of this machine, or behind a server. */
@NullMarked
package io.blockdb.cli.database;

import org.jspecify.annotations.NullMarked;
