package io.blockdb.cli;

import io.blockdb.base.TableName;
import io.blockdb.db.Commit;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code table alter}: switches whether later values of a table can be erased. */
@Command(
        name = "alter",
        description = "Switch whether values written to a table from now on can be erased.",
        footer = {"", "Example:", "  blockdb-cli table alter people --erasable on"})
final class TableAlterCommand extends BaseCommand {
    /** On or off. */
    enum Switch {
        ON,
        OFF;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @Parameters(index = "0", paramLabel = TableOption.LABEL, description = "The table's name.")
    private String name;

    @Option(names = "--erasable", required = true, paramLabel = "on|off", description = "Whether values can be erased.")
    private Switch erasable;

    @Override
    List<OutputFormat> formats() {
        return SENTENCE;
    }

    @Override
    public Integer call() throws IOException {
        OutputFormat format = format();
        TableName table = TableOption.parseWritable(name);
        boolean on = erasable == Switch.ON;
        Commit commit = database().writing(db -> db.alterTable(table, on));
        String sentence = commit.existing() ? "Table %s is so already" : "Successfully altered table %s";
        TableChange.print(out(), format, sentence.formatted(Text.printable(name)), name, commit);
        return ExitCode.DONE;
    }
}
