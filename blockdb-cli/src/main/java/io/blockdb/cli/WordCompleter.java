package io.blockdb.cli;

import io.blockdb.cli.database.Database;
import io.blockdb.db.TableInfo;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.jline.builtins.Completers.FileNameCompleter;
import org.jline.reader.Candidate;
import org.jline.reader.Completer;
import org.jline.reader.LineReader;
import org.jline.reader.ParsedLine;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** Completes the words of interactive mode: commands, options, what options take, tables and files. */
final class WordCompleter implements Completer {
    private final CommandLine tree;
    private final DatabaseSource source;
    private final Completer files = new FileNameCompleter();

    WordCompleter(Session session, DatabaseSource source) {
        this.tree = CommandTree.whole(session);
        this.source = source;
    }

    @Override
    public void complete(LineReader reader, ParsedLine line, List<Candidate> candidates) {
        List<String> before = line.words().subList(0, line.wordIndex());
        if (SessionCommand.is(line.line())) {
            own(before, candidates);
            return;
        }
        CommandSpec command = tree.getCommandSpec();
        boolean help = !before.isEmpty() && before.get(0).equals("help");
        for (String word : help ? before.subList(1, before.size()) : before) {
            CommandLine sub = command.subcommands().get(word);
            if (sub == null) {
                break;
            }
            command = sub.getCommandSpec();
        }
        OptionSpec option = before.isEmpty() ? null : command.findOption(before.get(before.size() - 1));
        if (help || !command.subcommands().isEmpty() && !line.word().startsWith("-")) {
            commands(command, before.isEmpty(), candidates);
        } else if (option != null && option.arity().max() > 0) {
            argument(option, reader, line, candidates);
        } else if (line.word().startsWith("-")) {
            options(command, before, candidates);
        } else {
            argument(positional(command, before), reader, line, candidates);
        }
    }

    private static void own(List<String> before, List<Candidate> candidates) {
        List<String> names = List.of();
        if (before.isEmpty()) {
            names = SessionCommand.names();
        } else if (before.get(0).endsWith("output") || before.get(0).endsWith("mode")) {
            names = BaseCommand.RECORDS.stream().map(OutputFormat::toString).toList();
        } else if (before.get(0).contains("tim")) {
            names = List.of("on", "off");
        }
        names.forEach(name -> candidates.add(new Candidate(name)));
    }

    private static void commands(CommandSpec command, boolean first, List<Candidate> candidates) {
        command.subcommands()
                .forEach((name, sub) -> candidates.add(
                        described(name, sub.getCommandSpec().usageMessage().description())));
        if (first) {
            candidates.add(described("exit", "Leave."));
            candidates.add(described("quit", "Leave."));
        }
    }

    private static void options(CommandSpec command, List<String> before, List<Candidate> candidates) {
        for (OptionSpec option : command.options()) {
            if (!option.hidden() && Arrays.stream(option.names()).noneMatch(before::contains)) {
                candidates.add(described(option.longestName(), option.description()));
            }
        }
    }

    private static Candidate described(String name, String... description) {
        return new Candidate(name, name, null, description.length == 0 ? null : description[0], null, null, true);
    }

    /** Which of the arguments is typed: those before it are neither options nor what options take. */
    private static @Nullable ArgSpec positional(CommandSpec command, List<String> before) {
        int index = 0;
        boolean taken = true; // the first word is the command
        for (String word : before) {
            OptionSpec option = command.findOption(word);
            if (!taken && !word.startsWith("-") && !command.name().equals(word)) {
                index++;
            }
            taken = option != null && option.arity().max() > 0;
        }
        for (PositionalParamSpec each : command.positionalParameters()) {
            if (each.index().contains(index)) {
                return each;
            }
        }
        return null;
    }

    private void argument(@Nullable ArgSpec argument, LineReader reader, ParsedLine line, List<Candidate> candidates) {
        if (argument == null) {
            return;
        }
        String label = argument.paramLabel();
        if (argument.completionCandidates() != null) {
            argument.completionCandidates().forEach(name -> candidates.add(new Candidate(name)));
        } else if (label.equals("FILE") || label.equals("DIR")) {
            files.complete(reader, line, candidates);
        } else if (label.equals(TableOption.LABEL)) {
            tables(candidates);
        }
    }

    private void tables(List<Candidate> candidates) {
        try {
            for (TableInfo table : source.reading(Database::tables)) {
                candidates.add(new Candidate(table.name().toString()));
            }
        } catch (IOException e) {
            return; // the command that is being typed will say it; the line editor has no place for it
        }
    }
}
