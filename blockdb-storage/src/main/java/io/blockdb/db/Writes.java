package io.blockdb.db;

import io.blockdb.base.TableName;
import io.blockdb.io.Environment;
import io.blockdb.proof.EntryLeaf;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The writing side of an open database: draws salts, prepares batches in the caller's thread and hands them to the commit
 * pipeline.
 *
 * <p>Threading: all methods may be called from any thread.
 */
final class Writes {
    private final Environment environment;
    private final Engine engine;
    /** Whether the database proposes to itself: it is no member of a cluster. */
    private final boolean alone;

    private final CommitPipeline pipeline;
    private final ExecutorService leaders;
    private final @Nullable BackgroundSync syncer;

    Writes(Engine engine, Options options, boolean alone) {
        this.environment = options.environment();
        this.engine = engine;
        this.alone = alone;
        this.leaders = new ThreadPoolExecutor(
                1,
                1,
                0,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                task -> daemon(task, "blockdb-commit"),
                (task, closed) -> task.run());
        this.pipeline = new CommitPipeline(
                engine,
                environment.clock()::micros,
                options.walSyncIntervalMillis() == 0,
                options.blockchainBatchSize(),
                leaders);
        this.syncer = options.walSyncIntervalMillis() > 0 && !options.readOnly()
                ? new BackgroundSync(engine, options.walSyncIntervalMillis())
                : null;
    }

    private static Thread daemon(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }

    /** As {@link BlockDb#write}. */
    Commit write(List<Operation> operations, String author, byte @Nullable [] requestId) throws IOException {
        checkWritable();
        for (; ; ) {
            try {
                Commit commit = pipeline.commit(prepare(operations, author, requestId));
                if (syncer != null) {
                    syncer.written();
                }
                return commit;
            } catch (RefusedException e) {
                if (e.reason() != RefusedException.Reason.TABLE_CHANGED) {
                    throw e;
                }
            }
        }
    }

    /** As {@link BlockDb#writeAsync}. */
    CompletableFuture<Commit> writeAsync(WriteBatch batch, Executor answers) throws IOException {
        checkWritable();
        CompletableFuture<Commit> future = new CompletableFuture<>();
        commitAsync(batch, answers, future);
        return future;
    }

    private void commitAsync(WriteBatch batch, Executor answers, CompletableFuture<Commit> future) {
        Batch prepared = prepare(batch.operations(), batch.author(), batch.requestId());
        pipeline.commitAsync(prepared, answers, (commit, failure) -> {
            if (failure == null) {
                if (syncer != null) {
                    syncer.written();
                }
                future.complete(commit);
            } else if (failure instanceof RefusedException e && e.reason() == RefusedException.Reason.TABLE_CHANGED) {
                commitAgain(batch, answers, future);
            } else {
                future.completeExceptionally(failure);
            }
        });
    }

    private void commitAgain(WriteBatch batch, Executor answers, CompletableFuture<Commit> future) {
        try {
            commitAsync(batch, answers, future);
        } catch (RuntimeException | Error e) {
            future.completeExceptionally(e);
        }
    }

    /** Draws the salts, checks the limits, encodes and hashes: all that can be done in the caller's thread. */
    private Batch prepare(List<Operation> operations, String author, byte @Nullable [] requestId) {
        byte[][] salts = new byte[operations.size()][];
        for (int i = 0; i < salts.length; i++) {
            salts[i] = salt(operations.get(i));
        }
        return new Batch(author, operations, List.of(salts), requestId).prepare(engine.timings());
    }

    private byte[] salt(Operation operation) {
        if (operation instanceof Operation.Put put) {
            checkClientTable(put.table());
            if (engine.catalog().of(put.table()).erasable()) {
                return drawSalt();
            }
        } else if (operation instanceof Operation.SetPassword || operation instanceof Operation.SetToken) {
            return drawSalt();
        } else if (operation instanceof Operation.Delete delete) {
            checkClientTable(delete.table());
        }
        return Batch.NO_SALT;
    }

    private byte[] drawSalt() {
        byte[] salt = new byte[EntryLeaf.SALT_LENGTH];
        environment.randomness().fill(salt);
        return salt;
    }

    private static void checkClientTable(TableName table) {
        if (table.isSystem()) {
            throw new IllegalArgumentException(
                    "table '" + table + "' is BlockDB's own: names that begin with _ are reserved");
        }
    }

    /** Commits operations on system tables that somebody asked for, as one batch. */
    Commit system(List<Operation> operations, String author) throws IOException {
        checkWritable();
        return pipeline.commit(prepare(operations, author, null));
    }

    private void checkWritable() throws ReadOnlyException {
        if (!alone) {
            throw new IllegalStateException("the database of a cluster's member is written by proposals to its engine");
        }
        engine.checkWritable();
    }

    /** Answers what was handed in, and waits until no thread of this is left. */
    void close() {
        pipeline.close();
        leaders.shutdown();
        awaitThreads();
    }

    /** Waits until no thread of this database but the maintenance's is left, also where the caller is interrupted. */
    private void awaitThreads() {
        boolean interrupted = false;
        for (boolean ended = false; !ended; ) {
            try {
                if (syncer != null) {
                    syncer.stop();
                }
                ended = leaders.awaitTermination(1, TimeUnit.DAYS);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
