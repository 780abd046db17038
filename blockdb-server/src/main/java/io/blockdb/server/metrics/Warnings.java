package io.blockdb.server.metrics;

import io.blockdb.db.Stats;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/**
 * What somebody should change about this installation, though it works: shown in {@code /health}, and as a metric.
 *
 * <p>Threading: any thread.
 */
public final class Warnings {
    private final ConcurrentSkipListMap<String, String> active = new ConcurrentSkipListMap<>();

    /**
     * Warns from now on.
     *
     * @param name a short name of what is warned of, in lower case with underscores: a label of the metric
     * @param text what it is and what to do, in a sentence
     */
    public void raise(String name, String text) {
        active.put(name, text);
    }

    /** Warns of it no more. */
    public void clear(String name) {
        active.remove(name);
    }

    /** All that is warned of, by name. */
    public SortedMap<String, String> active() {
        return Collections.unmodifiableSortedMap(active.clone());
    }

    /**
     * The same, and what the database says of itself that its operator should know.
     *
     * @param stats the database in figures; null: there is none that can be asked
     */
    public SortedMap<String, String> active(@Nullable Stats stats) {
        SortedMap<String, String> all = new TreeMap<>(active);
        String unsigned = stats == null ? null : stats.signingProblem();
        if (unsigned != null) {
            all.put("not_signed", "no checkpoint is signed, so nothing written since can be proved: " + unsigned);
        }
        return all;
    }

    @Override
    public String toString() {
        return Map.copyOf(active).toString();
    }
}
