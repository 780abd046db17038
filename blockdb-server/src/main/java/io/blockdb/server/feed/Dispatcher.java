package io.blockdb.server.feed;

import io.blockdb.base.LedgerId;
import io.blockdb.base.TableName;
import io.blockdb.db.FeedReader;
import io.blockdb.db.LedgerFeed;
import io.blockdb.ledger.LedgerBlock;
import io.blockdb.proof.EntryLeaf;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads each block once when it is published, and hands its entries to the watchers who are up to date. One of them whose memory
 * is full is behind from then on, and is fed from the ledger until he is up to date again; so it waits for nobody.
 *
 * <p>While nobody is up to date it reads nothing. When the database was opened again all are behind, and it begins anew.
 *
 * <p>Threading: one thread runs it; {@link #join}, {@link #leave} and {@link #stop} any thread, and the bell is the committer's.
 */
final class Dispatcher implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(Dispatcher.class);

    /** Up to so many watchers are sent to by this thread, more are shared with others. */
    private static final int SENT_TO_ALONE = 32;
    /** How long it sleeps at most; so long the reopening of the database may go unnoticed. */
    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final FeedSource source;
    private final Executor senders;
    private final LongAdder events;
    private final Behind behind;
    private final Runnable tick;

    private final ConcurrentLinkedQueue<Watcher> joining = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<Watcher> leaving = new ConcurrentLinkedQueue<>();
    private final Runnable bell = this::wake;
    private volatile boolean rung;
    private volatile @Nullable Thread asleep;
    private volatile boolean stopped;

    // ---- The dispatcher's own.

    private final WatchIndex watchers = new WatchIndex();
    private final List<Watcher> marked = new ArrayList<>();
    private final List<Watcher> overfull = new ArrayList<>();
    private @Nullable LedgerFeed feed;
    private @Nullable FeedReader reader;
    /** Sequence of the first entry that was not handed to all whom it concerns, while there is a reader. */
    private long next;
    /** What {@link EventId#block} is to that. */
    private long shortHash;

    private long tickedNanos = System.nanoTime();

    /** Takes watchers who are not up to date. */
    interface Behind {
        /** @param overfull whether that is because he had no room */
        void fallen(Watcher watcher, boolean overfull);
    }

    /**
     * @param senders where sending to many is shared out
     * @param events counts what is handed to watchers
     * @param tick is run some times a second
     */
    Dispatcher(FeedSource source, Executor senders, LongAdder events, Behind behind, Runnable tick) {
        this.source = source;
        this.senders = senders;
        this.events = events;
        this.behind = behind;
        this.tick = tick;
    }

    /** Takes over a watcher who was told of everything that was published a moment ago. */
    void join(Watcher watcher) {
        joining.add(watcher);
        wake();
    }

    /** Forgets a watcher who is gone. */
    void leave(Watcher watcher) {
        leaving.add(watcher);
        wake();
    }

    void stop() {
        stopped = true;
        wake();
    }

    /** Never blocks, and does next to nothing while this is awake. */
    private void wake() {
        rung = true;
        Thread sleeper = asleep;
        if (sleeper != null) {
            LockSupport.unpark(sleeper);
        }
    }

    @Override
    public void run() {
        while (!stopped) {
            rung = false;
            boolean idle = true;
            try {
                idle = !step();
            } catch (IOException | RuntimeException e) {
                failed(e);
            }
            long now = System.nanoTime();
            if (now - tickedNanos >= TICK_NANOS) {
                tickedNanos = now;
                tick.run();
            }
            if (idle) {
                sleep();
            }
        }
        feed(null);
    }

    private void sleep() {
        asleep = Thread.currentThread();
        if (!rung && !stopped) {
            LockSupport.parkNanos(this, TICK_NANOS);
        }
        asleep = null;
    }

    /** Whether there was something to do. */
    private boolean step() throws IOException {
        feed(source.now());
        for (Watcher gone; (gone = leaving.poll()) != null; ) {
            remove(gone);
        }
        for (Watcher next; (next = joining.poll()) != null; ) {
            take(next);
        }
        FeedReader current = reader;
        LedgerFeed open = feed;
        LedgerId ledger = open == null ? null : open.ledgerId();
        LedgerBlock block = current == null ? null : current.next();
        if (block == null || open == null || ledger == null) {
            return false;
        }
        BlockEvents blockEvents = new BlockEvents(open, ledger, block);
        dispatch(block, blockEvents);
        next = blockEvents.sequence(block.entryCount());
        shortHash = blockEvents.shortHash();
        return true;
    }

    /** Goes over to another feed, if it is another. */
    private void feed(@Nullable LedgerFeed now) {
        LedgerFeed before = feed;
        if (now == before) {
            return;
        }
        if (before != null) {
            before.removeBell(bell);
        }
        allFall();
        feed = now;
        if (now != null) {
            now.addBell(bell);
        }
    }

    /** Lets go of all watchers: where they were told up to, they are told on from the ledger. */
    private void allFall() {
        send();
        overfull.clear();
        for (Watcher watcher : watchers.all()) {
            watchers.remove(watcher);
            watcher.setLive(false);
            if (watcher.next() < next) {
                watcher.toldUpTo(next, shortHash);
            }
            behind.fallen(watcher, false);
        }
        closeReader();
    }

    private void closeReader() {
        FeedReader current = reader;
        reader = null;
        try {
            if (current != null) {
                current.close();
            }
        } catch (IOException e) {
            LOG.debug("closing what the feed read from", e);
        }
    }

    private void failed(Exception e) {
        if (source.now() == feed) {
            LOG.warn("the feed cannot read what was published: {}", String.valueOf(e.getMessage()), e);
        }
        // Each of them tries again by himself, and is cut if that is in vain.
        allFall();
    }

    private void remove(Watcher gone) {
        if (gone.isLive()) {
            watchers.remove(gone);
            gone.setLive(false);
            if (watchers.isEmpty()) {
                closeReader();
            }
        }
    }

    private void take(Watcher watcher) throws IOException {
        LedgerFeed open = feed;
        if (watcher.isEnding()) {
            return;
        }
        if (open == null || !watcher.knows(open)) {
            behind.fallen(watcher, false);
            return;
        }
        FeedReader current = reader;
        if (current == null) {
            try {
                current = open.reader(watcher.next());
            } catch (IOException | RuntimeException e) {
                behind.fallen(watcher, false);
                throw e;
            }
            reader = current;
            next = current.nextSequence();
            shortHash = EventId.shortHash(current.lastHash());
        } else if (watcher.next() < next) {
            behind.fallen(watcher, false);
            return;
        }
        watcher.setLive(true);
        watchers.add(watcher);
    }

    private void dispatch(LedgerBlock block, BlockEvents blockEvents) throws IOException {
        long before = EventId.shortHash(block.header().previousHash());
        TableName table = null;
        TableWatchers ofTable = null;
        for (int i = 0; i < block.entryCount(); i++) {
            EntryLeaf leaf = blockEvents.moveTo(i);
            if (table == null || !leaf.isOf(table)) {
                table = leaf.table();
                ofTable = watchers.of(table);
            }
            TableName of = table;
            long sequence = blockEvents.sequence(i);
            long behindHash = i == 0 ? before : blockEvents.shortHash();
            if (ofTable != null) {
                ofTable.match(
                        block.array(),
                        leaf.keyOffset(),
                        leaf.keyLength(),
                        watcher -> hand(watcher, of, sequence, behindHash, blockEvents));
            }
            if (!table.isSystem()) {
                watchers.ofAllTables().forEach(watcher -> hand(watcher, of, sequence, behindHash, blockEvents));
            }
        }
        for (Watcher watcher : overfull) {
            watchers.remove(watcher);
            behind.fallen(watcher, true);
        }
        overfull.clear();
        send();
        if (watchers.isEmpty()) {
            closeReader();
        }
    }

    private void hand(Watcher watcher, TableName table, long sequence, long behindHash, BlockEvents blockEvents) {
        if (!watcher.isLive() || sequence < watcher.next()) {
            return;
        }
        Rights.Extent extent = watcher.rights().of(table);
        if (extent == Rights.Extent.NOTHING) {
            return;
        }
        SharedEvent event = blockEvents.eventOrFail(extent, watcher.base64());
        if (watcher.offer(event)) {
            watcher.toldUpTo(sequence + 1, blockEvents.shortHash());
            events.increment();
            if (watcher.mark()) {
                marked.add(watcher);
            }
        } else {
            watcher.setLive(false);
            watcher.toldUpTo(sequence, behindHash);
            overfull.add(watcher);
        }
    }

    private void send() {
        int alone = Math.min(SENT_TO_ALONE, marked.size());
        marked.forEach(Watcher::unmark);
        haveSent(marked.subList(alone, marked.size()));
        marked.subList(0, alone).forEach(Watcher::send);
        marked.clear();
    }

    /** Has other threads send what waits for watchers. */
    void haveSent(List<Watcher> many) {
        for (int from = 0; from < many.size(); from += SENT_TO_ALONE) {
            List<Watcher> part = List.copyOf(many.subList(from, Math.min(many.size(), from + SENT_TO_ALONE)));
            try {
                senders.execute(() -> part.forEach(Watcher::send));
            } catch (RejectedExecutionException stopping) {
                part.forEach(Watcher::send);
            }
        }
    }

    /** How far a watcher was told, for the dispatcher's own thread to ask; null while he is behind. */
    @Nullable
    EventId place(Watcher watcher) {
        LedgerFeed open = feed;
        LedgerId ledger = open == null ? null : open.ledgerId();
        if (ledger == null || !watcher.isLive()) {
            return null;
        }
        return watcher.next() > next
                ? new EventId(ledger, watcher.next(), watcher.block())
                : new EventId(ledger, next, shortHash);
    }
}
