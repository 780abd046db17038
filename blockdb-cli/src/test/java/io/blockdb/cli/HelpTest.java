package io.blockdb.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

final class HelpTest {
    @TempDir
    private Path temp;

    private CliHarness cli;

    @BeforeEach
    void begin() {
        cli = new CliHarness(temp.resolve("data"));
    }

    @Test
    void theWholeHelpIsTheSameHoweverItIsAskedFor() {
        String help = cli.run("--help").done();
        assertEquals(help, cli.run().done());
        assertEquals(help, cli.run("help").done());
        assertTrue(help.contains("  interactive       Type one command after the other, or pipe them in.\n"), help);
        assertTrue(help.contains("--wal-sync-interval MS"), help);
        assertFalse(Files.exists(cli.directory()));
    }

    @Test
    void everyCommandHasExamplesAndExitCodesAndNoLineIsTooLong() {
        List<List<String>> commands = new ArrayList<>();
        commands.add(List.of());
        collect(CommandTree.whole(session()), List.of(), commands);
        assertTrue(commands.size() > 14);
        for (List<String> command : commands) {
            List<String> words = new ArrayList<>(command);
            words.add("--help");
            String help = cli.run(words.toArray(new String[0])).done();
            assertTrue(help.contains("Example"), help);
            assertTrue(help.contains("Exit codes:"), help);
            assertTrue(help.lines().allMatch(line -> line.length() <= 110), help);
        }
    }

    /** A line that is wider is broken where it was not meant to be. */
    @Test
    void whatStandsBelowTheOptionsFitsTheWidthOfTheHelp() {
        CommandLine whole = CommandTree.whole(session());
        List<List<String>> commands = new ArrayList<>();
        collect(whole, List.of(), commands);
        for (List<String> command : commands) {
            CommandLine line = whole;
            for (String word : command) {
                line = line.getSubcommands().get(word);
            }
            String help = cli.run(append(command, "--help")).done();
            for (String text : line.getCommandSpec().usageMessage().footer()) {
                assertTrue(help.contains(text.replace("%n", "") + "\n"), () -> command + ": " + text);
            }
        }
    }

    private static String[] append(List<String> words, String last) {
        List<String> all = new ArrayList<>(words);
        all.add(last);
        return all.toArray(new String[0]);
    }

    private static Session session() {
        return new Session(
                new Streams(
                        java.io.InputStream.nullInputStream(),
                        java.io.OutputStream.nullOutputStream(),
                        java.io.OutputStream.nullOutputStream(),
                        "",
                        java.util.Map.of()),
                java.time.InstantSource.system());
    }

    private static void collect(CommandLine line, List<String> path, List<List<String>> commands) {
        for (var sub : line.getSubcommands().entrySet()) {
            List<String> words = new ArrayList<>(path);
            words.add(sub.getKey());
            commands.add(words);
            collect(sub.getValue(), words, commands);
        }
    }

    @Test
    void helpOfACommand() {
        String help = cli.run("help", "put").done();
        assertEquals(help, cli.run("put", "--help").done());
        assertEquals(
                cli.run("table", "create", "--help").done(),
                cli.run("help", "table", "create").done());
        assertTrue(help.startsWith("Usage: blockdb-cli put [OPTIONS] KEY [VALUE]\n"), help);
    }

    @Test
    void versions() {
        assertTrue(cli.run("--version").done().matches("blockdb-cli .+ \\(revision .+\\)\nJVM .+\n"));
    }

    @Test
    void theCommandsStandInGroups() {
        String help = cli.run("--help").done();
        int place = 0;
        for (String heading :
                java.util.List.of("\nData:\n", "\nLedger and proofs:\n", "\nMaintenance:\n", "\nOther:\n")) {
            assertTrue(help.indexOf(heading) > place, heading);
            place = help.indexOf(heading);
        }
        for (String name : CommandTree.names()) {
            assertTrue(help.contains("\n  " + name + " "), name);
        }
        assertTrue(help.contains("\n  130   ended by Ctrl-C\n"), help);
    }

    @Test
    void completionScripts() {
        assertTrue(cli.run("completion", "bash").done().contains("complete -F _complete_blockdb-cli"));
        assertTrue(cli.run("completion", "zsh").done().contains("bashcompinit"));
        String fish = cli.run("completion", "fish").done();
        assertTrue(fish.contains("complete -c blockdb-cli -n '__fish_seen_subcommand_from put' -l base64 -d "), fish);
        assertTrue(fish.contains("-a versioned") || fish.contains("-l policy"), fish);
        cli.run("completion", "tcsh")
                .failed(
                        2,
                        "Error: invalid value for positional parameter at index 0 (bash|zsh|fish): expected one of"
                                + " [bash, zsh, fish] but was 'tcsh'; see 'blockdb-cli completion --help'");
    }

    @Test
    void completionKnowsFilesAndTheValuesOfEachOption() {
        String bash = cli.run("completion", "bash").done();
        String words = bash.substring(bash.indexOf("function _picocli_blockdb-cli_import() {"));
        words = words.substring(0, words.indexOf("\n}\n"));
        assertTrue(words.contains("format_option_args=(\"jsonl\" \"csv\" \"tsv\") # --format values"), words);
        assertTrue(words.contains("output_option_args=(\"table\" \"json\") # --output values"), words);
        assertTrue(words.contains("positionals=$( compgen -f -- \"${curr_word}\" ) # files"), words);
        for (String command : java.util.List.of("batch", "restore", "check_receipt", "check_export")) {
            String each =
                    bash.substring(bash.indexOf("function _picocli_blockdb-cli_" + command.replace("_", "") + "()"));
            each = each.substring(0, each.indexOf("\n}\n"));
            assertTrue(each.contains("positionals=$( compgen -f -- "), each);
        }
        String fish = cli.run("completion", "fish").done();
        assertTrue(fish.contains("'__fish_seen_subcommand_from scan' -l limit -x -d "), fish);
        assertTrue(fish.contains("'__fish_seen_subcommand_from put' -l file -r -F -d "), fish);
        assertTrue(fish.contains("'__fish_seen_subcommand_from restore' -F\n"), fish);
    }

    @Test
    void coloursByChoice() {
        cli.run("put", "k", "v").done();
        assertTrue(cli.run("verify", "--color", "always").done().contains("\u001b[32m✓\u001b[0m"));
        assertFalse(cli.terminals("01").run("verify", "--color=never").done().contains("\u001b"));
        assertTrue(cli.terminals("01").run("verify").done().contains("\u001b[32m✓\u001b[0m"));
    }
}
