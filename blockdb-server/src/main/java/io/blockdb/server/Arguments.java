package io.blockdb.server;

import io.blockdb.server.config.Flag;
import io.blockdb.server.config.Spelling;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * The words of the command line. The options that set settings come from the list of settings, so that there is one place
 * that says what they are.
 *
 * @param task what is asked for
 * @param settings texts by the full name of the setting
 * @param file the file of settings that is named; null: none is
 */
record Arguments(
        Task task, Map<String, String> settings, @Nullable Path file) {
    /** What the command can do. */
    enum Task {
        SERVE,
        HELP,
        VERSION,
        PRINT_DEFAULT_CONFIG,
        PRINT_CONFIG,
        CHECK_CONFIG
    }

    /** The words make no sense. The message says which, and what may have been meant. */
    static final class UsageException extends Exception {
        private static final long serialVersionUID = 1;

        UsageException(String message) {
            super(message);
        }
    }

    private static final Map<String, Task> TASKS = new LinkedHashMap<>();

    static {
        TASKS.put("--print-default-config", Task.PRINT_DEFAULT_CONFIG);
        TASKS.put("--print-config", Task.PRINT_CONFIG);
        TASKS.put("--check-config", Task.CHECK_CONFIG);
        TASKS.put("--version", Task.VERSION);
        TASKS.put("--help", Task.HELP);
    }

    /**
     * Reads the words.
     *
     * @throws UsageException if they make no sense
     */
    static Arguments parse(String... words) throws UsageException {
        CommandLine line = new CommandLine(spec());
        ParseResult parsed;
        try {
            parsed = line.parseArgs(words);
        } catch (UnmatchedArgumentException e) {
            throw new UsageException(unmatched(line, e.getUnmatched().get(0)));
        } catch (ParameterException e) {
            String message = String.valueOf(e.getMessage());
            throw new UsageException(
                    Character.toLowerCase(message.charAt(0)) + message.substring(1) + "; see 'blockdb-server --help'");
        }
        Task task = Task.SERVE;
        for (Map.Entry<String, Task> candidate : TASKS.entrySet()) {
            task = parsed.hasMatchedOption(candidate.getKey()) ? candidate.getValue() : task;
        }
        Map<String, String> settings = new LinkedHashMap<>();
        for (Flag flag : Flag.all()) {
            if (parsed.hasMatchedOption(flag.names().get(0))) {
                settings.put(
                        flag.setting(),
                        flag.label().isEmpty()
                                ? flag.value()
                                : parsed.matchedOptionValue(flag.names().get(0), ""));
            }
        }
        return new Arguments(task, settings, parsed.matchedOptionValue("--config", null));
    }

    private static String unmatched(CommandLine line, String word) {
        if (!word.startsWith("-")) {
            return "unexpected argument '" + word + "'; see 'blockdb-server --help'";
        }
        List<String> known = new ArrayList<>();
        line.getCommandSpec().options().forEach(option -> known.addAll(List.of(option.names())));
        String nearest = Spelling.nearest(word.replaceFirst("=.*", ""), known);
        return "unknown option '" + word + "'" + (nearest == null ? "" : " (did you mean '" + nearest + "'?)")
                + "; see 'blockdb-server --help'";
    }

    /** The help text. */
    static String help() {
        return new CommandLine(spec()).getUsageMessage(Ansi.OFF);
    }

    private static CommandSpec spec() {
        CommandSpec spec = CommandSpec.create().name("blockdb-server");
        spec.usageMessage()
                .synopsisHeading("Usage: ")
                .customSynopsis("blockdb-server [OPTION...]")
                .header("Serves a BlockDB database over HTTP.%n")
                .optionListHeading("%nOptions:%n")
                .sortOptions(false)
                .width(100)
                .exitCodeListHeading("%nExit codes:%n")
                .exitCodeList(ExitCode.descriptions())
                .footer(
                        "",
                        "Examples:",
                        "  blockdb-server --data-dir /var/lib/blockdb",
                        "  blockdb-server --config /etc/blockdb/blockdb.toml --check-config",
                        "  BLOCKDB_LIMITS_BODY_SIZE=1MB blockdb-server --port 0",
                        "",
                        "A flag goes before the environment, the environment before the file, the file before the",
                        "default. --print-default-config shows every setting. SIGTERM ends the server in order,",
                        "SIGHUP makes it read the level of the log and the certificates again. Tokens and grants need no",
                        "signal: what is changed of them holds from the next request on.");
        for (Flag flag : Flag.all()) {
            OptionSpec.Builder option = OptionSpec.builder(flag.names().toArray(new String[0]))
                    .description(flag.purpose().replace("%", "%%"));
            spec.addOption(
                    flag.label().isEmpty()
                            ? option.arity("0").type(boolean.class).build()
                            : option.arity("1")
                                    .type(String.class)
                                    .paramLabel(flag.label())
                                    .build());
        }
        spec.addOption(OptionSpec.builder("--config")
                .arity("1")
                .type(Path.class)
                .paramLabel("FILE")
                .description("The file of settings; default: $BLOCKDB_CONFIG, else ./blockdb.toml if it is there.")
                .build());
        task(spec, "Prints a file with every setting, its default and why.", "--print-default-config");
        task(spec, "Prints the settings in force, and where each comes from.", "--print-config");
        task(spec, "Says what is wrong with the settings, and starts nothing.", "--check-config");
        task(spec, "Prints the version.", "-V", "--version");
        task(spec, "Prints this.", "-h", "--help");
        return spec;
    }

    private static void task(CommandSpec spec, String description, String... names) {
        spec.addOption(OptionSpec.builder(names)
                .arity("0")
                .type(boolean.class)
                .description(description)
                .build());
    }
}
