package io.blockdb.client;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A part of a listing.
 *
 * @param items what the part holds, in order; may be empty although more follows
 * @param cursor what to ask with for the next part; null where this is the last
 */
public record Page<T>(List<T> items, @Nullable String cursor) {
    /** Copies the list. */
    public Page {
        items = List.copyOf(items);
    }
}
