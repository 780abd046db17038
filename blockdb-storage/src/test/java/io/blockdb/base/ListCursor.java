package io.blockdb.base;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.function.IntUnaryOperator;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/** A cursor over a sorted list, as plain as can be: what other cursors are held against. */
final class ListCursor implements EntryCursor {
    /** An entry; {@code key} stands with one byte before and one behind it in the arrays that the cursor shows. */
    record Entry(byte[] key, long sequence, byte[] value) {
        static final Comparator<Entry> ORDER = Comparator.comparing(Entry::key, Arrays::compareUnsigned)
                .thenComparing(Entry::sequence, Comparator.reverseOrder());
    }

    private final List<Entry> entries;
    private int at = -1;
    private boolean failing;
    private boolean closed;

    ListCursor(Collection<Entry> entries) {
        this.entries = new ArrayList<>(entries);
        this.entries.sort(Entry.ORDER);
    }

    /** From now on whether every move throws. */
    void setFailing(boolean fails) {
        failing = fails;
    }

    boolean isClosed() {
        return closed;
    }

    @Override
    public boolean valid() {
        return at >= 0 && at < entries.size();
    }

    @Override
    public boolean first() throws IOException {
        return moveTo(0);
    }

    @Override
    public boolean last() throws IOException {
        return moveTo(entries.size() - 1);
    }

    @Override
    public boolean seek(byte[] key, long sequence) throws IOException {
        Entry target = new Entry(key, sequence, new byte[0]);
        return moveTo((int) count(entry -> Entry.ORDER.compare(entry, target) < 0));
    }

    @Override
    public boolean seekBefore(byte[] key, long sequence) throws IOException {
        Entry target = new Entry(key, sequence, new byte[0]);
        return moveTo((int) count(entry -> Entry.ORDER.compare(entry, target) < 0) - 1);
    }

    private long count(Predicate<Entry> predicate) {
        return entries.stream().filter(predicate).count();
    }

    @Override
    public boolean next() throws IOException {
        entry();
        return moveTo(at + 1);
    }

    @Override
    public boolean previous() throws IOException {
        entry();
        return moveTo(at - 1);
    }

    private boolean moveTo(int index) throws IOException {
        if (failing) {
            throw new IOException("injected");
        }
        at = index;
        return valid();
    }

    /** What the cursor is at. */
    Entry entry() {
        if (!valid()) {
            throw new IllegalStateException("at no entry");
        }
        return entries.get(at);
    }

    @Override
    public byte[] keyArray() {
        byte[] key = entry().key();
        byte[] array = new byte[key.length + 2];
        System.arraycopy(key, 0, array, 1, key.length);
        return array;
    }

    @Override
    public int keyOffset() {
        return 1;
    }

    @Override
    public int keyLength() {
        return entry().key().length;
    }

    @Override
    public long sequence() {
        return entry().sequence();
    }

    @Override
    public byte[] valueArray() {
        return entry().value();
    }

    @Override
    public int valueOffset() {
        return 0;
    }

    @Override
    public int valueLength() {
        return entry().value().length;
    }

    @Override
    public void close() {
        closed = true;
    }

    /** Deals the entries out to that many cursors, by the given choice for each. */
    static List<ListCursor> deal(List<Entry> entries, int cursors, IntUnaryOperator choice) {
        return IntStream.range(0, cursors)
                .mapToObj(cursor -> new ListCursor(IntStream.range(0, entries.size())
                        .filter(i -> choice.applyAsInt(i) == cursor)
                        .mapToObj(entries::get)
                        .toList()))
                .toList();
    }
}
