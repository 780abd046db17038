package io.blockdb.server.feed;

import io.blockdb.base.LedgerId;
import io.blockdb.db.LedgerFeed;
import io.blockdb.server.feed.WatchRefusedException.Reason;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells watchers of entries as they are published, each entry once, in the order of the ledger, from any entry on.
 *
 * <p>A watcher is first told of what was published before, out of the ledger, as fast as he takes it ({@link CatchUp}). Then he is
 * up to date, and told by the {@link Dispatcher}, which reads each new block once for all. If he takes too little, or too much
 * comes at once, he is behind again. If he takes nothing for some seconds he is cut, and comes again with the id of the last event
 * he got. So nothing is ever dropped, writers never wait for a watcher, and the memory for him is bounded. After the database was
 * opened again all go on where they were.
 *
 * <p>Threading: any thread.
 */
public final class Feed implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Feed.class);

    /** How long a watcher who is cut has to take what still waits for him. */
    private static final long ENDING_NANOS = TimeUnit.SECONDS.toNanos(5);
    /** How long closing waits for watchers to be told. */
    private static final long CLOSING_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final FeedSource source;
    private final FeedLimits limits;
    private final HeapRoom room;
    private final Set<Watcher> watchers = ConcurrentHashMap.newKeySet();
    private final AtomicInteger places = new AtomicInteger();
    private final AtomicInteger live = new AtomicInteger();
    private final LongAdder events = new LongAdder();
    private final LongAdder fellBehind = new LongAdder();
    private final LongAdder cut = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private final ScheduledFuture<?> renewals;
    private final ScheduledThreadPoolExecutor workers;
    private final ScheduledThreadPoolExecutor senders;
    private final CatchUp catchUp;
    private final Dispatcher dispatcher;
    private final Thread thread;
    private volatile boolean closed;

    /** Begins to tell, as soon as there are watchers. To be closed before the database is. */
    public Feed(FeedSource source, FeedLimits limits) {
        this.source = source;
        this.limits = limits;
        this.room = new HeapRoom(limits.bytes());
        this.workers = pool("feed-behind-", limits.workers());
        this.senders = pool("feed-send-", limits.workers());
        this.catchUp = new CatchUp(source, workers, events, this::upToDate, this::cut);
        this.dispatcher = new Dispatcher(source, senders, events, this::fallen, this::tick);
        this.thread = new Thread(dispatcher, "feed");
        thread.setDaemon(true);
        thread.start();
        long renewal = limits.renewal().toNanos();
        this.renewals = workers.scheduleWithFixedDelay(this::renew, renewal, renewal, TimeUnit.NANOSECONDS);
    }

    private static ScheduledThreadPoolExecutor pool(String name, int threads) {
        AtomicInteger number = new AtomicInteger();
        ThreadFactory factory = task -> {
            Thread made = new Thread(task, name + number.incrementAndGet());
            made.setDaemon(true);
            return made;
        };
        ScheduledThreadPoolExecutor pool = new ScheduledThreadPoolExecutor(threads, factory);
        pool.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        return pool;
    }

    /** One who watches, for who has his connection. */
    public final class Watch {
        private final Watcher watcher;

        private Watch(Watcher watcher) {
            this.watcher = watcher;
        }

        /** Says that the connection is gone. */
        public void lost() {
            watcher.abort();
        }

        /** Ends the stream, behind what waits, with an error event: as {@code Forbidden}, when the right to watch was taken away. */
        public void end(int status, String name, String message) {
            cut(watcher, status, name, message);
        }
    }

    /**
     * Takes a watcher.
     *
     * @param outlet makes where his events go, once it is known that he is taken; its answer must have begun then
     * @throws WatchRefusedException if he is not taken; the outlet was not made
     * @throws IOException if the ledger cannot be read; the outlet was not made
     */
    public Watch watch(WatchRequest request, Supplier<Outlet> outlet) throws WatchRefusedException, IOException {
        LedgerFeed feed = source.now();
        LedgerId ledger = feed == null ? null : feed.ledgerId();
        if (closed || feed == null || ledger == null) {
            throw new WatchRefusedException(Reason.NOT_READY, "the database is not open now: try again soon");
        }
        EventId start = start(request, feed, ledger);
        if (places.incrementAndGet() > limits.watchers()) {
            places.decrementAndGet();
            refused.increment();
            throw new WatchRefusedException(
                    Reason.TOO_MANY, "there are " + limits.watchers() + " watchers already, the most that are allowed");
        }
        Watcher watcher;
        try {
            watcher = new Watcher(request, outlet.get(), room, limits.bytesPerWatcher(), new Ownership());
        } catch (RuntimeException | Error e) {
            places.decrementAndGet();
            throw e;
        }
        watcher.toldUpTo(start.next(), start.block());
        watcher.setKnown(feed);
        watchers.add(watcher);
        watcher.offer(EventText.opening(start));
        watcher.send();
        catchUp.feed(watcher);
        if (closed) {
            end(watcher);
        }
        return new Watch(watcher);
    }

    private static EventId start(WatchRequest request, LedgerFeed feed, LedgerId ledger)
            throws WatchRefusedException, IOException {
        String last = request.lastEventId();
        if (last != null) {
            EventId id = EventId.parse(last);
            if (id == null) {
                throw new WatchRefusedException(
                        Reason.MALFORMED,
                        "Last-Event-ID must be an id as the server sent it; to begin at a sequence use from=SEQUENCE");
            }
            Continuation.check(feed, id);
            return id;
        }
        long entries = feed.entries();
        if (request.from() > entries) {
            throw new WatchRefusedException(
                    Reason.BEYOND_THE_END,
                    "there is no entry " + request.from() + ": the ledger ends before sequence " + entries
                            + "; watch from there on with from=" + entries + ", or without from");
        }
        long next = request.from() < 0 ? entries : request.from();
        return new EventId(ledger, next, next == 0 ? 0 : EventId.shortHash(feed.blockHash(next - 1)));
    }

    private final class Ownership implements Watcher.Owner {
        @Override
        public void sent(Watcher watcher) {
            catchUp.feed(watcher);
        }

        @Override
        public void gone(Watcher watcher) {
            if (watchers.remove(watcher)) {
                places.decrementAndGet();
                dispatcher.leave(watcher);
            }
        }
    }

    private void upToDate(Watcher watcher) {
        dispatcher.join(watcher);
    }

    /** The dispatcher let go of a watcher. */
    private void fallen(Watcher watcher, boolean overfull) {
        if (!overfull) {
            catchUp.feed(watcher);
            return;
        }
        fellBehind.increment();
        watcher.send();
        if (!watcher.tellWhenSent()) {
            catchUp.feed(watcher);
        }
    }

    private void cut(Watcher watcher, int status, String name, String message) {
        if (watcher.endWith(EventText.error(status, name, message))) {
            cut.increment();
        }
    }

    /** Some times a second, on the dispatcher's thread. */
    private void tick() {
        long now = System.nanoTime();
        int upToDate = 0;
        List<Watcher> idle = new ArrayList<>();
        for (Watcher watcher : watchers) {
            if (watcher.isLive()) {
                upToDate++;
            }
            if (watcher.endingNanos(now) > ENDING_NANOS) {
                watcher.abort();
            } else if (watcher.stalledNanos(now) > limits.stall().toNanos()) {
                cut(
                        watcher,
                        429,
                        "RateLimited",
                        "nothing of what was sent was taken for " + seconds(limits.stall())
                                + ": watch again with Last-Event-ID to go on where this ends");
            } else if (watcher.idleNanos(now) > limits.heartbeat().toNanos()) {
                watcher.offer(EventText.heartbeat(dispatcher.place(watcher)));
                idle.add(watcher);
            }
        }
        dispatcher.haveSent(idle);
        live.set(upToDate);
    }

    /** Cuts those who may watch no more. */
    private void renew() {
        for (Watcher watcher : watchers) {
            try {
                if (!watcher.rights().renew()) {
                    cut(
                            watcher,
                            401,
                            "Unauthorized",
                            "what this watch began with has expired or was revoked, or the right to it was taken away");
                }
            } catch (IOException | RuntimeException e) {
                // The next time will tell: the database may just be opened again.
                LOG.debug("what a watcher may be told was not found out", e);
            }
        }
    }

    private static String seconds(Duration duration) {
        return duration.toMillis() / 1000.0 + " seconds";
    }

    /** What it does and did; of who is behind, as it was a moment ago. */
    public FeedCounts counts() {
        int now = watchers.size();
        return new FeedCounts(
                now,
                Math.max(0, now - live.get()),
                room.taken(),
                events.sum(),
                fellBehind.sum(),
                cut.sum(),
                refused.sum());
    }

    private void end(Watcher watcher) {
        cut(
                watcher,
                503,
                "NotReady",
                "the server is stopping: watch again with Last-Event-ID to go on where this ends");
    }

    /** Ends all streams with an event that says so, and stops; waits a little for the watchers to take it. */
    @Override
    public void close() {
        closed = true;
        watchers.forEach(this::end);
        long deadline = System.nanoTime() + CLOSING_NANOS;
        while (!watchers.isEmpty() && System.nanoTime() < deadline) {
            LockSupport.parkNanos(this, TimeUnit.MILLISECONDS.toNanos(5));
        }
        watchers.forEach(Watcher::abort);
        dispatcher.stop();
        renewals.cancel(true);
        workers.shutdownNow();
        senders.shutdownNow();
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
