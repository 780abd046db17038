package io.blockdb.cli;

import io.blockdb.base.TableName;
import io.blockdb.db.Commit;
import io.blockdb.db.WriteBatch;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code delete}: hides a key of a versioned table. */
@Command(
        name = "delete",
        description = "Delete a key of a versioned table; its history stays.",
        footer = {
            "",
            "Keys of write-once tables, such as the table default, cannot be deleted.",
            "",
            "Examples:",
            "  blockdb-cli table create sessions --policy versioned",
            "  blockdb-cli delete session/7 --table sessions"
        })
final class DeleteCommand extends BaseCommand {
    static final String DONE = "Successfully deleted key";

    @Mixin
    private KeyArgument key;

    @Mixin
    private TableOption table;

    @Override
    List<OutputFormat> formats() {
        return SENTENCE;
    }

    @Override
    public Integer call() throws IOException {
        OutputFormat format = format();
        TableName name = table.toWrite();
        byte[] bytes = key.bytes();
        Commit commit = database().writing(db -> db.write(new WriteBatch().delete(name, bytes)));
        Written.print(out(), format, DONE, name, bytes, commit);
        return ExitCode.DONE;
    }
}
