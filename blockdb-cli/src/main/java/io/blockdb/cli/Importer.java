package io.blockdb.cli;

import io.blockdb.base.TableName;
import io.blockdb.db.BlockDb;
import io.blockdb.db.RefusedException;
import io.blockdb.db.WriteBatch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Writes a stream of operations in batches, in memory bounded by one batch.
 *
 * <p>A batch ends where it is full, and before a key that it holds already: the same key twice is refused in a batch,
 * but is two revisions of a versioned table. A batch that is refused is taken apart: those operations that the refusal
 * names are written one by one, the others together, so that only what is wrong is left out. Keys within a batch being
 * distinct, the order among them does not matter.
 *
 * <p>Threading: one thread at a time.
 */
final class Importer {
    /** Is told what happens. */
    interface Listener {
        /** A line was left out. */
        void failed(long line, String reason);

        /** The lines up to this one have been read. */
        void reached(long line);
    }

    private record TableKey(TableName table, ByteBuffer key) {}

    private final BlockDb db;
    private final int batchSize;
    private final Listener listener;

    private List<OperationLine> pending = new ArrayList<>();
    private final Set<TableKey> keys = new HashSet<>();
    private long bytes;

    private long lines;
    private long imported;
    private long existing;
    private long failed;

    /** @param batchSize operations that are committed together */
    Importer(BlockDb db, int batchSize, Listener listener) {
        this.db = db;
        this.batchSize = batchSize;
        this.listener = listener;
    }

    /** Lines read, blank ones left out. */
    long lines() {
        return lines;
    }

    /** Operations that were written. */
    long imported() {
        return imported;
    }

    /** Operations that had been written before. */
    long existing() {
        return existing;
    }

    /** Lines left out. */
    long failed() {
        return failed;
    }

    /** Writes all lines. Where reading fails, what was read before is written before the failure is passed on. */
    void run(LineInput input, OperationParser parser) throws IOException {
        try {
            while (input.next()) {
                line(input, parser);
                listener.reached(input.number());
            }
        } catch (IOException e) {
            flush();
            throw e;
        }
        flush();
    }

    private void line(LineInput input, OperationParser parser) throws IOException {
        long counted = lines;
        OperationLine operation;
        try {
            String line = input.text();
            if (line.isBlank()) {
                return;
            }
            lines++;
            operation = parser.parse(input.number(), line);
        } catch (UsageException e) {
            lines = Math.max(lines, counted + 1);
            fail(input.number(), Failure.text(e));
            return;
        }
        TableKey key = new TableKey(operation.table(), ByteBuffer.wrap(operation.key()));
        if (pending.size() == batchSize || bytes + operation.size() > Limits.BATCH_BYTES || keys.contains(key)) {
            flush();
        }
        pending.add(operation);
        keys.add(key);
        bytes += operation.size();
    }

    private void flush() throws IOException {
        List<OperationLine> batch = pending;
        pending = new ArrayList<>();
        keys.clear();
        bytes = 0;
        if (!batch.isEmpty()) {
            write(batch);
        }
    }

    private void write(List<OperationLine> operations) throws IOException {
        WriteBatch batch = new WriteBatch();
        for (OperationLine operation : operations) {
            operation.addTo(batch);
        }
        try {
            if (db.write(batch).existing()) {
                existing += operations.size();
            } else {
                imported += operations.size();
            }
        } catch (RefusedException e) {
            if (operations.size() == 1) {
                OperationLine refused = operations.get(0);
                fail(refused.line(), refused.complaint(e));
            } else {
                takeApart(operations, e);
            }
        }
    }

    private void takeApart(List<OperationLine> operations, RefusedException e) throws IOException {
        Set<Integer> named = new HashSet<>(e.operations());
        List<OperationLine> others = new ArrayList<>();
        List<OperationLine> single = new ArrayList<>();
        for (int i = 0; i < operations.size(); i++) {
            (named.isEmpty() || named.contains(i) ? single : others).add(operations.get(i));
        }
        if (!others.isEmpty()) {
            write(others);
        }
        for (OperationLine operation : single) {
            write(List.of(operation));
        }
    }

    private void fail(long line, String reason) {
        failed++;
        listener.failed(line, reason);
    }
}
