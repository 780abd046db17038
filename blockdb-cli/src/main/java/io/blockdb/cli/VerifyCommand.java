package io.blockdb.cli;

import io.blockdb.base.CorruptionException;
import io.blockdb.base.TableName;
import io.blockdb.db.RootClaim;
import io.blockdb.db.VerifyReport;
import io.blockdb.db.VerifyReport.Failure;
import io.blockdb.db.VerifyScope;
import io.blockdb.proof.Checkpoint;
import io.blockdb.proof.MalformedException;
import io.blockdb.proof.VerifierKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code verify}: recomputes everything from the bytes on disk. */
@Command(
        name = "verify",
        description = "Recompute every hash of the ledger from the disk, and hold the index against it.",
        footer = {
            "",
            "Reads past the system's cache, or says that it could not. All damage is told, the first place first.",
            "Exit code 1: damage was found; standard error names file, offset, height, table and key.",
            "",
            "--repair builds anew what is derived from the ledger. Lost blocks are taken from a copy alone, and",
            "only those that the blocks on both sides of the hole vouch for; without one it says what exactly",
            "is lost.",
            "",
            "Examples:",
            "  blockdb-cli verify",
            "  blockdb-cli verify --checkpoint remembered.note --verifier-key \"$(cat blockdb.vkey)\"",
            "  blockdb-cli verify --quick",
            "  blockdb-cli verify --from 1000",
            "  blockdb-cli verify --table orders --key order-17",
            "  blockdb-cli -d /mnt/copy verify --output json",
            "  blockdb-cli verify --repair --from-backup /mnt/backup"
        })
final class VerifyCommand extends BaseCommand {
    private static final int FAILURES_SHOWN = 20;
    /** No signed note is longer. */
    private static final long CHECKPOINT_LENGTH_MAX = 1 << 20;

    @Option(
            names = "--from",
            paramLabel = "HEIGHT",
            description = "Begin at the block of this height; those before it are taken on trust.")
    private long from;

    @Option(
            names = "--quick",
            description = "Check headers, chain, tree and checksums only, neither the entries nor the index.")
    private boolean quick;

    @Option(
            names = {"-t", "--table"},
            paramLabel = TableOption.LABEL,
            description = "Of entries and index, check one table only.")
    private @Nullable String table;

    @Option(names = "--key", paramLabel = "KEY", description = "Check one key only, of table default or --table.")
    private @Nullable String key;

    @Option(
            names = "--key-encoding",
            paramLabel = "ENCODING",
            description = "How KEY is written: text (default), base64 or hex.")
    private @Nullable Encoding keyEncoding;

    @Option(
            names = "--checkpoint",
            paramLabel = "FILE",
            description = "Hold the ledger against a checkpoint that you remember; may be given more than once.")
    private List<Path> checkpoints = new ArrayList<>();

    @Option(
            names = "--verifier-key",
            paramLabel = "VKEY",
            split = TrustedKeys.SEPARATOR,
            splitSynopsisLabel = ",",
            description =
                    "A key that may have signed it; without one, the keys that the ledger itself names are asked.")
    private List<String> verifierKeys = new ArrayList<>();

    @Option(
            names = "--repair",
            description = "Mend what can be mended; the damaged files are kept in quarantine/, with a report.")
    private boolean repair;

    @Option(
            names = "--from-backup",
            paramLabel = "DIR",
            description = "With --repair: take lost blocks from this backup, or from any copy of the directory.")
    private @Nullable Path copy;

    private boolean announced;

    @Override
    List<OutputFormat> formats() {
        return SENTENCE;
    }

    @Override
    public Integer call() throws IOException {
        OutputFormat format = format();
        announced = format != OutputFormat.TABLE;
        checkRepair();
        VerifyReport report = verify(scope());
        announce();
        if (repair) {
            if (!report.valid()) {
                out().flush();
                tell(report);
            }
            VerifyScope whole = VerifyScope.ALL.withClaims(claims());
            return new RepairRun(root(), copy, format).run(report, () -> verify(whole), this::show);
        }
        if (format == OutputFormat.JSON) {
            VerifyFields.write(report, out());
        } else if (report.valid()) {
            out().line(session().style().good("✓") + " Blockchain integrity verified successfully");
            out().line("  %s, %s, %s read in %s"
                    .formatted(
                            Counts.format(report.blocks(), "block"),
                            Counts.format(report.entries(), "entry"),
                            Sizes.format(report.bytes()),
                            TimeTaken.format(report.micros())));
        }
        out().flush();
        if (!report.valid()) {
            tell(report);
        }
        if (format == OutputFormat.TABLE) {
            report.notes().forEach(note -> messages().note(Text.printable(note)));
        }
        return report.valid() ? ExitCode.DONE : ExitCode.NO;
    }

    private void checkRepair() throws IOException {
        if (copy != null && !repair) {
            throw new UsageException("--from-backup says out of what --repair mends the ledger; give both");
        }
        if (repair) {
            root().requireDirectory("--repair", "stop the server, and repair its directory where it is");
        }
        if (repair && (from > 0 || quick || table != null || key != null)) {
            throw new UsageException("--repair goes by the whole database: leave the options that verify a part");
        }
        Path other = copy;
        if (other != null && Files.exists(other) && Files.isSameFile(other, root().directory())) {
            throw new UsageException("--from-backup: " + other + " is the database itself; name another copy of it");
        }
        if (repair && session().shared() != null) {
            throw new UsageException("the session has its database open: leave it to repair it");
        }
    }

    private void tell(VerifyReport report) {
        messages().line(messages().style().bad("✗") + " Blockchain integrity verification failed");
        show(report);
    }

    private void show(VerifyReport report) {
        List<Failure> failures = report.failures();
        for (Failure failure : failures.subList(0, Math.min(FAILURES_SHOWN, failures.size()))) {
            messages().line("  " + Text.printable(failure.toString()));
        }
        long more = failures.size() - FAILURES_SHOWN + report.failuresOmitted();
        if (more > 0) {
            messages().line("  and %s more".formatted(Counts.format(more)));
        }
    }

    /** Says what is being done, once it is: not where there is no database, or nothing to verify. */
    private void announce() {
        if (announced) {
            return;
        }
        announced = true;
        try {
            out().line("Verifying blockchain integrity...");
            out().flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private VerifyScope scope() throws IOException {
        VerifyScope scope;
        try {
            scope = new VerifyScope(from, quick);
        } catch (IllegalArgumentException e) {
            throw new UsageException("--from: " + e.getMessage());
        }
        String of = table;
        String only = key;
        if (quick && (of != null || only != null)) {
            throw new UsageException("--quick looks at no entries: it does not go with --table or --key");
        }
        if (from > 0 && !checkpoints.isEmpty()) {
            throw new UsageException("--checkpoint needs all blocks: it does not go with --from");
        }
        TableName name = of == null ? TableName.DEFAULT : TableOption.parse(of);
        if (only != null) {
            scope = scope.withKey(
                    name, Limits.key((keyEncoding == null ? Encoding.TEXT : keyEncoding).decode("KEY", only)));
        } else if (of != null) {
            scope = scope.withTable(name);
        }
        return scope.withClaims(claims());
    }

    private List<RootClaim> claims() throws IOException {
        List<VerifierKey> keys = new ArrayList<>();
        for (String written : verifierKeys) {
            try {
                keys.add(VerifierKey.parse(written));
            } catch (MalformedException e) {
                throw new UsageException("--verifier-key: " + e.getMessage());
            }
        }
        if (checkpoints.isEmpty() && !keys.isEmpty()) {
            throw new UsageException("--verifier-key goes with --checkpoint");
        }
        List<RootClaim> claims = new ArrayList<>();
        for (Path file : checkpoints) {
            if (Files.size(file) > CHECKPOINT_LENGTH_MAX) {
                throw new UsageException(
                        "--checkpoint " + file + " is no checkpoint: it has " + Files.size(file) + " bytes");
            }
            try {
                claims.add(new RootClaim(file.toString(), Checkpoint.parse(Files.readAllBytes(file)), keys));
            } catch (MalformedException e) {
                throw new UsageException("--checkpoint " + file + " is no checkpoint: " + e.getMessage());
            }
        }
        return claims;
    }

    /** The report; damage that keeps the engine from verifying at all is one, too. */
    private VerifyReport verify(VerifyScope scope) throws IOException {
        try (ProgressBar bar = new ProgressBar(session(), "Verifying")) {
            long begin = System.nanoTime();
            return database().verify(scope, (done, total, blocks) -> {
                announce();
                double seconds = (System.nanoTime() - begin) / 1e9;
                if (bar.due()) {
                    String rate = seconds < 0.5 ? "" : ", " + Sizes.format((long) (done / seconds)) + "/s";
                    bar.showWithTimeLeft(done, total, Counts.format(blocks, "block") + rate);
                }
            });
        } catch (IllegalArgumentException e) {
            throw new UsageException("--from: " + e.getMessage());
        } catch (CorruptionException e) {
            Failure failure = new Failure(e.file(), e.offset(), -1, e.reason());
            return new VerifyReport(0, 0, 0, 0, true, List.of(failure), 0, List.of());
        }
    }
}
