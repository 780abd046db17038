package io.blockdb.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code help}: prints the help of a command, or of the whole. */
@Command(
        name = "help",
        description = "Show the help of a command.",
        footer = {"", "Examples:", "  blockdb-cli help", "  blockdb-cli help put", "  blockdb-cli help table create"})
final class HelpCommand extends BaseCommand {
    /** Completes the commands. */
    static final class Commands extends ArrayList<String> {
        private static final long serialVersionUID = 1L;

        Commands() {
            addAll(CommandTree.names());
        }
    }

    @Parameters(
            arity = "0..*",
            paramLabel = "COMMAND",
            completionCandidates = Commands.class,
            description = "The command; none: all of them.")
    private List<String> path = List.of();

    @Override
    public Integer call() throws IOException {
        CommandLine command = spec().root().commandLine();
        for (String name : path) {
            CommandLine sub = command.getSubcommands().get(name);
            if (sub == null) {
                throw new UsageException(Mistyped.message(command, List.of(name)));
            }
            command = sub;
        }
        StringWriter text = new StringWriter();
        command.usage(new PrintWriter(text, true), command.getColorScheme());
        out().text(text.toString());
        return ExitCode.DONE;
    }
}
