package io.blockdb.db;

import io.blockdb.base.EntryCursor;
import io.blockdb.base.TableName;
import io.blockdb.ledger.ValuePlace;
import java.io.Closeable;
import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Walks the keys of a table that are there, in the order of their unsigned bytes, each with its newest revision: deleted and
 * expired keys are passed over, erased ones are not. What is written after the cursor was opened does not show.
 *
 * <p>A new cursor stands before the first key: {@code while (cursor.next()) { … }} walks forward over all,
 * {@code for (boolean there = cursor.last(); there; there = cursor.previous())} backward.
 *
 * <p>It keeps files open until it is closed. Threading: one thread at a time.
 */
public final class Cursor implements Closeable {
    /** So many revisions of a key are walked over; where there are more, the place is sought. */
    private static final int REVISIONS_WALKED_MAX = 8;

    private final View view;
    private final EntryCursor entries;
    private final TableName table;
    private final KeyRange range;
    private boolean started;
    private boolean closed;

    /** Whether the entries stand at the last one before the current key, or at none where there is none before. */
    private boolean entriesBefore;

    /** The key that the cursor is at, and its newest revision; null when it is at none. */
    private byte @Nullable [] key;

    private long sequence;
    private @Nullable IndexValue value;

    Cursor(View view, EntryCursor entries, TableName table, KeyRange range) {
        this.view = view;
        this.entries = entries;
        this.table = table;
        this.range = range;
    }

    /** Whether the cursor is at a key. */
    public boolean valid() {
        return key != null;
    }

    /** Moves to the first key of the range. Returns {@link #valid}. */
    public boolean first() throws IOException {
        byte[] from = range.from();
        return seek(from == null ? new byte[0] : from);
    }

    /** Moves to the last key of the range. Returns {@link #valid}. */
    public boolean last() throws IOException {
        begin();
        byte[] to = range.to();
        return settleBackward(to == null ? entries.last() : entries.seekBefore(to, Long.MAX_VALUE));
    }

    /** Moves to the first key at or behind a key, within the range. Returns {@link #valid}. */
    public boolean seek(byte[] target) throws IOException {
        begin();
        byte[] from = range.from();
        byte[] start = from != null && Arrays.compareUnsigned(target, from) < 0 ? from : target;
        return settleForward(start.length == 0 ? entries.first() : entries.seek(start, Long.MAX_VALUE));
    }

    /** Moves to the next key, or to the first if the cursor is new. Returns {@link #valid}. */
    public boolean next() throws IOException {
        checkOpen();
        if (!started) {
            return first();
        }
        begin();
        byte[] current = key;
        return current != null && settleForward(pass(current));
    }

    /** Moves to the key before, or to the last if the cursor is new. Returns {@link #valid}. */
    public boolean previous() throws IOException {
        checkOpen();
        if (!started) {
            return last();
        }
        boolean isBefore = entriesBefore;
        begin();
        byte[] current = key;
        return current != null
                && settleBackward(isBefore ? entries.valid() : entries.seekBefore(current, Long.MAX_VALUE));
    }

    private void begin() {
        checkOpen();
        started = true;
        entriesBefore = false;
    }

    /** Moves the entries behind all revisions of a key. */
    private boolean pass(byte[] passed) throws IOException {
        boolean there = entries.valid() && isAt(passed) ? entries.next() : entries.seek(passed, -1);
        int steps = 0;
        while (there && isAt(passed)) {
            there = ++steps < REVISIONS_WALKED_MAX ? entries.next() : entries.seek(passed, -1);
        }
        return there;
    }

    /** From an entry on, finds the first key that is there. */
    private boolean settleForward(boolean atEntry) throws IOException {
        boolean there = atEntry;
        while (there) {
            if (!range.endsBehind(entries.keyArray(), entries.keyOffset(), entries.keyLength())) {
                break;
            }
            byte[] candidate = currentKey();
            if (entries.sequence() >= view.entries()) {
                there = entries.seek(candidate, view.entries() - 1);
                if (!there || !isAt(candidate)) {
                    continue;
                }
            }
            if (take(candidate)) {
                return true;
            }
            there = pass(candidate);
        }
        key = null;
        value = null;
        view.checkComplete();
        return false;
    }

    /**
     * From an entry back, finds the last key that is there. Of each key the oldest revision comes first; the newest that shows is
     * kept until the entries have moved on to the key before.
     */
    private boolean settleBackward(boolean atEntry) throws IOException {
        boolean there = atEntry;
        while (there) {
            if (!range.beginsAtOrBefore(entries.keyArray(), entries.keyOffset(), entries.keyLength())) {
                break;
            }
            byte[] candidate = currentKey();
            boolean shows = false;
            for (int steps = 0; there && isShownRevisionOf(candidate); steps++) {
                if (steps == REVISIONS_WALKED_MAX) {
                    shows = entries.seek(candidate, view.entries() - 1) && takeCopy(candidate);
                    there = entries.seekBefore(candidate, Long.MAX_VALUE);
                    break;
                }
                shows = takeCopy(candidate);
                there = entries.previous();
            }
            if (there && isAt(candidate)) {
                there = entries.seekBefore(candidate, Long.MAX_VALUE);
            }
            if (shows) {
                entriesBefore = true;
                return true;
            }
        }
        key = null;
        value = null;
        view.checkComplete();
        return false;
    }

    private boolean isShownRevisionOf(byte[] candidate) {
        return entries.sequence() < view.entries() && isAt(candidate);
    }

    /** As {@link #take}, and independent of where the entries go next. */
    private boolean takeCopy(byte[] candidate) throws IOException {
        byte[] copy = Arrays.copyOfRange(
                entries.valueArray(), entries.valueOffset(), entries.valueOffset() + entries.valueLength());
        return take(candidate, IndexValue.decode(copy, 0, copy.length));
    }

    private boolean take(byte[] candidate) throws IOException {
        return take(candidate, IndexValue.decode(entries.valueArray(), entries.valueOffset(), entries.valueLength()));
    }

    private boolean take(byte[] candidate, IndexValue found) {
        if (view.hides(found)) {
            return false;
        }
        key = candidate;
        sequence = entries.sequence();
        value = found;
        return true;
    }

    private byte[] currentKey() {
        return Arrays.copyOfRange(entries.keyArray(), entries.keyOffset(), entries.keyOffset() + entries.keyLength());
    }

    private boolean isAt(byte[] other) {
        return Arrays.equals(
                entries.keyArray(),
                entries.keyOffset(),
                entries.keyOffset() + entries.keyLength(),
                other,
                0,
                other.length);
    }

    /** The key; requires {@link #valid}. The caller's own. */
    public byte[] key() {
        byte[] current = key;
        if (current == null) {
            throw new IllegalStateException("the cursor is at no key");
        }
        return current.clone();
    }

    /** Sequence of the key's newest entry; requires {@link #valid}. */
    public long sequence() {
        current();
        return sequence;
    }

    /**
     * The value; requires {@link #valid}.
     *
     * @throws ErasedException if it was erased
     */
    public byte[] value() throws IOException {
        IndexValue found = current();
        ValuePlace place = found.place();
        return place == null ? found.inlineValue() : view.placedValue(place, found, sequence);
    }

    /** The key's newest revision; requires {@link #valid}. */
    public Revision revision() throws IOException {
        return view.revision(table, key(), sequence, current());
    }

    private IndexValue current() {
        IndexValue found = value;
        if (found == null) {
            throw new IllegalStateException("the cursor is at no key");
        }
        return found;
    }

    private void checkOpen() {
        if (closed) {
            throw new IllegalStateException("the cursor is closed");
        }
    }

    @Override
    public void close() {
        closed = true;
        key = null;
        value = null;
        entries.close();
    }
}
