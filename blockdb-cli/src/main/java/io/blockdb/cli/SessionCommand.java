package io.blockdb.cli;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a session has besides commands: lines begun with a backslash, as psql's, or with a point, as sqlite's.
 *
 * <p>Threading: one thread at a time.
 */
final class SessionCommand {
    private static final List<String> NAMES = List.of("?", "help", "output", "tables", "timing", "quit");

    private static final String HELP = """

            Session:
              \\timing [on|off]   show how long each command takes; also .timer
              \\output [FORMAT]   write results as table, json, jsonl, csv or raw; auto: as usual; also .mode
              \\tables            list the tables; also .tables, \\dt
              \\? \\help [COMMAND] this; or the help of a command; also .help
              \\quit              leave; also .quit, \\q, exit, Ctrl-D
            A statement goes on in the next line while a quote is open, or after a backslash at the line's end.
            Ctrl-C ends the line, or the command that runs. A line begun with a blank leaves no history.
            """;

    private final Session session;
    private boolean timing;

    SessionCommand(Session session) {
        this.session = session;
    }

    /** Whether a statement is one of the session's own. */
    static boolean is(String statement) {
        String text = statement.strip();
        return text.startsWith("\\") || text.startsWith(".");
    }

    /** The names of all, with their backslash. */
    static List<String> names() {
        return NAMES.stream().map(name -> "\\" + name).toList();
    }

    /** Whether each command's time is to be shown. */
    boolean timing() {
        return timing;
    }

    /** What a session has besides commands, as help tells it. */
    static String help() {
        return HELP;
    }

    /**
     * The words of the command that the statement stands for, or null where it was done here; {@code exit}: leave.
     *
     * @throws UsageException if there is no such command, or it does not take what it was given
     */
    @Nullable
    List<String> run(String statement) throws IOException {
        String[] words = statement.strip().substring(1).strip().split("\\s+");
        String argument = words.length > 1 ? words[1] : null;
        switch (words[0].toLowerCase(Locale.ROOT)) {
            case "?", "h", "help":
                return argument == null ? List.of("help") : List.of("help", argument);
            case "q", "quit", "exit":
                return List.of("exit");
            case "tables", "dt", "d":
                return List.of("table", "list");
            case "timing", "timer":
                timing(argument);
                return null;
            case "output", "mode", "format":
                output(argument);
                return null;
            default:
                String nearest = Mistyped.nearest(words[0], NAMES);
                throw new UsageException("unknown session command '" + statement.strip() + "'"
                        + (nearest == null ? "; \\? lists them" : " (did you mean '\\" + nearest + "'?)"));
        }
    }

    private void timing(@Nullable String argument) {
        if (argument == null) {
            timing = !timing;
        } else if (argument.equalsIgnoreCase("on") || argument.equalsIgnoreCase("off")) {
            timing = argument.equalsIgnoreCase("on");
        } else {
            throw new UsageException("\\timing takes on or off, not '" + argument + "'");
        }
        session.messages().line("Timing is " + (timing ? "on." : "off."));
    }

    private void output(@Nullable String argument) {
        if (argument != null && argument.equalsIgnoreCase("auto")) {
            session.format(null);
        } else if (argument != null) {
            OutputFormat format = OutputFormat.named(argument);
            if (format == null) {
                List<String> known =
                        BaseCommand.RECORDS.stream().map(OutputFormat::toString).toList();
                String nearest = Mistyped.nearest(argument, known);
                throw new UsageException("\\output '" + argument + "': there are " + known + " and auto"
                        + (nearest == null ? "" : " (did you mean '" + nearest + "'?)"));
            }
            session.format(format);
        }
        OutputFormat format = session.format();
        session.messages().line("Output is " + (format == null ? "auto." : format + "."));
    }
}
