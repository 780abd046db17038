package io.blockdb.server.feed;

import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * The watchers of one table, found by a key without asking those who watch others: by one look-up for the key, and one for each
 * length of prefix that is watched.
 *
 * <p>Threading: one thread at a time. Nothing may be added or removed while {@link #match} runs.
 */
final class TableWatchers {
    private final Set<Watcher> whole = new LinkedHashSet<>();
    private final Map<KeyBytes, Set<Watcher>> byKey = new HashMap<>();
    private final Map<KeyBytes, Set<Watcher>> byPrefix = new HashMap<>();
    /** How many different prefixes of each length are watched. */
    private final TreeMap<Integer, Integer> prefixLengths = new TreeMap<>();
    /** The keys of {@link #prefixLengths}. */
    private int[] lengths = {};

    private final KeyBytes probe = new KeyBytes(new byte[0]);

    void add(Watcher watcher) {
        byte[] key = watcher.selection().key();
        byte[] prefix = watcher.selection().prefix();
        if (key != null) {
            byKey.computeIfAbsent(new KeyBytes(key), first -> new LinkedHashSet<>())
                    .add(watcher);
        } else if (prefix != null) {
            byPrefix.computeIfAbsent(new KeyBytes(prefix), first -> {
                        countLength(prefix.length, 1);
                        return new LinkedHashSet<>();
                    })
                    .add(watcher);
        } else {
            whole.add(watcher);
        }
    }

    void remove(Watcher watcher) {
        byte[] key = watcher.selection().key();
        byte[] prefix = watcher.selection().prefix();
        if (key != null) {
            remove(byKey, new KeyBytes(key), watcher);
        } else if (prefix != null) {
            if (remove(byPrefix, new KeyBytes(prefix), watcher)) {
                countLength(prefix.length, -1);
            }
        } else {
            whole.remove(watcher);
        }
    }

    /** Whether nobody watches these bytes any more. */
    private static boolean remove(Map<KeyBytes, Set<Watcher>> map, KeyBytes bytes, Watcher watcher) {
        Set<Watcher> watchers = map.get(bytes);
        if (watchers == null || !watchers.remove(watcher) || !watchers.isEmpty()) {
            return false;
        }
        map.remove(bytes);
        return true;
    }

    private void countLength(int length, int difference) {
        int before = prefixLengths.size();
        prefixLengths.merge(length, difference, (had, more) -> had + more == 0 ? null : had + more);
        if (prefixLengths.size() != before) {
            lengths =
                    prefixLengths.keySet().stream().mapToInt(Integer::intValue).toArray();
        }
    }

    boolean isEmpty() {
        return whole.isEmpty() && byKey.isEmpty() && byPrefix.isEmpty();
    }

    /** Tells of the watchers of the key {@code array[from, from + length)}. */
    void match(byte[] array, int from, int length, Consumer<Watcher> found) {
        whole.forEach(found);
        if (!byKey.isEmpty()) {
            Set<Watcher> watchers = byKey.get(probe.set(array, from, length));
            if (watchers != null) {
                watchers.forEach(found);
            }
        }
        int hash = KeyBytes.SEED;
        int hashed = 0;
        for (int prefixLength : lengths) {
            if (prefixLength > length) {
                break;
            }
            for (; hashed < prefixLength; hashed++) {
                hash = KeyBytes.hash(hash, array[from + hashed]);
            }
            Set<Watcher> watchers = byPrefix.get(probe.set(array, from, prefixLength, hash));
            if (watchers != null) {
                watchers.forEach(found);
            }
        }
    }

    /** All of them. */
    void collect(Collection<Watcher> all) {
        all.addAll(whole);
        byKey.values().forEach(all::addAll);
        byPrefix.values().forEach(all::addAll);
    }

    @Override
    public String toString() {
        return whole.size() + " of all keys, " + byKey.size() + " keys, prefixes of lengths "
                + Arrays.toString(lengths);
    }
}
