package io.blockdb.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ScopeType;

/** {@code completion}: prints what makes a shell complete this program's words. */
@Command(
        name = "completion",
        description = "Print the completion script of a shell.",
        footer = {
            "",
            "Examples:",
            "  source <(blockdb-cli completion bash)                            this bash or zsh",
            "  blockdb-cli completion bash > /etc/bash_completion.d/blockdb-cli  every bash",
            "  blockdb-cli completion fish > ~/.config/fish/completions/blockdb-cli.fish"
        })
final class CompletionCommand extends BaseCommand {
    /** The shells. */
    enum Shell {
        BASH,
        ZSH,
        FISH;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @Parameters(index = "0", paramLabel = "bash|zsh|fish", description = "The shell.")
    private Shell shell;

    @Override
    public Integer call() throws IOException {
        CommandLine tree = CommandTree.whole(session());
        // Zsh reads the script of bash: its head turns zsh's emulation on.
        out().text(shell == Shell.FISH ? FishCompletion.script(tree.getCommandSpec()) : bash(tree));
        return ExitCode.DONE;
    }

    private static String bash(CommandLine tree) {
        prepare(tree);
        return AutoComplete.bash(tree.getCommandName(), tree);
    }

    /**
     * Tells picocli what its script for bash cannot know: it completes files by the type of what they are kept in, and keeps
     * the values of an option under its label, so that of two options with one label the second would be completed for both.
     */
    private static void prepare(CommandLine command) {
        CommandSpec spec = command.getCommandSpec();
        for (OptionSpec option : List.copyOf(spec.options())) {
            boolean inherited = option.inherited() || option.scopeType() == ScopeType.INHERIT;
            if (inherited || option.hidden()) {
                continue;
            }
            if (FishCompletion.namesFile(option)) {
                spec.remove(option);
                spec.addOption(OptionSpec.builder(option.names())
                        .arity(option.arity().toString())
                        .paramLabel(option.paramLabel())
                        .type(Path.class)
                        .build());
            } else if (option.completionCandidates() != null) {
                spec.remove(option);
                spec.addOption(OptionSpec.builder(option)
                        .paramLabel(option.longestName())
                        .build());
            }
        }
        for (PositionalParamSpec argument : List.copyOf(spec.positionalParameters())) {
            if (FishCompletion.namesFile(argument)) {
                spec.remove(argument);
                spec.addPositional(PositionalParamSpec.builder()
                        .index(argument.index())
                        .arity(argument.arity())
                        .paramLabel(argument.paramLabel())
                        .type(Path.class)
                        .build());
            }
        }
        command.getSubcommands().values().forEach(CompletionCommand::prepare);
    }
}
