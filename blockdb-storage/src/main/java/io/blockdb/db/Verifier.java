package io.blockdb.db;

import io.blockdb.base.CorruptionException;
import io.blockdb.base.LedgerId;
import io.blockdb.base.LedgerPoint;
import io.blockdb.base.TableName;
import io.blockdb.io.Environment;
import io.blockdb.ledger.Ledger;
import io.blockdb.ledger.LedgerWalk;
import io.blockdb.ledger.TreeAudit;
import io.blockdb.manifest.Version;
import io.blockdb.memtable.Memtable;
import io.blockdb.proof.VerifierKey;
import io.blockdb.sstable.PageCache;
import io.blockdb.sstable.SstableCache;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Verifies a database from the bytes on the disk: the ledger, its chain, its tree and the rules by which it came about
 * ({@link LedgerAudit}), what is remembered of it elsewhere ({@link RootsAudit}), the small files ({@link FilesAudit}), and that
 * the index holds what the ledger says and nothing else ({@link IndexComparison}). Goes on behind damage, and tells all it finds.
 *
 * <p>Beside writers it verifies the ledger up to the head, and the index, as they were when it began.
 *
 * <p>Threading: any thread, each with a verifier of its own; used once.
 */
final class Verifier {
    /** Pages in memory while keys are walked over, not those of readers. */
    private static final long PAGES_BYTES = 4 << 20;

    private static final int OPEN_SSTABLES_MAX = 64;

    private final DataDirectory directory;
    private final Options options;
    private final Environment environment;
    private final Ledger ledger;
    private final @Nullable Engine live;
    private final VerifyScope scope;
    private final Damages damages = new Damages();
    private final FilesAudit files;
    private final VerifyProgress progress;
    private final NanoClock clock;

    private Pace pace = Pace.FREE;
    private boolean inBackground;
    private long bytesTotal;
    private long bytesDone;
    private @Nullable LedgerAudit auditing;

    /** Elapsed time. */
    @FunctionalInterface
    interface NanoClock {
        long nanos();
    }

    /** @param live the open database that the ledger is of; null where it is closed, or open for reading only */
    Verifier(
            DataDirectory directory,
            Options options,
            Ledger ledger,
            @Nullable Engine live,
            VerifyScope scope,
            VerifyProgress progress,
            NanoClock clock) {
        this.directory = directory;
        this.options = options;
        this.environment = options.environment();
        this.ledger = ledger;
        this.live = live;
        this.scope = scope;
        this.progress = progress;
        this.clock = clock;
        this.files = new FilesAudit(environment.fileSystem(), directory, damages);
    }

    /** One thread of low priority, held up by {@code pace}. */
    Verifier inBackground(Pace slow) {
        pace = slow;
        inBackground = true;
        return this;
    }

    /**
     * As {@link #run}, where somebody may close the database meanwhile: who opens it next may compact and erase, and what that looks
     * like from here is no damage.
     *
     * @param open fails where the database is not open any more
     */
    VerifyReport runWhile(Runnable open) throws IOException {
        VerifyReport found = run();
        open.run();
        return found;
    }

    VerifyReport run() throws IOException {
        long begin = clock.nanos();
        LedgerPoint start = start();
        LedgerId id = ledger.head() == null ? null : ledger.ledgerId();
        LedgerPoint recorded = files.recordedHead();
        Version manifest = files.manifest(id);
        // How far readers see comes first: the index holds all of that, and the ledger reaches at least as far.
        long published = live == null ? 0 : live.published().entries();
        LiveTables pinned = null;
        IndexComparison.IndexContent content = offline(manifest);
        if (live != null) {
            IndexState state = pin(live.index());
            pinned = state.tables();
            content = live(state, published);
        }
        List<RootClaim> remembered = files.remembered(options, id);
        List<RootClaim> claims = new ArrayList<>(remembered);
        claims.addAll(scope.claims());
        bytesTotal = ledger.survey().bytes()
                + (scope.quick()
                        ? 0
                        : content.files().stream()
                                .mapToLong(file -> file.fileSize())
                                .sum());
        byte[] hashKey = new byte[EntryHash.KEY_LENGTH];
        environment.randomness().fill(hashKey);
        long entriesEnd = content.end();
        int threads = inBackground ? 1 : Runtime.getRuntime().availableProcessors();
        // The tree's record must not be newer than the end of what is read.
        try (TreeAudit treeFiles = id == null || !start.isGenesis()
                        ? null
                        : TreeAudit.open(environment.fileSystem(), directory.tree(), id);
                AuditPool pool = new AuditPool(
                        threads,
                        inBackground,
                        () -> new BlockAudit(scope, new EntrySums(entriesEnd), new EntryHash(hashKey)))) {
            LedgerPoint end = ledger.head();
            ErasureCheck erasures = new ErasureCheck(damages, manifest == null ? 0 : manifest.erasuresDoneThrough());
            RulesAudit rules = new RulesAudit(damages, start.isGenesis() && !scope.quick(), erasures);
            RootsAudit roots = new RootsAudit(damages, claims, treeFiles, start.isGenesis());
            LedgerAudit audit = auditLedger(pool, roots, start, end, recorded, manifest, rules, erasures);
            boolean sound = start.isGenesis() && audit.soundEntries() == Long.MAX_VALUE && !isCut(audit);
            checkSignatures(roots, remembered, id, rules, sound);
            boolean direct = audit.isDirect();
            if (!scope.quick()) {
                erasures.finish(ledger, scope, audit.end());
            }
            CorruptionException behind = ledger.damage();
            if (behind != null && !damages.ofLedger() && !erasures.accountsFor(behind)) {
                damages.add(behind, audit.end().blocks());
            }
            if (!scope.quick()) {
                files.checkKeys(rules.keys(), sound);
                if (scope.table() != null && audit.covered() == 0) {
                    damages.note("No entry was found of the " + (scope.ofKey() ? "key" : "table")
                            + " that was named: of entries nothing was verified.");
                }
                files.checkBackups();
                direct &= auditIndex(pool, content, hashKey, start, audit, rules);
            }
            progress.checked(bytesTotal, bytesTotal, audit.end().blocks());
            if (!direct) {
                damages.note("The file system does not allow direct reads: what was read may have come from the"
                        + " system's cache and not from the disk.");
            }
            return new VerifyReport(
                    audit.blocks(),
                    audit.entries(),
                    bytesDone,
                    (clock.nanos() - begin) / 1000,
                    direct,
                    damages.failures(),
                    damages.omitted(),
                    damages.notes());
        } finally {
            if (pinned != null) {
                pinned.release();
            }
        }
    }

    /** Whether the ledger is known to have gone on where there is nothing to be read any more: what stood there is not known. */
    private boolean isCut(LedgerAudit audit) {
        LedgerPoint head = ledger.head();
        return ledger.damage() != null && audit.end().blocks() <= (head == null ? 0 : head.blocks());
    }

    /** @param sound whether all of the ledger was read, and is good */
    private void checkSignatures(
            RootsAudit roots, List<RootClaim> remembered, @Nullable LedgerId id, RulesAudit rules, boolean sound)
            throws IOException {
        List<VerifierKey> own =
                rules.keys().values().stream().map(RulesAudit.Key::key).toList();
        boolean allKnown = sound && !scope.quick();
        for (RootClaim claim : remembered) {
            List<VerifierKey> known = new ArrayList<>(own);
            if (!allKnown) {
                // The keys that lie beside it tell at least whether it was altered.
                known.addAll(directory
                        .keyFiles(options)
                        .verifierKeys(claim.checkpoint().origin()));
            }
            roots.checkSignatures(List.of(claim), id, known, allKnown, true);
        }
        roots.checkSignatures(scope.claims(), id, own, allKnown, false);
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

    private static IndexComparison.IndexContent offline(@Nullable Version manifest) {
        LedgerPoint reached = manifest == null || manifest.files().isEmpty() ? null : manifest.reached();
        return manifest == null || reached == null
                ? new IndexComparison.IndexContent(List.of(), List.of(), 0, false)
                : new IndexComparison.IndexContent(manifest.files(), List.of(), reached.entries(), false);
    }

    private static IndexState pin(Index index) {
        for (; ; ) {
            IndexState state = index.state();
            if (state.tables().acquire()) {
                return state;
            }
        }
    }

    private static IndexComparison.IndexContent live(IndexState state, long published) {
        return new IndexComparison.IndexContent(state.tables().version().files(), memtables(state), published, true);
    }

    private static List<Memtable> memtables(IndexState state) {
        List<Memtable> memtables = new ArrayList<>();
        memtables.add(state.active());
        state.frozen().forEach(frozen -> memtables.add(frozen.memtable()));
        return memtables;
    }

    private LedgerAudit auditLedger(
            AuditPool pool,
            RootsAudit tree,
            LedgerPoint start,
            @Nullable LedgerPoint end,
            @Nullable LedgerPoint recorded,
            @Nullable Version manifest,
            RulesAudit rules,
            ErasureCheck erasures)
            throws IOException {
        LedgerAudit audit = new LedgerAudit(damages, tree, rules, erasures, start, this::ledgerRead, pace);
        auditing = audit;
        if (recorded != null) {
            audit.expect("ledger/HEAD", recorded);
        }
        LedgerPoint reached = manifest == null ? null : manifest.reached();
        if (reached != null) {
            audit.expect(FilesAudit.MANIFEST, reached);
        }
        CorruptionException behind = ledger.damage();
        boolean goesOn = behind != null;
        if (end != null || goesOn) {
            try (LedgerWalk walk =
                    new LedgerWalk(environment.fileSystem(), directory.ledger(), start, goesOn ? null : end)) {
                audit.run(walk, pool);
            }
        }
        LedgerPoint last = audit.end();
        if (audit.endsUnreadable()) {
            tree.missing();
        }
        tree.finish(
                last.blocks(), LedgerWalk.fileName(last.place()), last.place().offset(), audit.endsUnreadable());
        ledger.recoveryNotes().forEach(damages::note);
        return audit;
    }

    private void ledgerRead(long bytes) {
        bytesDone += bytes;
        LedgerAudit audit = auditing;
        progress.checked(
                Math.min(bytesDone, bytesTotal),
                bytesTotal,
                audit == null ? 0 : audit.end().blocks());
    }

    /** Returns whether all was read from the disk. */
    private boolean auditIndex(
            AuditPool pool,
            IndexComparison.IndexContent content,
            byte[] hashKey,
            LedgerPoint start,
            LedgerAudit audit,
            RulesAudit rules)
            throws IOException {
        IndexComparison index = new IndexComparison(
                environment.fileSystem(),
                directory.root(),
                content,
                scope,
                hashKey,
                start.entries(),
                this::ledgerRead,
                pace);
        boolean whole = index.read(pool, damages);
        EntrySums sums = pool.sums(content.end());
        List<Integer> differing = new ArrayList<>(sums.differing(index.sums()));
        long sound = Math.min(audit.soundEntries(), audit.end().entries());
        differing.removeIf(stretch -> Math.min(sums.begin(stretch + 1), content.end()) > sound);
        if (!whole) {
            damages.note("The index was not held against the ledger, since not all of it can be read.");
        } else if (!differing.isEmpty()) {
            try {
                new IndexDifferences(index, ledger, scope, new EntryHash(hashKey), damages).name(differing);
            } catch (CorruptionException e) {
                damages.note("The index differs from the ledger, and not all of the places could be named: "
                        + e.getMessage() + ".");
            }
        } else if (sound < content.end()) {
            damages.note("The index was held against the ledger before its damage only.");
        } else if (start.isGenesis() && damages.isEmpty()) {
            checkUnique(content, rules);
        }
        return index.isDirect();
    }

    /** Looks for write-once keys that stand in the ledger twice: in the index, now that it is known to be right. */
    private void checkUnique(IndexComparison.IndexContent content, RulesAudit rules) throws IOException {
        if (live != null) {
            checkUnique(content, rules, damages);
            return;
        }
        if (ledger.head() == null) {
            return;
        }
        // The index on disk may end before the ledger does: opening makes up for that in memory, as far as there is
        // room.
        Opener.Opened opened = new Opener(directory, options.withReadOnly(true)).open();
        Index index = opened.engine().index();
        try (index) {
            index.checkReadable();
            IndexState state = index.state();
            checkUnique(
                    new IndexComparison.IndexContent(
                            state.tables().version().files(), memtables(state), Long.MAX_VALUE, true),
                    rules,
                    damages);
        } catch (IndexBehindException e) {
            damages.note("Whether keys of write-once tables stand in the ledger only once could not be checked: "
                    + e.getMessage() + ".");
        } finally {
            opened.engine().ledger().abandon();
        }
    }

    private void checkUnique(IndexComparison.IndexContent content, RulesAudit rules, Damages to) throws IOException {
        try (SstableCache cache = new SstableCache(
                environment.fileSystem(), directory.root(), new PageCache(PAGES_BYTES), OPEN_SSTABLES_MAX)) {
            UniqueKeys keys = new UniqueKeys(content, cache, ledger, scope, to);
            for (TableName table : rules.used()) {
                boolean covered = scope.table() == null || table.equals(scope.table());
                if (covered && rules.catalog().of(table).policy() == TablePolicy.WRITE_ONCE) {
                    keys.check(table);
                }
            }
        }
    }

    /** Verifies a database that is not open in this process; see {@link BlockDb#verify(Path, Options, VerifyScope, VerifyProgress)}. */
    static VerifyReport closed(
            Path directory, Options options, VerifyScope scope, VerifyProgress progress, NanoClock clock)
            throws IOException {
        Environment environment = options.environment();
        try (DataDirectory data = DataDirectory.open(environment.fileSystem(), directory, true, false)) {
            Opener opener = new Opener(data, options.withReadOnly(true));
            LedgerPoint known = opener.reached();
            try (Ledger ledger = Ledger.open(
                    environment,
                    data.ledger(),
                    data.quarantine(),
                    options.withReadOnly(true).ledgerOptions(),
                    known,
                    opener.signedEvidence())) {
                return new Verifier(data, options, ledger, null, scope, progress, clock).run();
            } catch (CorruptionException e) {
                return failed(e);
            }
        }
    }

    private static VerifyReport failed(CorruptionException e) {
        Damages damages = new Damages();
        damages.add(e, -1);
        return new VerifyReport(0, 0, 0, 0, true, damages.failures(), 0, List.of());
    }
}
