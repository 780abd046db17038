package io.blockdb.cli;

import java.io.IOException;
import java.util.Locale;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

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
        out().text(
                        shell == Shell.FISH
                                ? FishCompletion.script(tree.getCommandSpec())
                                : AutoComplete.bash(tree.getCommandName(), tree));
        return ExitCode.DONE;
    }
}
