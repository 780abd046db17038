package io.blockdb.db;

import io.blockdb.base.Hash;
import io.blockdb.base.LedgerPoint;
import io.blockdb.ledger.LedgerBlock;
import io.blockdb.ledger.LedgerCursor;
import java.io.Closeable;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Reads published blocks in order, each held against the one before, without the values that were erased. Its end is not for
 * good: when there is nothing more now, there may be when it is asked again.
 *
 * <p>Threading: one thread at a time; others may write meanwhile.
 */
public final class FeedReader implements Closeable {
    /** From so many blocks on a large window is worth its price. */
    private static final int MANY_BLOCKS = 16;

    private final Engine engine;
    private LedgerPoint point;
    private @Nullable LedgerCursor cursor;

    /** @param start a point of the ledger before which everything is published */
    FeedReader(Engine engine, LedgerPoint start) {
        this.engine = engine;
        this.point = start;
    }

    /** Sequence of the first entry of the block that is read next. */
    public long nextSequence() {
        return point.entries();
    }

    /** Hash of the block before that, zeros before block 0. */
    public Hash lastHash() {
        return point.lastHash();
    }

    /**
     * Reads the next block; null when no more is published now, and then no file is kept open.
     *
     * @throws io.blockdb.base.CorruptionException if it is damaged, or does not follow the one before
     */
    public @Nullable LedgerBlock next() throws IOException {
        long behind = engine.published().blocks() - point.blocks();
        if (behind <= 0) {
            close();
            return null;
        }
        LedgerCursor current = cursor;
        LedgerBlock block = current == null ? null : current.next();
        if (current == null || block == null) {
            close();
            current = engine.ledger().blocksFrom(point, engine.erasedValues());
            cursor = behind < MANY_BLOCKS ? current.fewBlocks() : current;
            block = current.next();
        }
        point = current.point();
        return block;
    }

    /** Gives back what it keeps open; it may be asked for more none the less. */
    @Override
    public void close() throws IOException {
        LedgerCursor current = cursor;
        cursor = null;
        if (current != null) {
            current.close();
        }
    }
}
