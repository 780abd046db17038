package io.blockdb.cli;

import io.blockdb.base.TableName;
import io.blockdb.cli.database.Entries;
import io.blockdb.cli.database.Moment;
import io.blockdb.db.BlockDb;
import io.blockdb.db.KeyRange;
import io.blockdb.db.LedgerEntries;
import io.blockdb.db.Revision;
import io.blockdb.db.TableInfo;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes what an export is to hold: first how the tables were created, then their entries.
 *
 * <p>Threading: one thread at a time.
 */
final class Exporter {
    private final Moment snapshot;
    private final @Nullable TableName only;
    private final KeyRange range;
    private final ExportRows rows;
    private final @Nullable ProgressBar bar;

    private long tables;
    private long written;
    private long bytes;
    private long erased;

    /**
     * @param only the one table that is exported; null: all
     * @param bar shows how far it has got; null: nothing is shown
     */
    Exporter(Moment snapshot, @Nullable TableName only, KeyRange range, ExportRows rows, @Nullable ProgressBar bar) {
        this.snapshot = snapshot;
        this.only = only;
        this.range = range;
        this.rows = rows;
        this.bar = bar;
    }

    /** Tables that were written. */
    long tables() {
        return tables;
    }

    /** Entries that were written. */
    long rows() {
        return written;
    }

    /** Entries that were left out, since their values were erased. */
    long erased() {
        return erased;
    }

    /** Reads the index: table by table, in the order of the keys. */
    void fromIndex() throws IOException {
        List<TableInfo> infos = snapshot.tables().stream()
                .filter(info -> only == null || info.name().equals(only))
                .toList();
        begin(infos);
        for (TableInfo info : infos) {
            byte[] name = ExportRows.utf8(info.name());
            try (Entries entries = snapshot.entries(info.name(), range, false)) {
                while (entries.next()) {
                    Revision revision = entries.revision();
                    write(name, revision.key(), revision.value(), revision.expiresAt());
                }
            }
        }
    }

    /** Reads the ledger: in the order of writing. */
    void fromLedger(BlockDb db) throws IOException {
        LedgerSurvey survey = LedgerSurvey.of(db, snapshot.sequence());
        begin(survey.tables(only));
        try (LedgerEntries entries = db.ledgerEntries(snapshot.sequence())) {
            while (entries.next()) {
                if ((only == null || entries.table().equals(only))
                        && range.contains(entries.key())
                        && survey.isStanding(entries)) {
                    byte[] value = survey.isErased(entries) ? null : entries.value();
                    write(ExportRows.utf8(entries.table()), entries.key(), value, entries.expiresAt());
                }
            }
        }
    }

    private void begin(List<TableInfo> infos) throws IOException {
        rows.begin();
        for (TableInfo info : infos) {
            if (info.declared()) {
                rows.table(info);
            }
        }
        tables = infos.size();
    }

    private void write(byte[] table, byte[] key, byte @Nullable [] value, long expiresAt) throws IOException {
        if (value == null) {
            erased++;
            return;
        }
        rows.entry(table, key, value, expiresAt);
        written++;
        bytes += key.length + value.length;
        if (bar != null && bar.due()) {
            bar.show(bytes, 0, Counts.format(written, "key"));
        }
    }
}
