package io.blockdb.db;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * What there is to know of blocks, by height and by sequence. Of large blocks it is kept, since taking one of a thousand entries apart
 * costs some ten times as long as finding the entry: each slot is for a run of sequences and holds the block last asked for there. Small
 * blocks share a slot and are read anew, which is cheap.
 *
 * <p>Threading: any thread; a block, once published, never changes.
 */
final class BlockInfos {
    private static final int SLOTS = 1 << 13;

    /** A slot is for 2 to this many sequences. */
    private static final int RUN_BITS = 5;

    private final Engine engine;
    private final AtomicReferenceArray<BlockInfo> kept = new AtomicReferenceArray<>(SLOTS);

    BlockInfos(Engine engine) {
        this.engine = engine;
    }

    /** As {@link BlockDb#block}. */
    BlockInfo at(long height) throws IOException {
        long blocks = engine.published().blocks();
        if (height >= blocks) {
            engine.requireWhole();
        }
        if (height < 0 || height >= blocks) {
            throw new IllegalArgumentException(
                    "there is no block " + height + ": the newest has height " + (blocks - 1));
        }
        return BlockInfo.of(engine.ledger().blockAtHeight(height).header());
    }

    /** As {@link BlockDb#blockOf}. */
    BlockInfo of(long sequence) throws IOException {
        long entries = engine.published().entries();
        if (sequence >= entries) {
            engine.requireWhole();
        }
        if (sequence < 0 || sequence >= entries) {
            throw new IllegalArgumentException(
                    "there is no entry " + sequence + ": the newest has sequence " + (entries - 1));
        }
        int slot = (int) (sequence >>> RUN_BITS) & (SLOTS - 1);
        BlockInfo block = kept.get(slot);
        if (block == null
                || sequence < block.firstSequence()
                || sequence - block.firstSequence() >= block.entryCount()) {
            block = BlockInfo.of(engine.ledger().bodyOfSequence(sequence).header());
            kept.set(slot, block);
        }
        return block;
    }
}
