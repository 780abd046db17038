package io.blockdb.db;

import io.blockdb.base.CorruptionException;
import io.blockdb.base.LedgerPoint;
import io.blockdb.ledger.Ledger;
import io.blockdb.ledger.LedgerBlock;
import io.blockdb.ledger.LedgerCursor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Recomputes the ledger from the bytes on disk, by positional reads: every checksum, the digest of every value, every entry's
 * hash, every root, and the chain from block to block.
 *
 * <p>Threading: any thread, beside writers: it goes up to the head as it was when it began.
 */
final class Verifier {
    /** How often progress is told, in blocks. */
    private static final int PROGRESS_INTERVAL = 64;

    private final Ledger ledger;
    private final VerifyScope scope;
    private final long erasuresDone;
    private final VerifyProgress progress;
    private final NanoClock clock;

    /** Elapsed time. */
    @FunctionalInterface
    interface NanoClock {
        long nanos();
    }

    /** @param erasuresDone before which sequence erasures were carried out: those values must be gone */
    Verifier(Ledger ledger, VerifyScope scope, long erasuresDone, VerifyProgress progress, NanoClock clock) {
        this.ledger = ledger;
        this.scope = scope;
        this.erasuresDone = erasuresDone;
        this.progress = progress;
        this.clock = clock;
    }

    VerifyReport run() throws IOException {
        long begin = clock.nanos();
        long total = ledger.sizeBytes();
        long bytes = 0;
        LedgerPoint start = start();
        LedgerPoint point = start;
        ErasureAudit audit = new ErasureAudit(start.entries(), erasuresDone);
        List<VerifyReport.Failure> failures = new ArrayList<>();
        try (LedgerCursor cursor = ledger.blocksFrom(start)) {
            try {
                for (LedgerBlock block; (block = cursor.next()) != null; ) {
                    if (!scope.quick()) {
                        block.checkEntriesRoot();
                        audit.block(block);
                    }
                    bytes += block.frameLength();
                    point = cursor.point();
                    if (point.blocks() % PROGRESS_INTERVAL == 0) {
                        progress.checked(bytes, total, point.blocks());
                    }
                }
                progress.checked(total, total, point.blocks());
                CorruptionException behind = ledger.damage();
                if (behind != null) {
                    throw closer(behind, point);
                }
                readOn(audit, point);
                addUnaccounted(audit, true, failures);
            } catch (CorruptionException e) {
                addUnaccounted(audit, false, failures);
                failures.add(failure(e, point.blocks()));
            }
        }
        return new VerifyReport(
                point.blocks() - start.blocks(),
                point.entries() - start.entries(),
                bytes,
                (clock.nanos() - begin) / 1000,
                failures);
    }

    /** Values that were erased after this began may be gone: the entries that say so are behind the head as it was then. */
    private void readOn(ErasureAudit audit, LedgerPoint from) throws IOException {
        LedgerPoint point = from;
        while (!audit.isSettled()) {
            try (LedgerCursor cursor = ledger.blocksFrom(point)) {
                for (LedgerBlock block; (block = cursor.next()) != null; ) {
                    audit.erasuresOf(block);
                }
                if (cursor.point().blocks() == point.blocks()) {
                    return;
                }
                point = cursor.point();
            }
        }
    }

    private static void addUnaccounted(ErasureAudit audit, boolean whole, List<VerifyReport.Failure> failures) {
        for (ErasureAudit.Unaccounted unaccounted : audit.finish(whole)) {
            failures.add(failure(unaccounted.damage(), unaccounted.height()));
        }
    }

    private LedgerPoint start() throws IOException {
        LedgerPoint head = ledger.head();
        long blocks = head == null ? 0 : head.blocks();
        if (scope.fromHeight() > blocks) {
            throw new IllegalArgumentException(
                    "there is no block " + scope.fromHeight() + ": the newest has height " + (blocks - 1));
        }
        return ledger.pointAt(scope.fromHeight());
    }

    /**
     * The damage behind the last good block, told by the block that stands there: what is known of the end of a ledger points
     * behind its last block, whatever is bad in it.
     */
    private CorruptionException closer(CorruptionException damage, LedgerPoint point) throws IOException {
        try {
            ledger.blockAt(point.place()).checkValues();
            return damage;
        } catch (CorruptionException e) {
            return e.file().equals(damage.file()) && e.offset() <= damage.offset() ? e : damage;
        }
    }

    static VerifyReport.Failure failure(CorruptionException e, long height) {
        return new VerifyReport.Failure(e.file(), e.offset(), height, e.reason());
    }
}
