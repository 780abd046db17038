package io.blockdb.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;

/** {@code doctor}: answers what somebody who is to help would ask first. */
@Command(
        name = "doctor",
        description = "Look for trouble: versions, limits, disk, locks, database, settings.",
        footer = {
            "",
            "Opens the database read-only and changes nothing; works without one, and on a damaged one. Whether",
            "every byte of the ledger is as it was written only 'verify' says. With --url the server is asked",
            "how it is; the machine that is looked at is this one. Exit code 1: there is a problem.",
            "",
            "Examples:",
            "  blockdb-cli doctor",
            "  blockdb-cli -d /var/lib/blockdb doctor --output json > doctor.json"
        })
final class DoctorCommand extends BaseCommand {
    private static final List<Column> COLUMNS = List.of(
            Column.text("section", ""),
            Column.text("check", ""),
            Column.text("state", ""),
            Column.text("finding", ""),
            Column.text("advice", ""));

    private static final List<OutputFormat> FORMATS =
            List.of(OutputFormat.TABLE, OutputFormat.JSON, OutputFormat.JSONL, OutputFormat.CSV);

    @Override
    List<OutputFormat> formats() {
        return FORMATS;
    }

    @Override
    public Integer call() throws IOException {
        OutputFormat format = format();
        List<Finding> findings = new ArrayList<>(MachineFindings.all(session().streams()));
        long now = TimeToLive.expiry(session().clock(), 0);
        try {
            boolean answers = true;
            if (root().remote()) {
                answers = ServerFindings.addTo(findings, RemoteSource.required(root(), "doctor"));
            } else {
                findings.addAll(DirectoryFindings.all(root().directory()));
            }
            if (answers) {
                findings.addAll(DatabaseFindings.all(database(), now));
            }
        } catch (UsageException e) {
            findings.add(Finding.problem("database", "settings", Failure.text(e), "mend or unset it"));
        }
        findings.addAll(SettingFindings.all(root(), session().streams()));
        if (format == OutputFormat.TABLE) {
            table(findings);
        } else {
            try (Rows rows = Rows.of(format, session(), COLUMNS)) {
                for (Finding each : findings) {
                    rows.add(each.section(), each.name(), each.state().toString(), each.text(), each.advice());
                }
            }
        }
        return count(findings, Finding.State.PROBLEM) == 0 ? ExitCode.DONE : ExitCode.NO;
    }

    private void table(List<Finding> findings) throws IOException {
        Style style = session().style();
        int width =
                findings.stream().mapToInt(each -> each.name().length()).max().orElse(0);
        String section = "";
        for (Finding each : findings) {
            if (!each.section().equals(section)) {
                out().line((section.isEmpty() ? "" : "\n") + style.strong(heading(each.section())));
                section = each.section();
            }
            String mark = switch (each.state()) {
                case OK -> style.good("✓");
                case WARNING -> style.strong("!");
                case PROBLEM -> style.bad("✗");
            };
            out().line("  " + mark + " " + each.name()
                    + " ".repeat(width - each.name().length() + 2) + Text.printable(each.text()));
            if (!each.advice().isEmpty()) {
                out().line(" ".repeat(width + 6) + "→ " + each.advice());
            }
        }
        long problems = count(findings, Finding.State.PROBLEM);
        long warnings = count(findings, Finding.State.WARNING);
        out().line("");
        out().line((problems == 0 ? "No problem" : Counts.format(problems, "problem")) + ", "
                + Counts.format(warnings, "warning") + ".");
    }

    private static String heading(String section) {
        return Character.toUpperCase(section.charAt(0)) + section.substring(1);
    }

    private static long count(List<Finding> findings, Finding.State state) {
        return findings.stream().filter(each -> each.state() == state).count();
    }
}
