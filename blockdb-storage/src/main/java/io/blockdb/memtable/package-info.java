/**
 * The memtable: the newest entries of the index, sorted, in memory, until a flush writes them to an SSTable. One
 * {@link io.blockdb.memtable.Memtable} holds a skiplist for each table; all of them take their memory from one arena.
 */
@NullMarked
package io.blockdb.memtable;

import org.jspecify.annotations.NullMarked;
