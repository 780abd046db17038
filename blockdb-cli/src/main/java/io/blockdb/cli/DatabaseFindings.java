package io.blockdb.cli;

import io.blockdb.base.CorruptionException;
import io.blockdb.base.UnsupportedFormatException;
import io.blockdb.cli.database.Database;
import io.blockdb.cli.database.Figures;
import io.blockdb.db.DatabaseInUseException;
import io.blockdb.db.IndexBehindException;
import io.blockdb.db.NoDatabaseException;
import io.blockdb.db.Stats;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** What there is to know of the database itself: opened read-only, or in a session the session's. */
final class DatabaseFindings {
    private static final String SECTION = "database";
    private static final long MICROS_AHEAD = 60_000_000;

    private final List<Finding> findings = new ArrayList<>();

    private DatabaseFindings() {}

    /**
     * All of them; a database that cannot be opened is one.
     *
     * @param nowMicros the time, in microseconds since the Unix epoch
     */
    static List<Finding> all(DatabaseSource source, long nowMicros) {
        DatabaseFindings database = new DatabaseFindings();
        try {
            Figures figures = source.reading(Database::figures);
            if (source.directory() != null) {
                database.add("lock", "free, or shared with other readers");
                database.add("format", "readable by this version");
            }
            database.opened(figures, nowMicros);
        } catch (NoDatabaseException e) {
            database.findings.add(Finding.warning(
                    SECTION, "state", "there is none", "put a key, or name another directory with --data-dir"));
        } catch (DatabaseInUseException e) {
            database.findings.add(
                    Finding.warning(SECTION, "lock", Failure.text(e), "end that process to see more, or ask it"));
        } catch (IndexBehindException e) {
            database.findings.add(Finding.warning(
                    SECTION,
                    "index",
                    Failure.text(e),
                    "open it once for writing, such as by 'interactive' and 'exit'"));
        } catch (UnsupportedFormatException e) {
            database.findings.add(Finding.problem(
                    SECTION, "format", Failure.text(e), "use the version that wrote it, or a newer one"));
        } catch (CorruptionException e) {
            database.findings.add(Finding.problem(
                    SECTION, "ledger", Failure.text(e), "run 'verify', and bring the files back from a backup"));
        } catch (IOException e) {
            String advice = source.directory() == null
                    ? "see what the server's log says"
                    : "see what the disk and the rights of the files say";
            database.findings.add(Finding.problem(SECTION, "state", Failure.text(e), advice));
        }
        return database.findings;
    }

    private void signed(Figures figures) {
        Stats stats = figures.stats();
        if (stats.signedBlocks() > stats.blocks()) {
            findings.add(Finding.problem(
                    SECTION,
                    "checkpoint",
                    "a checkpoint of " + Counts.format(stats.signedBlocks(), "block") + " was signed, the ledger has "
                            + Counts.format(stats.blocks(), "block"),
                    "bring back the ledger that was signed; 'checkpoint' says what else can be done"));
        } else {
            add("checkpoint", SignedAt.text(figures));
        }
    }

    private void add(String name, String text) {
        findings.add(Finding.ok(SECTION, name, text));
    }

    private void opened(Figures figures, long nowMicros) {
        Stats stats = figures.stats();
        add("ledger id", stats.ledgerId());
        add(
                "ledger",
                "height " + (stats.blocks() - 1) + ", " + Counts.format(stats.entries(), "entry") + ", "
                        + Counts.format(stats.ledgerSegments(), "segment"));
        signed(figures);
        add("tables", Counts.format(stats.tables()) + " created");
        long behind = stats.memtableEntries();
        add(
                "index",
                Counts.format(stats.sstables(), "SSTable")
                        + (behind == 0
                                ? ""
                                : "; " + Counts.format(behind, "entry") + " at the ledger's end read from there"));
        if (stats.recoveryNotes().isEmpty()) {
            add("recovery", "nothing to recover");
        }
        for (String note : stats.recoveryNotes()) {
            if (note.startsWith("The ledger is damaged")) {
                findings.add(Finding.problem(
                        SECTION, "ledger", note, "run 'verify', and bring the files back from a backup"));
                continue;
            }
            findings.add(Finding.warning(
                    SECTION,
                    "recovery",
                    note,
                    "run 'verify' to be sure; the next open for writing brings it in order"));
        }
        if (stats.blocks() > 0) {
            String time = TableRows.time(stats.headTimestamp());
            if (stats.headTimestamp() - nowMicros > MICROS_AHEAD) {
                findings.add(Finding.warning(
                        SECTION,
                        "clock",
                        "the newest block is from " + time + ", ahead of this clock",
                        "set this machine's clock; blocks are never dated back"));
            } else {
                add("clock", "the newest block is from " + time + ", not ahead of this clock");
            }
        }
        add("last verification", "is not recorded; 'verify' does it now");
    }
}
