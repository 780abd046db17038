package io.blockdb.cli;

import io.blockdb.base.TableName;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The table of a command. */
final class TableOption {
    /** What help calls the name of a table, by which completion knows where one belongs. */
    static final String LABEL = "TABLE";

    @Option(
            names = {"-t", "--table"},
            paramLabel = LABEL,
            description = "The table; default: default.")
    private @Nullable String name;

    /** The table to read from. */
    TableName toRead() {
        return name == null ? TableName.DEFAULT : parse(name);
    }

    /** The table to write to: none of BlockDB's own. */
    TableName toWrite() {
        return name == null ? TableName.DEFAULT : parseWritable(name);
    }

    /** The table of that name. */
    static TableName parse(String name) {
        try {
            return TableName.of(name);
        } catch (IllegalArgumentException e) {
            throw new UsageException(String.valueOf(e.getMessage()));
        }
    }

    /** The table of that name, which must not be one of BlockDB's own. */
    static TableName parseWritable(String name) {
        TableName table = parse(name);
        if (table.isSystem()) {
            throw new UsageException("table '" + name + "': names that begin with _ are reserved, and read-only");
        }
        return table;
    }
}
