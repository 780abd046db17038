package io.blockdb.server.feed;

import io.blockdb.base.CorruptionException;
import io.blockdb.base.LedgerId;
import io.blockdb.base.TableName;
import io.blockdb.db.FeedReader;
import io.blockdb.db.LedgerFeed;
import io.blockdb.ledger.LedgerBlock;
import io.blockdb.proof.EntryLeaf;
import java.io.IOException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells watchers who are behind of what was published before, out of the ledger: a slice of it at a time, and never more than may
 * wait for a watcher, so his own pace is the pace at which the ledger is read for him. When he has been told of everything that
 * is published, he is handed to the dispatcher; if more was published and told of meanwhile, he comes back.
 *
 * <p>For one key, the index is asked where its entries are, unless there are but few entries of any key to look at.
 *
 * <p>Threading: any thread; few threads of its own do the work.
 */
final class CatchUp {
    private static final Logger LOG = LoggerFactory.getLogger(CatchUp.class);

    /** Bytes of blocks that one slice reads, then others have their turn. */
    private static final long SLICE_BYTES = 4 << 20;
    /** Up to so many entries are read through; if there are more, the index is asked where those of a key are. */
    private static final long ENTRIES_READ_THROUGH = 2_000;
    /** Most entries of a key that the index is asked for at once. */
    private static final int SEQUENCES_MAX = 100_000;
    /** When what is needed is not there now, it is looked for again after so many milliseconds. */
    private static final long RETRY_MILLIS = 50;
    /** So many failures in a row are for good: some ten seconds. */
    private static final int FAILURES_MAX = 200;

    private final FeedSource source;
    private final ScheduledThreadPoolExecutor workers;
    private final LongAdder handed;
    private final Consumer<Watcher> upToDate;
    private final Cutter cutter;

    /** Ends the stream of a watcher who cannot be told on. */
    interface Cutter {
        void cut(Watcher watcher, int status, String name, String message);
    }

    /** What became of a slice. */
    private enum Outcome {
        /** He was told of everything that is published. */
        UP_TO_DATE,
        /** There is more to read. */
        MORE,
        /** He has to take what waits for him first. */
        FULL
    }

    /**
     * @param handed counts what is handed to watchers
     * @param upToDate takes over watchers who were told of everything that is published
     */
    CatchUp(
            FeedSource source,
            ScheduledThreadPoolExecutor workers,
            LongAdder handed,
            Consumer<Watcher> upToDate,
            Cutter cutter) {
        this.source = source;
        this.workers = workers;
        this.handed = handed;
        this.upToDate = upToDate;
        this.cutter = cutter;
    }

    /** Tells a watcher on, from where he was told up to. */
    void feed(Watcher watcher) {
        later(watcher, 0);
    }

    private void later(Watcher watcher, long millis) {
        try {
            ScheduledFuture<?> unused = workers.schedule(() -> slice(watcher), millis, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException stopping) {
            watcher.abort();
        }
    }

    private void slice(Watcher watcher) {
        if (watcher.isEnding()) {
            return;
        }
        LedgerFeed feed = source.now();
        LedgerId ledger = feed == null ? null : feed.ledgerId();
        if (feed == null || ledger == null) {
            later(watcher, RETRY_MILLIS);
            return;
        }
        try {
            if (!watcher.knows(feed)) {
                Continuation.check(feed, new EventId(ledger, watcher.next(), watcher.block()));
                watcher.setKnown(feed);
            }
            Outcome outcome = read(watcher, feed, ledger);
            watcher.countSuccess();
            watcher.send();
            goOn(watcher, outcome);
        } catch (WatchRefusedException e) {
            cutter.cut(watcher, 409, "Conflict", String.valueOf(e.getMessage()));
        } catch (IOException | RuntimeException e) {
            failed(watcher, feed, e);
        }
    }

    private void goOn(Watcher watcher, Outcome outcome) {
        switch (outcome) {
            case UP_TO_DATE -> upToDate.accept(watcher);
            case MORE -> later(watcher, 0);
            case FULL -> {
                if (!watcher.tellWhenSent()) {
                    // Nothing waits for him: memory is short because of what waits for others.
                    later(watcher, RETRY_MILLIS);
                }
            }
        }
    }

    /** The database may have been closed, to be opened again; else what cannot be read now may be readable soon, or never. */
    private void failed(Watcher watcher, LedgerFeed feed, Exception e) {
        boolean same = source.now() == feed;
        int failures = watcher.countFailure();
        if (!same || (!(e instanceof CorruptionException) && failures < FAILURES_MAX)) {
            LOG.debug("reading for a watcher failed, trying again", e);
            later(watcher, RETRY_MILLIS);
            return;
        }
        LOG.error("a watcher is cut: the ledger cannot be read from entry {} on", watcher.next(), e);
        cutter.cut(
                watcher,
                500,
                "Internal",
                "the ledger cannot be read from entry " + watcher.next() + " on; the server's log says why");
    }

    private Outcome read(Watcher watcher, LedgerFeed feed, LedgerId ledger) throws IOException {
        long end = feed.entries();
        if (watcher.next() >= end) {
            return Outcome.UP_TO_DATE;
        }
        byte[] key = watcher.selection().key();
        TableName table = watcher.selection().table();
        if (key != null && table != null && end - watcher.next() > ENTRIES_READ_THROUGH) {
            long[] sequences = feed.sequences(table, key, watcher.next(), end, SEQUENCES_MAX);
            if (sequences != null) {
                return readSome(watcher, feed, ledger, sequences, end);
            }
        }
        return readThrough(watcher, feed, ledger);
    }

    /** Tells of the entries with these sequences, which are all that there are for him before {@code end}. */
    private Outcome readSome(Watcher watcher, LedgerFeed feed, LedgerId ledger, long[] sequences, long end)
            throws IOException {
        @Nullable LedgerBlock block = null;
        BlockEvents events = null;
        for (long sequence : sequences) {
            if (block == null || events == null || sequence >= events.sequence(block.entryCount())) {
                block = feed.block(sequence);
                events = new BlockEvents(feed, ledger, block);
            }
            if (!tell(watcher, events, (int) (sequence - events.sequence(0)))) {
                return Outcome.FULL;
            }
            watcher.toldUpTo(sequence + 1, events.shortHash());
        }
        watcher.toldUpTo(end, EventId.shortHash(feed.blockHash(end - 1)));
        watcher.offer(EventText.heartbeat(new EventId(ledger, watcher.next(), watcher.block())));
        return Outcome.MORE;
    }

    private Outcome readThrough(Watcher watcher, LedgerFeed feed, LedgerId ledger) throws IOException {
        long read = 0;
        try (FeedReader reader = feed.reader(watcher.next())) {
            for (LedgerBlock block; (block = reader.next()) != null; ) {
                BlockEvents events = new BlockEvents(feed, ledger, block);
                int first = (int) Math.max(0, watcher.next() - events.sequence(0));
                for (int i = first; i < block.entryCount(); i++) {
                    EntryLeaf leaf = events.moveTo(i);
                    if (watcher.selection().takes(leaf, block.array()) && !tell(watcher, events, i)) {
                        return Outcome.FULL;
                    }
                    watcher.toldUpTo(events.sequence(i) + 1, events.shortHash());
                }
                read += block.frameLength();
                if (read >= SLICE_BYTES) {
                    watcher.offer(EventText.heartbeat(new EventId(ledger, watcher.next(), watcher.block())));
                    return Outcome.MORE;
                }
            }
        }
        return Outcome.UP_TO_DATE;
    }

    /** Whether it could be handed to him, or is not for him; where there is no room, after having sent what waits. */
    private boolean tell(Watcher watcher, BlockEvents events, int entry) throws IOException {
        EntryLeaf leaf = events.moveTo(entry);
        Rights.Extent extent = watcher.rights().of(leaf.table());
        if (extent == Rights.Extent.NOTHING) {
            return true;
        }
        SharedEvent event = events.event(extent, watcher.base64());
        boolean taken = watcher.offer(event);
        if (!taken) {
            watcher.send();
            taken = watcher.offer(event);
        }
        if (taken) {
            handed.increment();
        }
        return taken;
    }
}
