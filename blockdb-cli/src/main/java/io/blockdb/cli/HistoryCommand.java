package io.blockdb.cli;

import io.blockdb.base.TableName;
import io.blockdb.cli.database.Database;
import io.blockdb.cli.database.Found;
import io.blockdb.cli.database.Place;
import io.blockdb.db.Revision;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code history}: prints every revision of a key. */
@Command(
        name = "history",
        description = "Print every revision of a key, newest first.",
        footer = {
            "",
            "Deleted, expired and erased revisions are among them. Exit code 1: the key never was.",
            "",
            "Examples:",
            "  blockdb-cli history session/7 --table sessions",
            "  blockdb-cli history greeting --output jsonl"
        })
final class HistoryCommand extends BaseCommand {
    private static final List<Column> COLUMNS = List.of(
            Column.bytes("key", ""),
            Column.number("sequence_number", "SEQUENCE"),
            Column.number("height", "HEIGHT"),
            Column.time("timestamp", "TIME"),
            Column.text("state", "STATE"),
            Column.time("expires_at", ""),
            Column.bytes("value", "VALUE"));

    @Mixin
    private KeyArgument key;

    @Mixin
    private TableOption table;

    @Override
    List<OutputFormat> formats() {
        return RECORDS;
    }

    @Override
    public Integer call() throws IOException {
        OutputFormat format = format();
        TableName name = table.toRead();
        byte[] bytes = key.bytes();
        boolean found = database().reading(db -> print(db, name, bytes, format));
        return found ? ExitCode.DONE : Failure.NOT_FOUND.report(messages());
    }

    private boolean print(Database db, TableName name, byte[] bytes, OutputFormat format) throws IOException {
        List<Found> revisions = db.now().history(name, bytes, true);
        if (revisions.isEmpty()) {
            UnknownTable.note(db, name, messages());
            return false;
        }
        long now = TimeToLive.expiry(session().clock(), 0);
        try (Rows rows = Rows.of(format, session(), COLUMNS)) {
            for (Found found : revisions) {
                Revision revision = found.revision();
                Place place = found.requirePlace();
                boolean expired = revision.expiresAt() != 0 && revision.expiresAt() <= now;
                String state = RevisionState.name(revision);
                rows.add(
                        revision.key(),
                        revision.sequence(),
                        place.height(),
                        place.timestamp(),
                        expired && revision.state() == Revision.State.PRESENT ? "expired" : state,
                        revision.expiresAt() == 0 ? null : revision.expiresAt(),
                        RevisionState.value(revision, format));
            }
        }
        return true;
    }
}
