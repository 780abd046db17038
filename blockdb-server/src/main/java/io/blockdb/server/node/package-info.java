/** The database that a server serves: what HTTP needs of one, and the one in this process. */
@NullMarked
package io.blockdb.server.node;

import org.jspecify.annotations.NullMarked;
