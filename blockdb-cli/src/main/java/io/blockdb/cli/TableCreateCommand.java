package io.blockdb.cli;

import io.blockdb.base.TableName;
import io.blockdb.db.Commit;
import io.blockdb.db.TablePolicy;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
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

    /** Completes the policies. */
    static final class Policies extends ArrayList<String> {
        private static final long serialVersionUID = 1L;

        Policies() {
            for (TablePolicy policy : TablePolicy.values()) {
                add(policy.toString());
            }
        }
    }

    @Option(
            names = "--policy",
            paramLabel = "POLICY",
            completionCandidates = Policies.class,
            description = "write-once (default) or versioned.")
    private @Nullable String policy;

    @Option(names = "--erasable", description = "Values get a salt, so that each can be erased one day.")
    private boolean erasable;

    @Override
    List<OutputFormat> formats() {
        return SENTENCE;
    }

    @Override
    public Integer call() throws IOException {
        OutputFormat format = format();
        TableName table = TableOption.parseWritable(name);
        TablePolicy chosen = policy(policy);
        Commit commit = database().writing(db -> db.createTable(table, chosen, erasable));
        String sentence = commit.existing() ? "Table %s is already there" : "Successfully created table %s";
        TableChange.print(out(), format, sentence.formatted(Text.printable(name)), name, commit);
        return ExitCode.DONE;
    }

    private TablePolicy policy(@Nullable String written) {
        try {
            return written == null ? TablePolicy.WRITE_ONCE : TablePolicy.parse(written);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(
                    spec().commandLine(), "--policy: " + e.getMessage(), spec().findOption("--policy"), written);
        }
    }
}
