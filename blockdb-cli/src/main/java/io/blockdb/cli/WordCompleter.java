package io.blockdb.cli;

import io.blockdb.db.BlockDb;
import io.blockdb.db.TableInfo;
import java.io.IOException;
import java.util.List;
import org.jline.builtins.Completers.FileNameCompleter;
import org.jline.reader.Candidate;
import org.jline.reader.Completer;
import org.jline.reader.LineReader;
import org.jline.reader.ParsedLine;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Completes the words of interactive mode: commands, options, what options take, tables and files. */
final class WordCompleter implements Completer {
    private final CommandLine tree;
    private final BlockDb db;
    private final Completer files = new FileNameCompleter();

    WordCompleter(Session session, BlockDb db) {
        this.tree = CommandTree.whole(session);
        this.db = db;
    }

    @Override
    public void complete(LineReader reader, ParsedLine line, List<Candidate> candidates) {
        List<String> before = line.words().subList(0, line.wordIndex());
        CommandSpec command = tree.getCommandSpec();
        for (String word : before) {
            CommandLine sub = command.subcommands().get(word);
            if (sub == null) {
                break;
            }
            command = sub.getCommandSpec();
        }
        String previous = before.isEmpty() ? "" : before.get(before.size() - 1);
        OptionSpec option = command.findOption(previous);
        if (option != null && option.arity().max() > 0) {
            parameter(option, reader, line, candidates);
        } else if (line.word().startsWith("-")) {
            for (OptionSpec each : command.options()) {
                if (!each.hidden()) {
                    candidates.add(new Candidate(each.longestName()));
                }
            }
        } else if (!command.subcommands().isEmpty()) {
            command.subcommands().keySet().forEach(name -> candidates.add(new Candidate(name)));
            if (before.isEmpty()) {
                candidates.add(new Candidate("exit"));
                candidates.add(new Candidate("quit"));
            }
        } else if (command.name().equals("batch") || command.name().equals("import")) {
            files.complete(reader, line, candidates);
        } else if (command.name().equals("alter")) {
            tables(candidates);
        } else if (command.name().equals("help")) {
            tree.getSubcommands().keySet().forEach(name -> candidates.add(new Candidate(name)));
        }
    }

    private void parameter(OptionSpec option, LineReader reader, ParsedLine line, List<Candidate> candidates) {
        if (option.longestName().equals("--table")) {
            tables(candidates);
        } else if (option.longestName().equals("--file")) {
            files.complete(reader, line, candidates);
        } else if (option.completionCandidates() != null) {
            option.completionCandidates().forEach(name -> candidates.add(new Candidate(name)));
        }
    }

    private void tables(List<Candidate> candidates) {
        try {
            for (TableInfo table : db.tables()) {
                candidates.add(new Candidate(table.name().toString()));
            }
        } catch (IOException e) {
            return; // the command that is being typed will say it; the line editor has no place for it
        }
    }
}
