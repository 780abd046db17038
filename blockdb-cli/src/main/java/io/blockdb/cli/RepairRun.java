package io.blockdb.cli;

import io.blockdb.db.Repair;
import io.blockdb.db.RepairReport;
import io.blockdb.db.VerifyReport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * {@code verify --repair}: repairs what verifying found, says what was done and what is lost, and has it verified again.
 *
 * <p>Threading: one thread.
 */
final class RepairRun {
    private static final int KEYS_SHOWN = 20;

    private static final List<Column> COLUMNS = List.of(
            Column.flag("repaired", ""),
            Column.flag("blockchain_valid", ""),
            Column.text("quarantine", ""),
            new Column("done", "", Column.Kind.OBJECT),
            new Column("lost", "", Column.Kind.OBJECT),
            new Column("not_repaired", "", Column.Kind.OBJECT));

    private final RootCommand root;
    private final Session session;
    private final @Nullable Path copy;
    private final OutputFormat format;

    /** @param copy the directory to take blocks from, or null */
    RepairRun(RootCommand root, @Nullable Path copy, OutputFormat format) {
        this.root = root;
        this.session = root.session();
        this.copy = copy;
        this.format = format;
    }

    /** Verifies the whole database. */
    @FunctionalInterface
    interface Verifying {
        VerifyReport verify() throws IOException;
    }

    /**
     * Repairs, and verifies again.
     *
     * @param found what verifying found
     * @param show shows the damage that is left
     * @return an {@link ExitCode}
     */
    int run(VerifyReport found, Verifying again, Consumer<VerifyReport> show) throws IOException {
        Map<String, String> findings = new LinkedHashMap<>();
        for (VerifyReport.Failure failure : found.failures()) {
            findings.merge(failure.file(), failure.toString(), (one, more) -> one);
        }
        RepairReport report;
        try (ProgressBar bar = new ProgressBar(session, "Repairing")) {
            report = Repair.repair(root.directory(), root.options(), findings, copy, (done, total) -> {
                if (bar.due()) {
                    bar.show(done, total, Sizes.format(done));
                }
            });
        }
        VerifyReport after = report.repaired() && !findings.isEmpty() ? again.verify() : found;
        if (format == OutputFormat.JSON) {
            json(report, after.valid());
        } else {
            text(report, findings.isEmpty());
        }
        session.out().flush();
        tell(report);
        if (report.repaired() && !after.valid()) {
            session.messages().line(session.messages().style().bad("✗") + " There is damage still:");
            show.accept(after);
        } else if (report.repaired() && !findings.isEmpty()) {
            session.messages().line(session.messages().style().good("✓") + " Repaired, and verified again");
        }
        return report.repaired() && after.valid() ? ExitCode.DONE : ExitCode.NO;
    }

    private void text(RepairReport report, boolean nothing) throws IOException {
        Output out = session.out();
        if (nothing && report.steps().isEmpty()) {
            out.line("Nothing to repair");
        }
        for (RepairReport.Step step : report.steps()) {
            out.line("  " + Text.printable(step.file() + ": " + step.what()));
        }
        if (!report.quarantine().isEmpty()) {
            out.line(
                    report.steps().isEmpty()
                            ? "  Nothing was replaced; the report is " + report.quarantine() + "/REPORT.json"
                            : "  What was replaced is kept in " + report.quarantine() + ", with REPORT.json");
        }
    }

    private void tell(RepairReport report) {
        Messages messages = session.messages();
        for (RepairReport.Loss loss : report.losses()) {
            messages.line(messages.style().bad("✗") + " " + Text.printable(sentence(loss)));
            List<RepairReport.LostKey> keys = loss.keys();
            for (RepairReport.LostKey key : keys.subList(0, Math.min(KEYS_SHOWN, keys.size()))) {
                messages.line("    table %s, key %s (sequence %s)"
                        .formatted(Text.printable(key.table()), Text.shown(key.key()), key.sequence()));
            }
            if (keys.size() > KEYS_SHOWN) {
                messages.line("    and %s more, in REPORT.json".formatted(Counts.format(keys.size() - KEYS_SHOWN)));
            }
        }
        report.notRepaired().forEach(each -> messages.line(messages.style().bad("✗") + " " + Text.printable(each)));
        if (!report.losses().isEmpty()) {
            messages.note(
                    copy == null
                            ? "what lies before the damage can be read. A backup, or any other copy of the directory,"
                                    + " may hold the rest: verify --repair --from-backup DIR"
                            : "the copy does not hold these blocks, or nothing vouches for those that it holds; another"
                                    + " one may");
        }
    }

    private static String sentence(RepairReport.Loss loss) {
        if (loss.toHeight() == loss.fromHeight()) {
            return loss.file() + ": block " + loss.fromHeight() + " does not follow the one before it";
        }
        String blocks = loss.toHeight() < 0
                ? "from block " + loss.fromHeight() + " on"
                : loss.toHeight() == loss.fromHeight() + 1
                        ? "block " + loss.fromHeight()
                        : "blocks " + loss.fromHeight() + " to " + (loss.toHeight() - 1);
        String sequences = loss.toSequence() < 0
                ? "sequences from " + loss.fromSequence() + " on"
                : "sequences " + loss.fromSequence() + " to " + (loss.toSequence() - 1);
        return "Lost: " + blocks + ", " + sequences + ", of " + loss.file();
    }

    private void json(RepairReport report, boolean valid) throws IOException {
        List<Object> lost = new ArrayList<>();
        for (RepairReport.Loss loss : report.losses()) {
            Map<String, @Nullable Object> fields = new LinkedHashMap<>();
            fields.put("file", loss.file());
            fields.put("from_height", loss.fromHeight());
            fields.put("to_height", loss.toHeight() < 0 ? null : loss.toHeight());
            fields.put("from_sequence", loss.fromSequence());
            fields.put("to_sequence", loss.toSequence() < 0 ? null : loss.toSequence());
            List<Object> keys = new ArrayList<>();
            for (RepairReport.LostKey key : loss.keys()) {
                Map<String, @Nullable Object> of = new LinkedHashMap<>();
                of.put("table", key.table());
                of.put("key", Text.shown(key.key()));
                of.put("sequence_number", key.sequence());
                keys.add(of);
            }
            fields.put("keys", keys);
            lost.add(fields);
        }
        List<Object> done = new ArrayList<>();
        for (RepairReport.Step step : report.steps()) {
            done.add(Map.of("file", step.file(), "what", step.what()));
        }
        try (Rows rows = Rows.object(session.out(), COLUMNS, false)) {
            rows.add(
                    report.repaired(),
                    valid,
                    report.quarantine(),
                    done,
                    lost,
                    new ArrayList<Object>(report.notRepaired()));
        }
    }
}
