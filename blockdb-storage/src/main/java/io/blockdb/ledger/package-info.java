/**
 * The ledger: segments of framed blocks, appended, synced, and read back by height or sequence. It is the write-ahead
 * log, the history and the proof in one; everything else is derived from it.
 *
 * <p>What its files hold is said in {@link io.blockdb.ledger.SegmentFormat}, {@link io.blockdb.ledger.FrameFormat},
 * {@link io.blockdb.ledger.ValueFrameFormat} and {@link io.blockdb.ledger.HeadFormat}.
 */
@NullMarked
package io.blockdb.ledger;

import org.jspecify.annotations.NullMarked;
