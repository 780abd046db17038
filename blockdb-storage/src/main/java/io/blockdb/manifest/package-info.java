/**
 * Which SSTables are live, in which level, and the point of the ledger that they reach: a {@link
 * io.blockdb.manifest.Version} in memory, one small file on disk that is replaced as a whole at each edit.
 */
@NullMarked
package io.blockdb.manifest;

import org.jspecify.annotations.NullMarked;
