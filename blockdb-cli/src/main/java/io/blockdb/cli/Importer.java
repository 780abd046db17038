package io.blockdb.cli;

import io.blockdb.cli.ImportJournal.Place;
import io.blockdb.cli.database.Database;
import io.blockdb.db.RefusedException;
import io.blockdb.db.RefusedException.Reason;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes the batches of an import, one after the other.
 *
 * <p>A batch that is refused is written again without the operations that the refusal names, until nothing is refused. So of
 * each batch all that is good is committed at once, with the request id that says how far the import has come: it is all
 * there or not there at all, and never written twice.
 *
 * <p>Threading: one thread at a time.
 */
final class Importer {
    /** Is told what happens. */
    interface Listener {
        /** A line was left out. */
        void failed(long line, String reason);

        /** All up to the end of a batch is done. */
        void reached(ImportBatch batch);
    }

    /** A line cannot be written, and the import is to stop at the first such line. */
    static final class StoppedException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        StoppedException(long line, String reason) {
            super("line " + line + ": " + reason);
        }
    }

    private final Database db;
    private final @Nullable ImportJournal journal;
    private final int run;
    private final boolean strict;
    private final Listener listener;

    private long lines;
    private long imported;
    private long existing;
    private long expired;
    private long failed;
    private long linesEnded;

    /**
     * @param journal how far the import has come is kept there; null: it is not kept
     * @param run the run of the journal
     * @param strict whether to stop at the first line that cannot be written
     */
    Importer(Database db, @Nullable ImportJournal journal, int run, boolean strict, Listener listener) {
        this.db = db;
        this.journal = journal;
        this.run = run;
        this.strict = strict;
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

    /** Lines left out, since what they put has expired. */
    long expired() {
        return expired;
    }

    /** Lines left out, since they cannot be written. */
    long failed() {
        return failed;
    }

    /** Number of the last line of the last batch that was dealt with. */
    long linesEnded() {
        return linesEnded;
    }

    /**
     * Writes a batch.
     *
     * @throws StoppedException if a line of it cannot be written and the import is strict: then nothing of the batch was
     */
    void write(ImportBatch batch) throws IOException {
        for (ImportBatch.Refused refused : batch.refused()) {
            fail(refused.line(), refused.reason());
        }
        TableLine table = batch.table();
        if (table != null) {
            create(table);
        }
        Place end = new Place(run, batch.offset(), batch.linesEnded());
        while (!batch.operations().isEmpty() && !commit(batch, end)) {
            // Written again without what was refused.
        }
        lines += batch.lines();
        expired += batch.expired();
        linesEnded = batch.linesEnded();
        listener.reached(batch);
    }

    private void create(TableLine table) throws IOException {
        try {
            if (db.createTable(table.table(), table.policy(), table.erasable()).existing()) {
                existing++;
            } else {
                imported++;
            }
        } catch (RefusedException e) {
            fail(table.line(), Failure.text(e));
        }
    }

    private boolean commit(ImportBatch batch, Place end) throws IOException {
        if (journal != null) {
            batch.writes().requestId(journal.requestId(end));
        }
        try {
            if (db.write(batch.writes()).existing()) {
                existing += batch.operations().size();
            } else {
                imported += batch.operations().size();
            }
            return true;
        } catch (RefusedException e) {
            batch.leaveOut(refused(batch.operations(), e));
            return false;
        }
    }

    /** Counts the operations that are refused, and answers their numbers. */
    private List<Integer> refused(List<OperationLine> operations, RefusedException e) {
        List<Integer> named = new ArrayList<>(e.operations());
        for (int i = 0; named.isEmpty() && i < operations.size(); i++) {
            named.add(i);
        }
        named.sort(null);
        for (int number : named) {
            OperationLine operation = operations.get(number);
            if (e.reason() == Reason.PARTLY_STORED) {
                existing++;
            } else if (e.reason() == Reason.EXPIRED) {
                expired++;
            } else {
                fail(operation.line(), operation.complaint(e));
            }
        }
        return named;
    }

    private void fail(long line, String reason) {
        if (strict) {
            throw new StoppedException(line, reason);
        }
        failed++;
        listener.failed(line, reason);
    }
}
