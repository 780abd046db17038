package io.blockdb.cli;

import io.blockdb.proof.ProofException;
import io.blockdb.proof.ProofExportChecker;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code check-export}: checks a proof export offline, with public keys alone. */
@Command(
        name = "check-export",
        description = "Check a proof export, offline, with the public key alone.",
        footer = {
            "",
            "Needs no database and no network. FILE is what 'export --proofs' wrote, compressed or not. Every",
            "leaf, every block and the root of the tree are computed anew, value by value, and held against the",
            "checkpoint: so nothing is missing, nothing was added, and nothing was changed, but values that an",
            "entry of _erasures erased. Exit code 1: it does not hold; standard error says where and why.",
            "",
            "Examples:",
            "  blockdb-cli check-export ledger.proofs.gz --key \"$(cat blockdb.vkey)\"",
            "  blockdb-cli check-export ledger.proofs --key A,A_RETIRED --key B --key C --threshold 2"
        })
final class CheckExportCommand extends BaseCommand {
    private static final List<Column> COLUMNS = List.of(
            Column.flag("valid", ""),
            Column.text("origin", ""),
            Column.number("blocks", ""),
            Column.number("entries", ""),
            Column.number("values", ""),
            Column.number("deletes", ""),
            Column.number("values_erased", ""),
            Column.number("values_withheld", ""));

    private static final List<Column> REFUSED =
            List.of(Column.flag("valid", ""), Column.text("failed_step", ""), Column.text("reason", ""));

    private static final int BUFFER_SIZE = 256 << 10;

    /** The line of the largest value, its key and its leaf data, in base64, has room. */
    private static final int LINE_LENGTH_MAX = 32 << 20;

    @Parameters(index = "0", paramLabel = "FILE", description = "The export; - reads standard input.")
    private String file;

    @Mixin
    private TrustedKeys keys;

    @Override
    List<OutputFormat> formats() {
        return SENTENCE;
    }

    @Override
    public Integer call() throws IOException {
        OutputFormat format = format();
        ProofExportChecker checker = new ProofExportChecker(keys.verifier());
        try {
            ProofExportChecker.Result result;
            try (ProgressBar bar = new ProgressBar(session(), "Checking");
                    InputStream in = open()) {
                result = check(in, checker, bar);
            } catch (EOFException | ZipException e) {
                throw new ProofException(
                        ProofException.Step.FORM, "the compressed file is damaged or cut: " + Failure.text(e));
            }
            print(result, format);
            return ExitCode.DONE;
        } catch (ProofException e) {
            return refuse(e, format);
        }
    }

    private InputStream open() throws IOException {
        InputStream raw;
        if (file.equals("-")) {
            if (session().shared() != null) {
                throw new UsageException("in a session nothing can be read from standard input; name a file");
            }
            raw = session().streams().in();
        } else {
            raw = new FileInputStream(file);
        }
        BufferedInputStream in = new BufferedInputStream(raw, BUFFER_SIZE);
        in.mark(2);
        boolean packed = in.read() == 0x1f && in.read() == 0x8b;
        in.reset();
        return packed ? new BufferedInputStream(new GZIPInputStream(in, BUFFER_SIZE), BUFFER_SIZE) : in;
    }

    private static ProofExportChecker.Result check(InputStream in, ProofExportChecker checker, ProgressBar bar)
            throws IOException, ProofException {
        for (byte[] line; (line = line(in)) != null; ) {
            checker.line(line);
            if (bar.due()) {
                bar.showWithTimeLeft(
                        checker.blocks(), checker.blocksStated(), Counts.format(checker.blocks(), "block"));
            }
        }
        return checker.finish();
    }

    /** The next line; null at the end of the file. */
    private static byte @Nullable [] line(InputStream in) throws IOException, ProofException {
        ByteArrayOutputStream line = new ByteArrayOutputStream(256);
        for (int next; (next = in.read()) >= 0; ) {
            if (next == '\n') {
                return line.toByteArray();
            }
            line.write(next);
            if (line.size() > LINE_LENGTH_MAX) {
                throw new ProofException(
                        ProofException.Step.FORM, "a line is longer than " + Sizes.format(LINE_LENGTH_MAX));
            }
        }
        if (line.size() > 0) {
            throw new ProofException(ProofException.Step.FORM, "the last line has no end: the file was cut");
        }
        return null;
    }

    private void print(ProofExportChecker.Result result, OutputFormat format) throws IOException {
        if (format == OutputFormat.JSON) {
            try (Rows rows = Rows.object(out(), COLUMNS, false)) {
                rows.add(
                        true,
                        result.checkpoint().origin().toString(),
                        result.blocks(),
                        result.entries(),
                        result.values(),
                        result.deletes(),
                        result.erased(),
                        result.withheld());
            }
            return;
        }
        out().line(session().style().good("✓") + " The export holds: it is the whole ledger, unchanged");
        out().line("  Ledger:   " + result.checkpoint().origin());
        out().line("  Blocks:   " + Counts.format(result.blocks()));
        out().line("  Entries:  %s: %s proved, %s, %s"
                .formatted(
                        Counts.format(result.entries()),
                        Counts.format(result.values(), "value"),
                        Counts.format(result.deletes(), "delete"),
                        Counts.format(result.erased(), "erased value")));
        if (result.withheld() > 0) {
            out().line("  Withheld: " + Counts.format(result.withheld(), "value")
                    + " of _credentials, which no export holds");
        }
    }

    private int refuse(ProofException e, OutputFormat format) throws IOException {
        if (format == OutputFormat.JSON) {
            try (Rows rows = Rows.object(out(), REFUSED, false)) {
                rows.add(false, e.step().toString(), e.reason());
            }
        }
        out().flush();
        messages().line(messages().style().bad("✗") + " The export does not hold");
        messages().line("  " + Text.printable(e.step() + ": " + e.reason()));
        return ExitCode.NO;
    }
}
