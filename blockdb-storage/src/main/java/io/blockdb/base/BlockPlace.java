package io.blockdb.base;

import org.jspecify.annotations.Nullable;

/**
 * Where a block stands.
 *
 * @param segment number of the segment, from 1
 * @param offset where its frame begins in the segment, in bytes
 */
public record BlockPlace(long segment, long offset) {
    /** Written out, as in {@link LedgerPoint#equals}. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof BlockPlace place && place.segment == segment && place.offset == offset;
    }

    @Override
    public int hashCode() {
        return Long.hashCode(segment) * 31 + Long.hashCode(offset);
    }
}
