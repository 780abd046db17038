/**
 * SSTables: the immutable, mapped files of the index. A {@link io.blockdb.sstable.SstableWriter} writes one from sorted
 * entries, a {@link io.blockdb.sstable.Sstable} reads it, a {@link io.blockdb.sstable.PageCache} keeps its pages, and a
 * {@link io.blockdb.sstable.SstableCache} keeps the files open. Everything here is derived from the ledger and can be
 * built again from it; {@link io.blockdb.sstable.SstableFormat} is the only home of the bytes.
 *
 * <p>The way of a read: filter chunk → root page (kept) → index page → data page, each of them checked when it is
 * fetched into the page cache. The way of a write: entry → data page → compressed, framed → index page above it, and so
 * on up.
 */
@NullMarked
package io.blockdb.sstable;

import org.jspecify.annotations.NullMarked;
