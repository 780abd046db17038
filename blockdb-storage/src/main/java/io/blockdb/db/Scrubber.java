package io.blockdb.db;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.blockdb.io.Environment;
import java.io.IOException;
import java.util.concurrent.CancellationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Verifies an open database over and over in the background, so slowly that nobody notices: a bit that rots on the disk is found
 * while there may still be a good copy. What it finds is logged, and stands in {@link Stats}.
 *
 * <p>Threading: its own thread, of low priority, and one more for what it checks; {@link #close} and {@link #state} from any.
 */
final class Scrubber implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Scrubber.class);

    /** From the end of one round to the begin of the next: a small database need not be read all the time. */
    private static final long PAUSE_MICROS = 15L * 60 * 1_000_000;
    /** At most so long it waits at once: the clock may jump. */
    private static final long WAIT_MILLIS_MAX = 1000;

    private static final int MILLI = 1000;

    private final DataDirectory directory;
    private final Options options;
    private final Environment environment;
    private final Engine engine;
    private final Thread thread = new Thread(this::run, "blockdb-scrubber");

    private volatile boolean stopping;
    private volatile Scrub state = Scrub.NONE;

    /** What may be read before it waits, in bytes; below zero while it has read ahead. */
    @GuardedBy("this")
    private double allowance;

    /** Up to when the allowance was reckoned. */
    @GuardedBy("this")
    private long reckonedAt;

    @SuppressWarnings("ThreadPriorityCheck") // A hint is all that is wanted: the pace is kept by read.
    Scrubber(DataDirectory directory, Options options, Engine engine) {
        this.directory = directory;
        this.options = options;
        this.environment = options.environment();
        this.engine = engine;
        thread.setDaemon(true);
        thread.setPriority(Thread.MIN_PRIORITY);
    }

    /** Begins, unless the options say not to. */
    void start() {
        if (options.scrubBytesPerSecond() > 0 && !options.readOnly()) {
            thread.start();
        }
    }

    Scrub state() {
        return state;
    }

    private void run() {
        try {
            while (!stopping) {
                round();
                pause();
            }
        } catch (CancellationException e) {
            LOG.debug("scrubbing was given up: the database is closed");
        }
    }

    /** Verifies everything once. */
    void round() {
        synchronized (this) {
            reckonedAt = micros();
            allowance = 0;
        }
        try {
            VerifyReport report = new Verifier(
                            directory,
                            options,
                            engine.ledger(),
                            engine,
                            VerifyScope.ALL,
                            (done, total, blocks) -> {},
                            () -> micros() * MILLI)
                    .inBackground(this::read)
                    .run();
            state = new Scrub(state.rounds() + 1, micros(), report.failures(), null);
            if (!report.valid()) {
                LOG.error(
                        "{}: scrubbing found damage in {} places, first {}",
                        directory.root(),
                        report.failures().size() + report.failuresOmitted(),
                        report.failures().get(0));
            }
        } catch (IOException e) {
            // Not to be able to read is a finding as well, and the next round may be able to.
            LOG.error("{}: scrubbing could not read the database", directory.root(), e);
            state = new Scrub(state.rounds() + 1, micros(), state.failures(), String.valueOf(e.getMessage()));
        }
    }

    private long micros() {
        return environment.clock().micros();
    }

    /** Takes note of what was read, and waits as long as that was too fast. */
    private synchronized void read(long bytes) {
        allowance -= bytes;
        while (allowance < 0) {
            double seconds = -allowance / options.scrubBytesPerSecond();
            await(Math.max(1, (long) (seconds * MILLI)));
            long now = micros();
            // A clock that was set back earns nothing, and one that jumped ahead no more than was read.
            double earned = Math.max(0, now - reckonedAt) / 1e6 * options.scrubBytesPerSecond();
            allowance = Math.min(0, allowance + earned);
            reckonedAt = now;
        }
    }

    private synchronized void pause() {
        long begun = micros();
        while (Math.abs(micros() - begun) < PAUSE_MICROS) {
            await(WAIT_MILLIS_MAX);
        }
    }

    /** Waits so long, or less: who calls looks whether it was enough. */
    @GuardedBy("this")
    @SuppressWarnings("WaitNotInLoop") // The loops are the callers'.
    private void await(long millis) {
        if (stopping) {
            throw new CancellationException();
        }
        try {
            wait(Math.min(millis, WAIT_MILLIS_MAX));
        } catch (InterruptedException e) {
            // A verification that is given up interrupts its threads; it is stopping, or there is nothing to wait for.
            Thread.currentThread().interrupt();
            throw new CancellationException();
        }
        if (stopping) {
            throw new CancellationException();
        }
    }

    /** Stops, and waits for what is under way to end. */
    @Override
    public void close() {
        synchronized (this) {
            stopping = true;
            notifyAll();
        }
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
