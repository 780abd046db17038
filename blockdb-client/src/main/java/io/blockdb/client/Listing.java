package io.blockdb.client;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Walks a listing page by page; each page is asked for when the one before is used up.
 *
 * <p>Threading: one thread at a time.
 */
final class Listing<T> implements Iterator<T> {
    private final Function<@Nullable String, Page<T>> pages;
    private final Deque<T> items = new ArrayDeque<>();
    private @Nullable String cursor;
    private boolean begun;

    /** @param pages from a cursor, null for the first, to a page */
    Listing(Function<@Nullable String, Page<T>> pages) {
        this.pages = pages;
    }

    @Override
    public boolean hasNext() {
        while (items.isEmpty() && (!begun || cursor != null)) {
            Page<T> page = pages.apply(cursor);
            if (begun && page.cursor() != null && page.cursor().equals(cursor)) {
                throw new MalformedAnswerException("the listing does not go on: its cursor stays the same");
            }
            begun = true;
            cursor = page.cursor();
            items.addAll(page.items());
        }
        return !items.isEmpty();
    }

    @Override
    public T next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        return items.remove();
    }
}
