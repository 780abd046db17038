package io.blockdb.cli;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What all commands have in common: how they reach what they work with, and in which format they write. */
abstract class BaseCommand implements Callable<Integer> {
    /** The formats of commands that write records: a table on a terminal, JSON lines elsewhere. */
    static final List<OutputFormat> RECORDS =
            List.of(OutputFormat.TABLE, OutputFormat.JSONL, OutputFormat.JSON, OutputFormat.CSV, OutputFormat.RAW);

    /** The formats of commands that write a sentence. */
    static final List<OutputFormat> SENTENCE = List.of(OutputFormat.TABLE, OutputFormat.JSON);

    private static final String OUTPUT = "--output";

    @Spec
    private CommandSpec spec;

    /** Does what was asked; answers an {@link ExitCode}. */
    @Override
    public abstract Integer call() throws IOException;

    /** What {@code --output} may name; empty: the command has no such option, or one of its own. */
    List<OutputFormat> formats() {
        return List.of();
    }

    /** The format where nobody asks for one. */
    OutputFormat usualFormat() {
        return formats().equals(RECORDS) && !session().streams().outIsTerminal()
                ? OutputFormat.JSONL
                : OutputFormat.TABLE;
    }

    /**
     * The option {@code --output}. Made here and not annotated, since what it takes differs; as text, so that a
     * complaint names what this command takes.
     */
    final OptionSpec outputOption() {
        List<String> names = formats().stream().map(OutputFormat::toString).toList();
        int last = names.size() - 1;
        return OptionSpec.builder("-o", OUTPUT)
                .paramLabel("FORMAT")
                .type(String.class)
                .completionCandidates(names)
                .description(String.join(", ", names.subList(0, last)) + " or " + names.get(last) + ".")
                .build();
    }

    /** Whether {@code --output} is among the arguments. */
    final boolean formatGiven() {
        return spec.findOption(OUTPUT).getValue() != null;
    }

    /**
     * The format to write: by the option, by the session's {@code \output}, by {@code BLOCKDB_OUTPUT}, or the usual
     * one. The last two are meant for all commands, so one that cannot write them takes its usual one.
     *
     * @throws UsageException if one of these is no format
     */
    final OutputFormat format() {
        OptionSpec option = spec.findOption(OUTPUT);
        String given = option.getValue();
        if (given != null) {
            OutputFormat format = OutputFormat.named(given);
            if (format == null || !formats().contains(format)) {
                throw new ParameterException(
                        spec.commandLine(),
                        "--output '" + given + "': this command writes " + formats(),
                        option,
                        given);
            }
            return format;
        }
        OutputFormat wish = wish();
        OutputFormat nearest = wish == null ? null : OutputFormat.nearest(wish, formats());
        return nearest == null ? usualFormat() : nearest;
    }

    private @Nullable OutputFormat wish() {
        OutputFormat chosen = session().format();
        String variable = session().streams().variable("BLOCKDB_OUTPUT");
        if (chosen != null || variable.isEmpty()) {
            return chosen;
        }
        OutputFormat format = OutputFormat.named(variable);
        if (format == null) {
            throw new UsageException("BLOCKDB_OUTPUT: '" + variable + "' is not one of " + RECORDS);
        }
        return format;
    }

    final CommandSpec spec() {
        return spec;
    }

    final RootCommand root() {
        return (RootCommand) spec.root().userObject();
    }

    final Session session() {
        return root().session();
    }

    final Output out() {
        return session().out();
    }

    final Messages messages() {
        return session().messages();
    }

    final DatabaseSource database() throws IOException {
        return root().database();
    }
}
