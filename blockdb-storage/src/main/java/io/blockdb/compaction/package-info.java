/**
 * Merges SSTables into larger, sorted levels: choosing what ({@link io.blockdb.compaction.CompactionPicker}, pure) and
 * doing it ({@link io.blockdb.compaction.CompactionRun}). Nothing is ever dropped: every revision of a key is kept for
 * good, so what goes into a compaction comes out of it.
 */
@NullMarked
package io.blockdb.compaction;

import org.jspecify.annotations.NullMarked;
