package io.blockdb.cli;

import io.blockdb.base.TableName;
import io.blockdb.db.Commit;
import io.blockdb.db.TablePolicy;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code table create}: creates a table with a policy. */
@Command(
        name = "create",
        description = "Create a table.",
        footer = {
            "",
            "write-once: a key keeps its first value for ever. versioned: a put adds a revision, a delete hides",
            "the key, entries can expire; history keeps them all. The policy cannot be changed later.",
            "A table that is written to without being created is write-once.",
            "",
            "Examples:",
            "  blockdb-cli table create invoices",
            "  blockdb-cli table create sessions --policy versioned",
            "  blockdb-cli table create people --policy versioned --erasable"
        })
final class TableCreateCommand extends BaseCommand {
    @Parameters(index = "0", paramLabel = "NAME", description = "The table's name, at most 255 bytes.")
    private String name;

    @Option(names = "--policy", paramLabel = "POLICY", description = "write-once (default) or versioned.")
    private @Nullable String policy;

    @Option(names = "--erasable", description = "Values get a salt, so that each can be erased one day.")
    private boolean erasable;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            description = "table (default) or json.")
    private @Nullable OutputFormat output;

    @Override
    public Integer call() throws IOException {
        OutputFormat format = OutputFormat.choose(output, OutputFormat.TABLE, OutputFormat.TABLE, OutputFormat.JSON);
        TableName table = TableOption.parseWritable(name);
        TablePolicy chosen = policy(policy);
        Commit commit = database().writing(db -> db.createTable(table, chosen, erasable));
        String sentence = commit.existing() ? "Table %s is already there" : "Successfully created table %s";
        TableChange.print(out(), format, sentence.formatted(Text.printable(name)), name, commit);
        return ExitCode.DONE;
    }

    private static TablePolicy policy(@Nullable String written) {
        try {
            return written == null ? TablePolicy.WRITE_ONCE : TablePolicy.parse(written);
        } catch (IllegalArgumentException e) {
            throw new UsageException("--policy: " + e.getMessage());
        }
    }
}
