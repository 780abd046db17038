package io.blockdb.db;

import io.blockdb.base.CorruptionException;
import io.blockdb.base.Hash;
import io.blockdb.base.LedgerPoint;
import io.blockdb.db.VerifyReport.Failure;
import io.blockdb.ledger.ChainAudit;
import io.blockdb.ledger.LedgerBlock;
import io.blockdb.ledger.LedgerWalk;
import io.blockdb.ledger.WalkStep;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads the ledger from the disk and checks it: this thread reads, a {@link AuditPool} takes blocks apart, and what came of them
 * is held against each other here, in order.
 *
 * <p>Threading: one thread at a time.
 */
final class LedgerAudit implements ChainAudit.Findings {
    /** What is read before it is handed over: so much, or so many steps. */
    private static final int BATCH_BYTES = 1 << 20;

    private static final int BATCH_STEPS = 2000;

    private final Damages damages;
    private final RootsAudit tree;
    private final RulesAudit rules;
    private final ErasureCheck erasures;
    private final ChainAudit chain;
    private final List<Evidence> evidence = new ArrayList<>();
    private final Pace progress;
    private final Pace pace;
    private final LedgerPoint start;

    private long blocks;
    private long entries;
    private long bytes;
    private boolean direct = true;
    /** Entries before the first block that is not known to be good. */
    private long soundEntries = Long.MAX_VALUE;

    private long covered;

    /** A point of the ledger, and the file that knows it. */
    record Evidence(String file, LedgerPoint point) {}

    LedgerAudit(
            Damages damages,
            RootsAudit tree,
            RulesAudit rules,
            ErasureCheck erasures,
            LedgerPoint start,
            Pace progress,
            Pace pace) {
        this.damages = damages;
        this.tree = tree;
        this.rules = rules;
        this.erasures = erasures;
        this.start = start;
        this.chain = new ChainAudit(start, this);
        this.progress = progress;
        this.pace = pace;
    }

    /** A point that the ledger must have. */
    void expect(String file, LedgerPoint point) {
        evidence.add(new Evidence(file, point));
    }

    void run(LedgerWalk walk, AuditPool pool) throws IOException {
        checkEvidence();
        List<WalkStep> batch = new ArrayList<>();
        long batchBytes = 0;
        for (WalkStep step; (step = walk.next()) != null; ) {
            batch.add(step);
            batchBytes += step.block() == null ? 0 : step.block().frameLength();
            if (batchBytes >= BATCH_BYTES || batch.size() >= BATCH_STEPS) {
                pool.submit(batch, this::take);
                pace.read(batchBytes);
                batch = new ArrayList<>();
                batchBytes = 0;
            }
        }
        pool.submit(batch, this::take);
        pool.drain(this::take);
        direct = walk.isDirect();
        for (Evidence known : evidence) {
            LedgerPoint point = known.point();
            if (point.blocks() > chain.point().blocks() && !chain.endsUnreadable()) {
                damages.add(new Failure(
                        "ledger/",
                        0,
                        chain.point().blocks(),
                        "the ledger is cut short: " + known.file() + " knows of more blocks on disk: expected "
                                + point.blocks() + ", found " + chain.point().blocks()));
            }
        }
    }

    /** Takes what came of a batch, in order. */
    private void take(List<AuditPool.Result> results) throws IOException {
        long read = 0;
        for (AuditPool.Result result : results) {
            AuditedBlock audited = result.block();
            if (audited == null) {
                chain.add(result.step());
                continue;
            }
            read += audited.raw.frameLength();
            CorruptionException unreadable = audited.unreadable;
            LedgerBlock block = audited.block;
            if (block == null) {
                chain.addUnreadable(
                        unreadable == null
                                ? new CorruptionException(audited.raw.file(), audited.raw.offset(), 0, "unreadable")
                                : unreadable);
            } else {
                add(audited, block);
            }
        }
        bytes += read;
        progress.read(read);
    }

    private void add(AuditedBlock audited, LedgerBlock block) throws IOException {
        chain.add(audited.raw, block);
        long height = block.header().height();
        boolean good = true;
        for (AuditedBlock.Problem problem : audited.problems) {
            Failure failure = new Failure(problem.damage(), height, problem.sequence(), problem.table(), problem.key());
            if (problem.inErasable()) {
                erasures.addDoubtful(failure);
            } else {
                good = false;
                damages.add(failure);
            }
        }
        if (good) {
            blocks++;
            entries += block.entryCount();
        } else {
            soundEntries = Math.min(soundEntries, block.header().firstSequence());
        }
        for (long sequence : audited.erased) {
            erasures.addErased(audited, sequence);
        }
        covered += audited.covered;
        rules.add(audited, block);
        checkEvidence();
    }

    private void checkEvidence() {
        LedgerPoint point = chain.point();
        for (Evidence known : evidence) {
            LedgerPoint expected = known.point();
            if (expected.blocks() == point.blocks() && !expected.isGenesis() && point.blocks() != start.blocks()) {
                checkEvidence(known.file(), expected, point);
            }
        }
    }

    private void checkEvidence(String file, LedgerPoint expected, LedgerPoint found) {
        LedgerPoint moved = found.movedTo(expected.place());
        boolean same = expected.equals(moved)
                && (expected.place().equals(found.place())
                        || expected.place().segment() == found.place().segment() + 1);
        if (!same) {
            damages.add(new Failure(
                    file,
                    0,
                    found.blocks() - 1,
                    "knows another ledger than the one that is there: expected " + expected + ", found " + found));
        }
    }

    // ---- What the chain finds

    @Override
    public void damage(CorruptionException damage, long height) {
        soundEntries = Math.min(soundEntries, chain.point().entries());
        damages.add(damage, height);
    }

    @Override
    public void block(long height, Hash hash) {
        tree.add(height, hash);
    }

    @Override
    public void missing(long from, long to) {
        tree.missing();
        if (to > from) {
            damages.note(
                    "Nothing is known of " + (to - from == 1 ? "block " + from : "blocks " + from + " to " + (to - 1))
                            + ": what lies behind was checked from there on.");
        }
    }

    // ---- What came of it

    LedgerPoint end() {
        return chain.point();
    }

    /** Whether the end of the ledger cannot be read. */
    boolean endsUnreadable() {
        return chain.endsUnreadable();
    }

    long blocks() {
        return blocks;
    }

    long entries() {
        return entries;
    }

    long bytes() {
        return bytes;
    }

    boolean isDirect() {
        return direct;
    }

    /** How many entries were of what was to be verified. */
    long covered() {
        return covered;
    }

    /** All entries below this sequence, from where the check began, stand in blocks that check out. */
    long soundEntries() {
        return soundEntries;
    }
}
