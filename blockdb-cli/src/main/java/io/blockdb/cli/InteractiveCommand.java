package io.blockdb.cli;

import io.blockdb.cli.database.Database;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code interactive}: one command after the other on one open database. */
@Command(
        name = "interactive",
        description = "Type one command after the other, or pipe them in.",
        footer = {
            "",
            "Words are quoted as in a shell: 'a b', \"it's\", a\\ b. A backslash at the end of a line joins the",
            "next one; on a terminal an open quote does so, too. exit or quit leaves, so does Ctrl-D. \\? lists",
            "what the session has besides the commands, such as \\timing and \\output json.",
            "",
            "Where there is no database yet, the first command that writes creates it.",
            "",
            "Commands from a pipe: a line each, # begins a comment; one that fails is reported and the next is",
            "run, and at the end the exit code is 1. With --bail the first that fails ends the session with its",
            "own exit code.",
            "",
            "Examples:",
            "  blockdb-cli interactive",
            "  blockdb-cli -d /var/lib/blockdb interactive --bail < commands.txt"
        })
final class InteractiveCommand extends BaseCommand {
    @Option(names = "--bail", description = "End with the first command that fails.")
    private boolean bail;

    @Override
    public Integer call() throws IOException {
        Session session = session();
        if (session.shared() != null) {
            throw new UsageException("this is interactive mode already");
        }
        boolean terminal = session.streams().inIsTerminal() && session.streams().outIsTerminal();
        String url = root().url();
        try {
            if (url != null) {
                DatabaseSource source = root().server(url);
                source.reading(Database::height); // whether somebody is there is said now, not at the first command
                return converse(source, terminal);
            }
            try (SharedSource source = SharedSource.open(root().directory(), root().options(), messages(), terminal)) {
                return converse(source, terminal);
            }
        } finally {
            session.share(null);
        }
    }

    private int converse(DatabaseSource source, boolean terminal) throws IOException {
        Session session = session();
        session.share(source);
        out().line("BlockDB Interactive Mode");
        if (terminal) {
            out().line("help lists the commands, \\? the session's own, exit leaves.");
        }
        out().flush();
        try (CommandLines lines = terminal
                ? new TerminalLines(session, source)
                : new PipedLines(session.streams().in())) {
            int failed = new Conversation(session, lines).run(bail);
            return bail ? failed : failed != ExitCode.DONE && !terminal ? ExitCode.NO : ExitCode.DONE;
        }
    }

    /** Runs statement after statement. */
    private static final class Conversation {
        private final Session session;
        private final CommandLines lines;
        private final SessionCommand own;

        Conversation(Session session, CommandLines lines) {
            this.session = session;
            this.lines = lines;
            this.own = new SessionCommand(session);
        }

        /** The exit code of the last command that failed; of the first, where that ends it. */
        int run(boolean bail) throws IOException {
            int failed = ExitCode.DONE;
            while (!bail || failed == ExitCode.DONE) {
                int code;
                String statement = "";
                try {
                    String next = lines.next();
                    if (next == null) {
                        return failed;
                    }
                    statement = next;
                    ShellWords.@Nullable Statement words = words(statement);
                    if (words == null || words.words().isEmpty()) {
                        continue;
                    }
                    if (words.words().size() == 1
                            && List.of("exit", "quit").contains(words.words().get(0))) {
                        return failed;
                    }
                    code = run(words);
                } catch (ShellWords.Unfinished e) {
                    session.messages().error(Failure.text(e));
                    show(statement, e.place());
                    code = ExitCode.USAGE;
                } catch (UsageException e) {
                    session.messages().error(Failure.text(e));
                    show(statement, -1);
                    code = ExitCode.USAGE;
                }
                failed = code == ExitCode.DONE ? failed : code;
            }
            return failed;
        }

        private ShellWords.@Nullable Statement words(String statement) throws IOException {
            if (!SessionCommand.is(statement)) {
                return ShellWords.parse(statement);
            }
            List<String> words = own.run(statement);
            return words == null ? null : new ShellWords.Statement(statement, words, List.of());
        }

        private int run(ShellWords.Statement statement) throws IOException {
            List<String> words = statement.words();
            long begun = System.nanoTime();
            session.mistake(-1);
            int code;
            if (words.equals(List.of("help"))) {
                session.out().text(CommandTree.summary(session) + SessionCommand.help());
                session.out().flush();
                code = ExitCode.DONE;
            } else {
                code = new Cli(session).run(words.toArray(new String[0]));
            }
            if (code != ExitCode.DONE) {
                int word = session.mistake();
                List<Integer> begins = statement.begins();
                show(
                        statement.text(),
                        word < 0 || begins.isEmpty()
                                ? -1
                                : word < begins.size()
                                        ? begins.get(word)
                                        : statement.text().stripTrailing().length());
            }
            if (own.timing()) {
                session.messages()
                        .line("Time: %s ms"
                                .formatted(String.format(Locale.ROOT, "%,.3f", (System.nanoTime() - begun) / 1e6)));
            }
            return code;
        }

        /** Shows the statement that failed where the user does not see it, and wherever there is one the place in it. */
        private void show(String statement, int place) {
            String before = lines.place().isEmpty() ? "  " : "  " + lines.place() + ": ";
            if (place >= 0) {
                session.messages().line(Caret.under(before, statement, place));
            } else if (!lines.place().isEmpty()) {
                session.messages().line(before + Text.printable(statement.strip()));
            }
        }
    }
}
