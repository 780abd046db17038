package io.blockdb.server.node;

import io.blockdb.base.CorruptionException;
import io.blockdb.base.LedgerId;
import io.blockdb.base.UnsupportedFormatException;
import io.blockdb.db.BlockDb;
import io.blockdb.db.DatabaseInUseException;
import io.blockdb.db.NoDatabaseException;
import io.blockdb.db.NotADatabaseException;
import io.blockdb.db.Options;
import io.blockdb.server.config.FileFailure;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a database open: opens it, and opens it again when a write, a sync or the upkeep of its index has failed.
 *
 * <ol>
 *   <li>The database that takes no more writes stays open for reading until the disk has been seen to take writes again
 *       ({@link DiskProbe}), tried at once and then after longer and longer whiles.
 *   <li>It is closed, and opened. In between there is none, for as long as the ledger's end is checked and indexed.
 *   <li>Where it cannot be opened for writing, it is opened for reading alone, and the rest is tried again.
 * </ol>
 *
 * <p>A damaged ledger is opened for reading alone, and that is not tried again: nobody but a person can mend it.
 *
 * <p>Threading: one thread of its own opens and closes; everything else from any thread.
 */
final class Keeper {
    private static final Logger LOG = LoggerFactory.getLogger(Keeper.class);

    /** How often it is looked at whether the database still takes writes: what fails in the background nobody tells of. */
    private static final long WATCH_MILLIS = 1_000;

    /** Who fails again sooner than that after being opened is not opened again at once. */
    private static final long STEADY_NANOS = TimeUnit.MINUTES.toNanos(1);

    /** What opening may write: the last block again, a manifest, records. */
    private static final long ROOM_TO_OPEN = 1 << 20;

    private final Path directory;
    private final Options options;
    private final DiskProbe probe;
    private final ScheduledThreadPoolExecutor thread;
    private final CompletableFuture<BlockDb> first = new CompletableFuture<>();

    /** What is read from; null while there is none. */
    private volatile @Nullable BlockDb db;

    /** Why there is no database, or one for reading alone; empty where all is well. */
    private volatile String trouble = "the database is being opened";

    /** Whether what is open is to be closed and opened for writing, though it has not failed: it is open for reading alone. */
    private volatile boolean retry;

    private final AtomicLong openings = new AtomicLong();
    private volatile String ledgerId = "";
    private volatile boolean stopped;

    /** Whether opening it again has been asked for and has not been tried since. */
    private final AtomicBoolean asked = new AtomicBoolean();

    /** The keeper's thread's, as what follows. */
    private final Backoff backoff = new Backoff();

    private long openedNanos = System.nanoTime();

    /** Before that, what was opened is not opened again. */
    private long notBeforeNanos = openedNanos;

    Keeper(Path directory, Options options) {
        this.directory = directory;
        this.options = options;
        this.probe = new DiskProbe(options.environment().fileSystem(), directory, options.diskReserve() + ROOM_TO_OPEN);
        this.thread = new ScheduledThreadPoolExecutor(1, task -> {
            Thread created = new Thread(task, "blockdb-keeper");
            created.setDaemon(true);
            return created;
        });
        thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    /** Begins to open the database. */
    @SuppressWarnings("FutureReturnValueIgnored") // Looking throws nothing, and ends with the thread.
    void start() {
        thread.execute(this::openFirst);
        thread.scheduleWithFixedDelay(this::look, WATCH_MILLIS, WATCH_MILLIS, TimeUnit.MILLISECONDS);
    }

    /**
     * Waits until the database was opened, for writing or for reading alone.
     *
     * @throws IOException why it cannot be opened, where that does not mend itself
     */
    void awaitOpen() throws IOException {
        boolean interrupted = false;
        try {
            for (; ; ) {
                try {
                    first.get();
                    return;
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException cause) {
                throw cause;
            }
            throw new IllegalStateException("the database could not be opened", e.getCause());
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** The database that is open, or null. */
    @Nullable
    BlockDb held() {
        return db;
    }

    /** Why there is none, or one for reading alone. */
    String trouble() {
        return trouble;
    }

    /** How often a database was opened, and how often one was closed in between. */
    long openings() {
        return openings.get();
    }

    /** Id of the ledger in hex, empty before the database was opened once. */
    String ledgerId() {
        return ledgerId;
    }

    boolean isStopped() {
        return stopped;
    }

    private void openFirst() {
        try {
            BlockDb opened = open();
            first.complete(opened);
            if (retry) {
                ask(backoff.next());
            }
        } catch (IOException | RuntimeException | Error e) {
            trouble = "the database cannot be opened: " + FileFailure.text(e);
            first.completeExceptionally(e);
        }
    }

    /**
     * Opens the database for writing, or where that fails for reading alone.
     *
     * @throws IOException if neither can be done, or there is nothing to be served
     */
    private BlockDb open() throws IOException {
        try {
            BlockDb opened = BlockDb.open(directory, options);
            retry = false;
            show(opened, "");
            return opened;
        } catch (NotADatabaseException
                | NoDatabaseException
                | DatabaseInUseException
                | UnsupportedFormatException refused) {
            throw refused;
        } catch (CorruptionException damaged) {
            LOG.error("{} is damaged and is served for reading alone: {}", directory, damaged.getMessage());
            return openForReading(
                    false,
                    damaged,
                    "the ledger is damaged: " + damaged.getMessage()
                            + "; stop the server, and see 'blockdb-cli verify' and 'restore'");
        } catch (IOException failed) {
            LOG.error("{} cannot be opened for writing: {}", directory, FileFailure.text(failed));
            return openForReading(
                    true,
                    failed,
                    "the database cannot be opened for writing, which is tried again: " + FileFailure.text(failed));
        }
    }

    private BlockDb openForReading(boolean again, IOException cause, String why) throws IOException {
        try {
            BlockDb opened = BlockDb.open(directory, options.withReadOnly(true).withCreateIfMissing(false));
            retry = again;
            show(opened, why);
            return opened;
        } catch (IOException | RuntimeException e) {
            cause.addSuppressed(e);
            throw cause;
        }
    }

    private void show(BlockDb opened, String why) {
        long now = System.nanoTime();
        if (now - openedNanos > STEADY_NANOS) {
            backoff.reset();
        }
        openedNanos = now;
        notBeforeNanos = now + TimeUnit.MILLISECONDS.toNanos(backoff.next());
        LedgerId id = opened.engine().ledgerId();
        ledgerId = id == null ? "" : id.toString();
        trouble = why;
        openings.incrementAndGet();
        db = opened;
    }

    /** Something failed that may have been a write: if so, sees to it that the database is opened again. */
    void look() {
        BlockDb held = db;
        if (held != null && held.engine().writeFailure() != null && !stopped) {
            ask(0);
        }
    }

    @SuppressWarnings("FutureReturnValueIgnored") // What goes wrong in there is logged there.
    private void ask(long millis) {
        if (!asked.compareAndSet(false, true)) {
            return;
        }
        try {
            thread.schedule(this::openAgain, millis, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            LOG.debug("the database is not opened again: the server stops");
        }
    }

    private void openAgain() {
        long wait = tryToOpen();
        asked.set(false);
        if (wait >= 0) {
            ask(wait);
        }
    }

    /** Opens the database again if that is needed; answers in how many milliseconds that is to be tried again, -1: it is not. */
    private long tryToOpen() {
        BlockDb held = db;
        Throwable failure = held == null ? null : held.engine().writeFailure();
        if (stopped || (held != null && failure == null && !retry)) {
            return -1;
        }
        long early = notBeforeNanos - System.nanoTime();
        if (early > 0) {
            return 1 + TimeUnit.NANOSECONDS.toMillis(early);
        }
        if (failure != null) {
            LOG.error("{} takes no more writes since one failed, and is to be opened again", directory, failure);
        }
        try {
            probe.check();
            closeForOpening(held);
            open();
            LOG.info("{} was opened again{}", directory, trouble.isEmpty() ? " and takes writes" : ": " + trouble);
            return retry ? backoff.next() : -1;
        } catch (IOException | RuntimeException e) {
            long wait = backoff.next();
            LOG.warn("{} cannot be opened again yet, and is tried in {} ms: {}", directory, wait, FileFailure.text(e));
            trouble =
                    "the database takes no writes, and opening it again is tried until it does: " + FileFailure.text(e);
            return wait;
        }
    }

    /** Closes the database that takes no more writes. What it says to that is known already. */
    private void closeForOpening(@Nullable BlockDb held) {
        if (held == null) {
            return;
        }
        trouble = "the database is being opened again after a failed write";
        db = null;
        openings.incrementAndGet();
        try {
            held.close();
        } catch (IOException | RuntimeException e) {
            LOG.warn("{} was closed after a failure: {}", directory, FileFailure.text(e));
        }
    }

    /** Opens it no more, and closes it. */
    void close() throws IOException {
        stopped = true;
        thread.shutdown();
        boolean interrupted = false;
        for (boolean ended = false; !ended; ) {
            try {
                ended = thread.awaitTermination(1, TimeUnit.DAYS);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        first.completeExceptionally(new UnavailableException("the server is stopping"));
        BlockDb held = db;
        if (held != null) {
            held.close();
        }
    }
}
