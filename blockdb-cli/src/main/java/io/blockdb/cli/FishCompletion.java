package io.blockdb.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** Writes the completion script for fish, which picocli does not. */
final class FishCompletion {
    /** What files and directories are called in the help. */
    private static final Set<String> FILES = Set.of("FILE", "DIR", "BACKUP_DIR", "OLDER", "PROOF");

    private FishCompletion() {}

    /** The script for a command and all below it. */
    static String script(CommandSpec root) {
        StringBuilder script = new StringBuilder();
        script.append("# Completion of ").append(root.name()).append(" for fish.\n");
        script.append("complete -c ").append(root.name()).append(" -f\n");
        append(script, root, root, List.of());
        return script.toString();
    }

    private static void append(StringBuilder script, CommandSpec root, CommandSpec command, List<String> path) {
        String condition = condition(command, path);
        for (Map.Entry<String, CommandLine> sub : command.subcommands().entrySet()) {
            String[] description =
                    sub.getValue().getCommandSpec().usageMessage().description();
            script.append("complete -c %s -n %s -a %s -d %s\n"
                    .formatted(root.name(), quoted(condition), sub.getKey(), quoted(description[0])));
        }
        for (OptionSpec option : command.options()) {
            if (!option.hidden()) {
                script.append(option(root.name(), condition, option));
            }
        }
        for (PositionalParamSpec argument : command.positionalParameters()) {
            String values = values(argument);
            if (!values.isEmpty()) {
                script.append("complete -c %s -n %s%s\n".formatted(root.name(), quoted(condition), values));
            }
        }
        for (Map.Entry<String, CommandLine> sub : command.subcommands().entrySet()) {
            List<String> deeper = new ArrayList<>(path);
            deeper.add(sub.getKey());
            append(script, root, sub.getValue().getCommandSpec(), deeper);
        }
    }

    /** Which words must stand on the line, and which must not, for a command to be the one that is typed. */
    private static String condition(CommandSpec command, List<String> path) {
        StringBuilder condition = new StringBuilder();
        for (String word : path) {
            condition
                    .append(condition.length() == 0 ? "" : "; and ")
                    .append("__fish_seen_subcommand_from ")
                    .append(word);
        }
        if (!command.subcommands().isEmpty()) {
            condition
                    .append(condition.length() == 0 ? "" : "; and ")
                    .append("not __fish_seen_subcommand_from ")
                    .append(String.join(" ", command.subcommands().keySet()));
        }
        return condition.toString();
    }

    private static String option(String name, String condition, OptionSpec option) {
        StringBuilder line = new StringBuilder("complete -c " + name + " -n " + quoted(condition));
        for (String each : option.names()) {
            line.append(each.startsWith("--") ? " -l " + each.substring(2) : " -s " + each.substring(1));
        }
        if (option.arity().max() > 0) {
            // With -r alone the shell would offer files as well.
            line.append(namesFile(option) ? " -r" : " -x").append(values(option));
        }
        String[] description = option.description();
        return line + (description.length == 0 ? "" : " -d " + quoted(description[0])) + "\n";
    }

    /** What may stand there: one of some words, a file, or nothing that is known. */
    private static String values(ArgSpec argument) {
        if (argument.completionCandidates() != null) {
            return " -a " + quoted(String.join(" ", argument.completionCandidates()));
        }
        return namesFile(argument) ? " -F" : "";
    }

    /** Whether it is the name of a file or directory. */
    static boolean namesFile(ArgSpec argument) {
        return FILES.contains(argument.paramLabel());
    }

    private static String quoted(String text) {
        return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
    }
}
