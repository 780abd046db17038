package io.blockdb.cli;

import java.util.concurrent.TimeUnit;

/**
 * Ctrl-C in a session: ends the command that runs, not the process. A command notices where it is safe to stop: between
 * rows, blocks, batches, or while it waits.
 *
 * <p>Threading: {@link #request} may be called from any thread, and commands may check from several.
 */
final class Cancellation {
    /** The command was cancelled by its user. */
    static final class CancelledException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        CancelledException() {
            super("Interrupted");
        }
    }

    private boolean running;
    private volatile boolean requested;

    /** A command begins. */
    synchronized void begin() {
        requested = false;
        running = true;
    }

    /** The command has ended, because it was asked to or by itself. */
    synchronized void end() {
        running = false;
        requested = false;
    }

    /** Asks the command that runs to end; does nothing where none runs. */
    synchronized void request() {
        requested = running;
        notifyAll();
    }

    /**
     * Goes on unless the command is to end.
     *
     * @throws CancelledException if it is
     */
    void check() {
        if (requested) {
            throw new CancelledException();
        }
    }

    /**
     * Waits for so long, in nanoseconds.
     *
     * @throws CancelledException if the command is to end, at once
     */
    synchronized void pause(long nanos) {
        long end = System.nanoTime() + nanos;
        for (long left = nanos; left > 0 && !requested; left = end - System.nanoTime()) {
            try {
                TimeUnit.NANOSECONDS.timedWait(this, Math.max(left, TimeUnit.MILLISECONDS.toNanos(1)));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                requested = true;
            }
        }
        check();
    }
}
