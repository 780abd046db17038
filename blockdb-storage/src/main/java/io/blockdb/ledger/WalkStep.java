package io.blockdb.ledger;

import io.blockdb.base.CorruptionException;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link LedgerWalk} meets next: a block; or what stands between blocks, the header of a segment or its seal; or
 * damage, behind which it goes on where it can.
 *
 * <p>Threading: immutable.
 */
public final class WalkStep {
    private final @Nullable RawBlock block;
    private final @Nullable CorruptionException damage;
    private final @Nullable Segment segment;
    private final SegmentFormat.@Nullable Seal seal;
    private final long offset;

    private WalkStep(
            @Nullable RawBlock block,
            @Nullable CorruptionException damage,
            @Nullable Segment segment,
            SegmentFormat.@Nullable Seal seal,
            long offset) {
        this.block = block;
        this.damage = damage;
        this.segment = segment;
        this.seal = seal;
        this.offset = offset;
    }

    static WalkStep block(RawBlock block) {
        return new WalkStep(block, null, null, null, block.offset());
    }

    static WalkStep damage(CorruptionException damage) {
        return new WalkStep(null, damage, null, null, damage.offset());
    }

    static WalkStep begin(Segment segment) {
        return new WalkStep(null, null, segment, null, 0);
    }

    static WalkStep seal(Segment segment, SegmentFormat.Seal seal, long offset) {
        return new WalkStep(null, null, segment, seal, offset);
    }

    /** The block, or null where this is none. */
    public @Nullable RawBlock block() {
        return block;
    }

    /** What cannot be read, or null where nothing is wrong. */
    @Nullable
    CorruptionException damage() {
        return damage;
    }

    /** The segment that begins or, with a {@link #seal}, ends here. */
    @Nullable
    Segment segment() {
        return segment;
    }

    SegmentFormat.@Nullable Seal seal() {
        return seal;
    }

    /** Where it stands in its segment. */
    long offset() {
        return offset;
    }
}
