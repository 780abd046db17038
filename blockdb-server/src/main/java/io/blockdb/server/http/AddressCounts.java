package io.blockdb.server.http;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * How many requests of each address are worked on, so that one cannot take all places. Addresses with none take no memory.
 *
 * <p>Threading: any thread.
 */
final class AddressCounts {
    private final int limit;
    private final ConcurrentMap<String, Integer> counts = new ConcurrentHashMap<>();

    AddressCounts(int limit) {
        this.limit = limit;
    }

    /** Counts one more of that address; whether it is within the limit, and was counted. */
    boolean take(String address) {
        boolean[] taken = new boolean[1];
        counts.compute(address, (key, count) -> {
            int before = count == null ? 0 : count;
            taken[0] = before < limit;
            return taken[0] ? Integer.valueOf(before + 1) : count;
        });
        return taken[0];
    }

    /** Counts one less, which was taken. */
    void release(String address) {
        counts.computeIfPresent(address, (key, count) -> count == 1 ? null : count - 1);
    }
}
