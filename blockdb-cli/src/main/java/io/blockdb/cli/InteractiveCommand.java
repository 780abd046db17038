package io.blockdb.cli;

import io.blockdb.db.BlockDb;
import io.blockdb.db.Options;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;

/** {@code interactive}: one command after the other on one open database. */
@Command(
        name = "interactive",
        description = "Type one command after the other, or pipe them in.",
        footer = {
            "",
            "Words are quoted as in a shell: 'a b', \"it's\", a\\ b. exit or quit leaves, so does Ctrl-D.",
            "Commands from a pipe: a line each, # begins a comment; one that fails is reported and the next is",
            "run, and at the end the exit code is 1.",
            "",
            "Examples:",
            "  blockdb-cli interactive",
            "  blockdb-cli -d /var/lib/blockdb interactive < commands.txt"
        })
final class InteractiveCommand extends BaseCommand {
    @Override
    public Integer call() throws IOException {
        Session session = session();
        if (session.shared() != null) {
            throw new UsageException("this is interactive mode already");
        }
        boolean terminal = session.streams().inIsTerminal() && session.streams().outIsTerminal();
        try (BlockDb db = open()) {
            OneShotSource.report(db, messages());
            session.share(new SharedSource(db));
            out().line("BlockDB Interactive Mode");
            if (terminal) {
                out().line("help lists the commands, exit leaves.");
            }
            out().flush();
            try (CommandLines lines = terminal
                    ? new TerminalLines(session, db)
                    : new PipedLines(session.streams().in())) {
                boolean failed = run(session, lines);
                return failed && !terminal ? ExitCode.NO : ExitCode.DONE;
            }
        } finally {
            session.share(null);
        }
    }

    private BlockDb open() throws IOException {
        Path directory = root().directory();
        Options options = root().options();
        try {
            return BlockDb.open(directory, options);
        } catch (FileSystemException e) {
            if (!unwritable(e)) {
                throw e;
            }
            BlockDb db = BlockDb.open(directory, options.withReadOnly(true).withCreateIfMissing(false));
            messages().note(directory + " cannot be written to: this session only reads");
            return db;
        }
    }

    private static boolean unwritable(FileSystemException e) {
        return e instanceof AccessDeniedException
                || String.valueOf(e.getReason()).contains("Read-only file system");
    }

    private boolean run(Session session, CommandLines lines) throws IOException {
        boolean failed = false;
        while (true) {
            int code;
            String line = "";
            try {
                String next = lines.next();
                if (next == null) {
                    return failed;
                }
                line = next;
                List<String> words = ShellWords.split(line);
                if (words.isEmpty()) {
                    continue;
                }
                if (words.size() == 1
                        && (words.get(0).equals("exit") || words.get(0).equals("quit"))) {
                    return failed;
                }
                code = run(session, words);
            } catch (UsageException | ShellWords.Unfinished e) {
                messages().error(Failure.text(e));
                code = ExitCode.USAGE;
            }
            if (code != ExitCode.DONE) {
                failed = true;
                if (!lines.place().isEmpty()) {
                    messages().line("  " + lines.place() + ": " + Text.printable(line.strip()));
                }
            }
        }
    }

    private static int run(Session session, List<String> words) throws IOException {
        if (words.size() == 1 && words.get(0).equals("help")) {
            session.out().text(CommandTree.summary(session));
            session.out().flush();
            return ExitCode.DONE;
        }
        return new Cli(session).run(words.toArray(new String[0]));
    }
}
