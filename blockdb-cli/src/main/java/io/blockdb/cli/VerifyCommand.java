package io.blockdb.cli;

import io.blockdb.base.CorruptionException;
import io.blockdb.db.VerifyReport;
import io.blockdb.db.VerifyReport.Failure;
import io.blockdb.db.VerifyScope;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code verify}: recomputes the whole chain from the bytes on disk. */
@Command(
        name = "verify",
        description = "Recompute every hash of the ledger from the disk.",
        footer = {
            "",
            "Exit code 1: damage was found; standard error names file, offset and height.",
            "",
            "Examples:",
            "  blockdb-cli verify",
            "  blockdb-cli verify --quick",
            "  blockdb-cli verify --from 1000",
            "  blockdb-cli -d /mnt/copy verify --output json"
        })
final class VerifyCommand extends BaseCommand {
    private static final int FAILURES_SHOWN = 20;

    private static final List<Column> COLUMNS = List.of(
            Column.flag("blockchain_valid", ""),
            Column.number("blocks_verified", ""),
            Column.number("entries_verified", ""),
            Column.number("verification_time_ms", ""));

    private static final Column FIRST_FAILURE = new Column("first_failure", "", Column.Kind.OBJECT);

    @Option(
            names = "--from",
            paramLabel = "HEIGHT",
            description = "Begin at the block of this height; those before it are taken on trust.")
    private long from;

    @Option(
            names = "--quick",
            description = "Check headers, chain and checksums only, not the digests and hashes of the entries.")
    private boolean quick;

    private boolean announced;

    @Override
    List<OutputFormat> formats() {
        return SENTENCE;
    }

    @Override
    public Integer call() throws IOException {
        OutputFormat format = format();
        announced = format != OutputFormat.TABLE;
        VerifyReport report = verify(scope());
        announce();
        if (format == OutputFormat.JSON) {
            json(report);
        } else if (report.valid()) {
            out().line(session().style().good("✓") + " Blockchain integrity verified successfully");
            out().line("  %s, %s, %s read in %s"
                    .formatted(
                            Counts.format(report.blocks(), "block"),
                            Counts.format(report.entries(), "entry"),
                            Sizes.format(report.bytes()),
                            TimeTaken.format(report.micros())));
        }
        if (report.valid()) {
            return ExitCode.DONE;
        }
        out().flush();
        messages().line(messages().style().bad("✗") + " Blockchain integrity verification failed");
        List<Failure> failures = report.failures();
        for (Failure failure : failures.subList(0, Math.min(FAILURES_SHOWN, failures.size()))) {
            messages().line("  " + Text.printable(failure.toString()));
        }
        if (failures.size() > FAILURES_SHOWN) {
            messages().line("  and %s more".formatted(Counts.format(failures.size() - FAILURES_SHOWN)));
        }
        return ExitCode.NO;
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

    private VerifyScope scope() {
        try {
            return new VerifyScope(from, quick);
        } catch (IllegalArgumentException e) {
            throw new UsageException("--from: " + e.getMessage());
        }
    }

    /** The report; damage that keeps the engine from verifying at all is one, too. */
    private VerifyReport verify(VerifyScope scope) throws IOException {
        try (ProgressBar bar = new ProgressBar(session(), "Verifying")) {
            return database().verify(scope, (done, total, blocks) -> {
                announce();
                bar.show(done, total, Counts.format(blocks, "block"));
            });
        } catch (IllegalArgumentException e) {
            throw new UsageException("--from: " + e.getMessage());
        } catch (CorruptionException e) {
            Failure failure = new Failure(e.file(), e.offset(), -1, e.reason());
            return new VerifyReport(0, 0, 0, 0, List.of(failure));
        }
    }

    private void json(VerifyReport report) throws IOException {
        List<Column> columns = new ArrayList<>(COLUMNS);
        List<@Nullable Object> cells = new ArrayList<>();
        cells.add(report.valid());
        cells.add(report.blocks());
        cells.add(report.entries());
        cells.add(report.micros() / 1000);
        if (!report.valid()) {
            columns.add(FIRST_FAILURE);
            cells.add(firstFailure(report.failures().get(0)));
        }
        try (Rows rows = Rows.object(out(), columns, false)) {
            rows.add(cells.toArray());
        }
    }

    private static Map<String, @Nullable Object> firstFailure(Failure failure) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("file", failure.file());
        fields.put("offset", failure.offset());
        fields.put("height", failure.height() < 0 ? null : failure.height());
        fields.put("reason", failure.reason());
        return fields;
    }
}
