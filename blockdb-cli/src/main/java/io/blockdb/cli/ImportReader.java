package io.blockdb.cli;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads an import's input ahead, in a thread of its own, and cuts it into batches: while one is committed, the next ones are
 * parsed. In memory there are at most as many batches as {@link #AHEAD} and two more.
 *
 * <p>A batch ends where it is full, and before a key that it writes already: the same key twice is refused in a batch, but is
 * two revisions of a versioned table. Keys within a batch being distinct, the order among them does not matter.
 *
 * <p>Threading: {@link #take} and {@link #close} are called by one thread, which did not touch the input since.
 */
final class ImportReader implements AutoCloseable {
    private static final int AHEAD = 4;

    private static final int CLOSE_WAIT_MILLIS_MAX = 1000;

    /** The last batch, which {@link #take} answers as null. */
    private static final ImportBatch END = new ImportBatch();

    private final OperationInput input;
    private final LongSupplier bytesRead;
    private final InstantSource clock;
    private final int batchSize;
    private final BlockingQueue<ImportBatch> queue = new ArrayBlockingQueue<>(AHEAD);
    private final Thread thread = new Thread(this::run, "blockdb-import");
    private volatile boolean closed;
    private volatile @Nullable Throwable failure;
    private ImportBatch batch = new ImportBatch();

    /**
     * Begins to read.
     *
     * @param bytesRead how many bytes of the file were read, for the progress; asked in the reader's thread
     * @param batchSize operations that are committed together
     */
    ImportReader(OperationInput input, LongSupplier bytesRead, InstantSource clock, int batchSize) {
        this.input = input;
        this.bytesRead = bytesRead;
        this.clock = clock;
        this.batchSize = batchSize;
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * The next batch; null at the end.
     *
     * @throws IOException if the input could not be read; all batches before it were answered
     */
    @Nullable
    ImportBatch take() throws IOException {
        try {
            ImportBatch next = queue.take();
            if (next != END) {
                return next;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        }
        Throwable thrown = failure;
        if (thrown instanceof IOException e) {
            throw e;
        }
        if (thrown != null) {
            throw new IllegalStateException("reading failed: " + thrown, thrown);
        }
        return null;
    }

    /** Reads no more. Waits until that is so, but not for an input that gives nothing and does not end. */
    @Override
    public void close() {
        closed = true;
        boolean interrupted = false;
        for (int waited = 0; thread.isAlive() && waited < CLOSE_WAIT_MILLIS_MAX; waited++) {
            queue.clear();
            try {
                thread.join(1);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try {
            while (!closed && input.next()) {
                line();
            }
            cut();
        } catch (IOException | RuntimeException | Error e) {
            failure = e;
            cut();
        }
        put(END);
    }

    private void line() throws IOException {
        InputLine line;
        try {
            line = input.read();
        } catch (UsageException e) {
            batch.refuse(input.line(), Failure.text(e));
            ended();
            return;
        }
        if (line instanceof TableLine table) {
            cut();
            batch.table(table);
            batch.end(input.offset(), input.linesEnded(), bytesRead.getAsLong());
            cut();
            return;
        }
        OperationLine operation = (OperationLine) line;
        if (operation.expiresAt() != 0 && operation.expiresAt() <= now()) {
            batch.expire();
        } else {
            if (!batch.takes(operation)) {
                cut();
            }
            batch.add(operation);
        }
        ended();
    }

    private long now() {
        return ChronoUnit.MICROS.between(Instant.EPOCH, clock.instant());
    }

    private void ended() {
        batch.end(input.offset(), input.linesEnded(), bytesRead.getAsLong());
        if (batch.lines() == batchSize) {
            cut();
        }
    }

    private void cut() {
        if (batch.lines() > 0) {
            put(batch);
            batch = new ImportBatch();
        }
    }

    private void put(ImportBatch full) {
        boolean interrupted = false;
        while (!closed) {
            try {
                queue.put(full);
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
