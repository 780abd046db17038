package io.blockdb.db;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The erasures that are decided and not carried out yet: entries of {@code _erasures} whose value is, or may be, still on the
 * disk. And the values that blocks from another copy came without, as long as no entry erases them.
 *
 * <p>Filled by whoever inserts into the index, and once, when the database is opened, with what the SSTables hold. Until then
 * nothing is known to be done that was not before.
 *
 * <p>Threading: any thread.
 */
final class ErasureQueue {
    /** A value that nothing erases yet. */
    private static final long NOT_YET = Long.MAX_VALUE;

    /** Sequence of the entry in {@code _erasures}, to the sequence of the entry whose value it erases. */
    @GuardedBy("this")
    private final NavigableMap<Long, Long> pending = new TreeMap<>();

    /** Pending ones whose value cannot be found, because the ledger is damaged there. */
    @GuardedBy("this")
    private final Map<Long, IOException> stuck = new HashMap<>();

    /** Sequence of an entry that came without its value, to that of the entry in {@code _erasures}, or {@link #NOT_YET}. */
    @GuardedBy("this")
    private final Map<Long, Long> lacking = new HashMap<>();

    @GuardedBy("this")
    private LongSupplier published = () -> 0;

    /** Every entry of {@code _erasures} with a lower sequence was carried out. */
    @GuardedBy("this")
    private long doneThrough;

    @GuardedBy("this")
    private boolean loaded;

    @GuardedBy("this")
    private @Nullable Throwable over;

    private volatile boolean any;
    private volatile boolean hasLacking;

    /** Takes note of an entry of {@code _erasures} that was applied. */
    synchronized void applied(long sequence, long erasedSequence) {
        any = true;
        if (sequence >= doneThrough) {
            pending.put(sequence, erasedSequence);
        }
        lacking.replace(erasedSequence, NOT_YET, sequence);
    }

    /** Some erasure was applied, and carried out, before the database was opened. */
    void known() {
        any = true;
    }

    /** Takes note of a block's entry that came without its value. */
    synchronized void lacks(long sequence) {
        lacking.put(sequence, NOT_YET);
        hasLacking = true;
    }

    /** Whether entries below {@code entries} must not be shown: one has no value, and none of them erases it. */
    boolean holdsBack(long entries) {
        if (!hasLacking) {
            return false;
        }
        synchronized (this) {
            for (Map.Entry<Long, Long> value : lacking.entrySet()) {
                if (value.getKey() < entries && value.getValue() >= entries) {
                    return true;
                }
            }
            lacking.values().removeIf(erasure -> erasure < entries);
            hasLacking = !lacking.isEmpty();
            return false;
        }
    }

    /** Says before which sequence erasures were carried out, as the manifest has it: what the SSTables hold comes next. */
    synchronized void begin(long carriedOutBefore) {
        doneThrough = carriedOutBefore;
        pending.headMap(carriedOutBefore).clear();
    }

    /**
     * All erasures that there were when the database was opened are known by now.
     *
     * @param visible how many entries readers see
     */
    synchronized void loaded(LongSupplier visible) {
        loaded = true;
        published = visible;
    }

    /** Whether some erasure was ever applied. */
    boolean any() {
        return any;
    }

    /** Erasures that readers see and that can be carried out, the oldest first. */
    synchronized SortedMap<Long, Long> due(int countMax) {
        SortedMap<Long, Long> due = new TreeMap<>();
        if (loaded && !pending.isEmpty()) {
            for (Map.Entry<Long, Long> erasure :
                    pending.headMap(published.getAsLong()).entrySet()) {
                if (due.size() == countMax) {
                    break;
                }
                if (!stuck.containsKey(erasure.getKey())) {
                    due.put(erasure.getKey(), erasure.getValue());
                }
            }
        }
        return due;
    }

    /** These were carried out, and that is on disk; the manifest is to say so next. */
    synchronized void carriedOut(Collection<Long> erasures) {
        erasures.forEach(pending::remove);
        notifyAll();
    }

    /** The value of an erasure cannot be found. It stays pending, and is tried again when the database is opened again. */
    synchronized void cannot(long erasure, IOException reason) {
        stuck.put(erasure, reason);
        notifyAll();
    }

    /** Before which sequence all erasures were carried out, where every entry below {@code entries} is synced. */
    synchronized long doneThrough(long entries) {
        if (!loaded) {
            return doneThrough;
        }
        long first = pending.isEmpty() ? entries : Math.min(entries, pending.firstKey());
        return Math.max(doneThrough, first);
    }

    /** The manifest says by now that the erasures before a sequence were carried out. */
    synchronized void recorded(long carriedOutBefore) {
        doneThrough = Math.max(doneThrough, carriedOutBefore);
    }

    /** Whether an erasure is, or may be, not carried out. */
    synchronized boolean isPending(long erasure) {
        return pending.containsKey(erasure);
    }

    /** How many are not carried out. */
    synchronized long pending() {
        return pending.size();
    }

    /** Nothing is carried out any more: who waits is told why. */
    synchronized void stop(Throwable why) {
        if (over == null) {
            over = why;
        }
        notifyAll();
    }

    /**
     * Waits until an erasure was carried out.
     *
     * @throws IOException if it cannot be, as long as the database is open
     */
    void await(long erasure) throws IOException {
        boolean interrupted = false;
        try {
            synchronized (this) {
                while (isPending(erasure)) {
                    IOException reason = stuck.get(erasure);
                    Throwable why = reason != null ? reason : over;
                    if (why != null) {
                        throw new IOException(
                                "the erasure is recorded at sequence " + erasure
                                        + ", but the value could not be overwritten yet; opening the database again"
                                        + " tries again: " + why.getMessage(),
                                why);
                    }
                    try {
                        wait();
                    } catch (InterruptedException e) {
                        interrupted = true;
                    }
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
