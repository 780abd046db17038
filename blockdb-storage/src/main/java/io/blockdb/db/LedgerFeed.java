package io.blockdb.db;

import io.blockdb.base.EntryCursor;
import io.blockdb.base.Hash;
import io.blockdb.base.LedgerId;
import io.blockdb.base.LedgerPoint;
import io.blockdb.base.TableName;
import io.blockdb.ledger.LedgerBlock;
import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The ledger as a feed: how far it is published, what is published next, and what was before. Nothing is kept for it: the ledger
 * is the feed, and what was published a moment ago is read from the memory of the operating system.
 *
 * <p>Threading: any thread. Once the database is closed, reading fails with an {@link IOException}.
 */
public final class LedgerFeed {
    private final Engine engine;

    /** The feed of an open database. */
    public LedgerFeed(Engine engine) {
        this.engine = engine;
    }

    /** The ledger's id, or null while it has no block. */
    public @Nullable LedgerId ledgerId() {
        return engine.ledgerId();
    }

    /** How many entries are published: the first that is not there yet has this sequence. */
    public long entries() {
        return engine.published().entries();
    }

    /**
     * Has a bell rung whenever more was published, by the thread that commits, which it holds up: it must neither block nor throw.
     */
    public void addBell(Runnable bell) {
        engine.addBell(bell);
    }

    /** Has a bell rung no more; it may be ringing right now. */
    public void removeBell(Runnable bell) {
        engine.removeBell(bell);
    }

    /**
     * Reads published blocks from the one that holds an entry on; to be closed.
     *
     * @param sequence the entry's, at most {@link #entries}
     * @throws IllegalArgumentException if it is more
     */
    public FeedReader reader(long sequence) throws IOException {
        Engine.Published seen = engine.published();
        if (sequence < 0 || sequence > seen.entries()) {
            throw new IllegalArgumentException(
                    "entry " + sequence + " is not published: the ledger ends before entry " + seen.entries());
        }
        LedgerPoint start = sequence == seen.entries()
                ? engine.ledger().pointAt(seen.blocks())
                : engine.ledger()
                        .pointAt(engine.ledger()
                                .bodyOfSequence(sequence)
                                .header()
                                .height());
        return new FeedReader(engine, start);
    }

    /**
     * The hash of the block that holds an entry.
     *
     * @throws IllegalArgumentException if the entry is not in the ledger
     */
    public Hash blockHash(long sequence) throws IOException {
        return engine.ledger().bodyOfSequence(sequence).hash();
    }

    /**
     * The entries of one key with a sequence from {@code from} to before {@code end}, ascending, as the index has them; null if
     * they are more than {@code max}, or the index cannot be asked.
     */
    public long @Nullable [] sequences(TableName table, byte[] key, long from, long end, int max) throws IOException {
        if (!engine.index().isReadable()) {
            return null;
        }
        long[] descending = new long[16];
        int count = 0;
        try (EntryCursor cursor = engine.index().cursor(table)) {
            for (boolean there = end > from && cursor.seek(key, end - 1); there; there = cursor.next()) {
                if (cursor.sequence() < from || !View.isAt(cursor, key)) {
                    break;
                }
                if (count == max) {
                    return null;
                }
                descending = count < descending.length ? descending : Arrays.copyOf(descending, 2 * count);
                descending[count++] = cursor.sequence();
            }
        }
        long[] ascending = new long[count];
        for (int i = 0; i < count; i++) {
            ascending[i] = descending[count - 1 - i];
        }
        return ascending;
    }

    /** Sequence of the entry of {@code _erasures} that erased the value of an entry, or -1. */
    public long erasedBy(long sequence) throws IOException {
        return engine.index().isReadable() ? engine.erasedBy(sequence, Long.MAX_VALUE) : -1;
    }

    /**
     * The block that holds an entry, without the values that were erased.
     *
     * @throws IllegalArgumentException if the entry is not published
     */
    public LedgerBlock block(long sequence) throws IOException {
        try (FeedReader reader = reader(sequence)) {
            LedgerBlock block = reader.next();
            if (block == null) {
                throw new IllegalArgumentException("entry " + sequence + " is not published");
            }
            return block;
        }
    }
}
