package io.blockdb.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/**
 * Which commands there are. Reading the annotations of all of them would take longer than most commands run, so a tree
 * is made of those alone whose names occur among the arguments; help, completion and errors get the whole one.
 */
final class CommandTree {
    private static final Map<String, List<String>> GROUPS = new LinkedHashMap<>();

    static {
        GROUPS.put(
                "Data",
                List.of("put", "get", "delete", "scan", "history", "watch", "table", "batch", "import", "export"));
        GROUPS.put(
                "Ledger and proofs",
                List.of(
                        "verify",
                        "receipt",
                        "check-receipt",
                        "checkpoint",
                        "key",
                        "prove-consistency",
                        "check-consistency",
                        "check-export",
                        "erase"));
        GROUPS.put("Maintenance", List.of("stats", "auth", "cluster", "backup", "restore", "doctor", "bench"));
        GROUPS.put("Other", List.of("interactive", "completion", "help"));
    }

    private CommandTree() {}

    /** The names of all commands, in the order of the help. */
    static List<String> names() {
        return GROUPS.values().stream().flatMap(List::stream).toList();
    }

    /** The tree that these arguments need. */
    static CommandLine of(Session session, String... arguments) {
        Set<String> given = Set.copyOf(List.of(arguments));
        CommandLine line = tree(session, given);
        boolean whole = (line.getSubcommands().isEmpty() && !given.contains("--version") && !given.contains("-V"))
                || given.contains("help")
                || given.contains("completion")
                || given.contains("interactive");
        return whole ? whole(session) : line;
    }

    /** The tree of all commands. */
    static CommandLine whole(Session session) {
        return tree(session, null);
    }

    private static CommandLine tree(Session session, @Nullable Set<String> given) {
        RootCommand root = new RootCommand(session);
        CommandLine line = new CommandLine(root);
        if (given == null || ServerSettings.concern(session, given)) {
            line.getCommandSpec().addMixin("server", CommandSpec.forAnnotatedObject(root.serverSettings()));
        }
        for (List<String> group : GROUPS.values()) {
            for (String name : group) {
                if (given == null || given.contains(name)) {
                    line.addSubcommand(name, command(name));
                }
            }
        }
        configure(line);
        if (given == null) { // only the whole one is ever printed
            UsageMessageSpec usage = line.getCommandSpec().usageMessage();
            usage.sectionMap().put(UsageMessageSpec.SECTION_KEY_COMMAND_LIST_HEADING, help -> "");
            usage.sectionMap().put(UsageMessageSpec.SECTION_KEY_COMMAND_LIST, CommandTree::groups);
        }
        return line;
    }

    /**
     * Statements and not an expression: where the values of a switch expression meet, some compilers note their common class, and
     * the JVM then loads every command to check that.
     */
    private static Object command(String name) {
        switch (name) {
            case "put":
                return new PutCommand();
            case "get":
                return new GetCommand();
            case "delete":
                return new DeleteCommand();
            case "scan":
                return new ScanCommand();
            case "history":
                return new HistoryCommand();
            case "watch":
                return new WatchCommand();
            case "table":
                return new TableCommand();
            case "batch":
                return new BatchCommand();
            case "import":
                return new ImportCommand();
            case "export":
                return new ExportCommand();
            case "verify":
                return new VerifyCommand();
            case "receipt":
                return new ReceiptCommand();
            case "checkpoint":
                return new CheckpointCommand();
            case "key":
                return new KeyCommand();
            case "prove-consistency":
                return new ProveConsistencyCommand();
            case "erase":
                return new EraseCommand();
            case "check-receipt":
                return new CheckReceiptCommand();
            case "check-consistency":
                return new CheckConsistencyCommand();
            case "check-export":
                return new CheckExportCommand();
            case "backup":
                return new BackupCommand();
            case "restore":
                return new RestoreCommand();
            case "stats":
                return new StatsCommand();
            case "auth":
                return new AuthCommand();
            case "cluster":
                return new ClusterCommand();
            case "doctor":
                return new DoctorCommand();
            case "bench":
                return new BenchCommand();
            case "interactive":
                return new InteractiveCommand();
            case "completion":
                return new CompletionCommand();
            case "help":
                return new HelpCommand();
            default:
                throw new AssertionError(name);
        }
    }

    /** What holds for every command: an argument is what it is, nothing in it is expanded or cut. */
    private static void configure(CommandLine line) {
        line.setExpandAtFiles(false)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setUsageHelpWidth(100)
                .setUsageHelpLongOptionsMaxWidth(34);
        describe(line.getCommandSpec(), true);
    }

    private static void describe(CommandSpec spec, boolean root) {
        UsageMessageSpec usage = spec.usageMessage();
        spec.addOption(OptionSpec.builder("-h", "--help")
                .usageHelp(true)
                .description("Show this help.")
                .build());
        if (spec.userObject() instanceof BaseCommand command
                && !command.formats().isEmpty()) {
            spec.addOption(command.outputOption());
        }
        usage.exitCodeListHeading("%nExit codes:%n").exitCodeList(ExitCode.descriptions());
        if (root) {
            spec.addOption(OptionSpec.builder("-V", "--version")
                    .versionHelp(true)
                    .description("Show the versions of this program and its JVM.")
                    .build());
            List<String> both = new ArrayList<>();
            both.add("");
            both.add("Settings of the engine, before or behind the command:");
            both.addAll(List.of(EngineSettings.help()));
            both.add("");
            both.add("With --url, how the server is reached:");
            both.addAll(List.of(ServerSettings.help()));
            both.addAll(List.of(usage.footer()));
            usage.footer(both.toArray(new String[0]));
        } else {
            usage.synopsisHeading("Usage: ").abbreviateSynopsis(true);
            usage.optionListHeading("%nOptions:%n");
            usage.parameterListHeading("%nArguments:%n");
        }
        for (CommandLine sub : spec.subcommands().values()) {
            describe(sub.getCommandSpec(), false);
        }
    }

    /** The commands with a line each, for interactive mode. */
    static String summary(Session session) {
        return groups(new Help(whole(session).getCommandSpec())).stripLeading()
                + "\nhelp COMMAND says more of one; exit leaves.\n";
    }

    private static String groups(Help help) {
        StringBuilder text = new StringBuilder();
        for (Map.Entry<String, List<String>> group : GROUPS.entrySet()) {
            text.append('\n').append(group.getKey()).append(":\n");
            for (String name : group.getValue()) {
                Help sub = help.subcommands().get(name);
                if (sub != null) {
                    String[] description = sub.commandSpec().usageMessage().description();
                    text.append("  %-17s %s%n".formatted(name, description[0]));
                }
            }
        }
        return text.toString();
    }
}
