/**
 * The database: {@link io.blockdb.db.BlockDb} is the face, {@link io.blockdb.db.Engine} the deterministic core that
 * replication drives, and the rest, package-private, is what is between them and the disk.
 */
@NullMarked
package io.blockdb.db;

import org.jspecify.annotations.NullMarked;
