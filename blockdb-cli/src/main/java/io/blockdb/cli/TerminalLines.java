package io.blockdb.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.jline.reader.CompletingParsedLine;
import org.jline.reader.EOFError;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.ParsedLine;
import org.jline.reader.UserInterruptException;
import org.jline.reader.impl.DefaultParser;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jline.utils.Signals;
import org.jspecify.annotations.Nullable;

/**
 * Lines typed at a terminal, with history and completion. The only class that loads JLine, apart from the completer.
 *
 * <p>The history is kept where programs keep their state ({@code XDG_STATE_HOME}), readable by its owner only, since
 * lines hold values; a line begun with a blank is not kept.
 */
final class TerminalLines implements CommandLines {
    private final Terminal terminal;
    private final boolean dumb;
    private final LineReader reader;
    private final String prompt;

    TerminalLines(Session session, DatabaseSource source) throws IOException {
        this.terminal = TerminalBuilder.builder().name("blockdb-cli").build();
        // While a line is typed the reader has the signal; at other times it ends the command that runs.
        terminal.handle(Terminal.Signal.INT, signal -> session.cancellation().request());
        this.dumb = terminal.getType().startsWith(Terminal.TYPE_DUMB);
        if (dumb) {
            // There the library asks for no signals, and Ctrl-C would end the process.
            Signals.register("INT", () -> terminal.raise(Terminal.Signal.INT));
        }
        LineReaderBuilder builder = LineReaderBuilder.builder()
                .terminal(terminal)
                .appName("blockdb-cli")
                .parser(new ShellParser())
                .completer(new WordCompleter(session, source))
                .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
                .option(LineReader.Option.INSERT_TAB, false)
                .variable(LineReader.SECONDARY_PROMPT_PATTERN, "       > ");
        Path history = historyFile(session.streams());
        if (history != null) {
            builder.variable(LineReader.HISTORY_FILE, history);
        }
        this.reader = builder.build();
        this.prompt = session.style().strong("blockdb>") + " ";
    }

    @Override
    public @Nullable String next() throws IOException {
        String line = null;
        while (line == null) {
            try {
                line = reader.readLine(prompt);
            } catch (UserInterruptException e) {
                line = null; // Ctrl-C ends the line, not the session
                if (dumb) {
                    terminal.writer().println();
                }
            } catch (EndOfFileException e) {
                return null;
            }
        }
        return line;
    }

    @Override
    public String place() {
        return "";
    }

    @Override
    public void close() throws IOException {
        terminal.close();
    }

    /** The history's file, made if need be; null where there is no place for it. */
    private static @Nullable Path historyFile(Streams streams) {
        String state = streams.variable("XDG_STATE_HOME");
        String home = streams.variable("HOME");
        if (!state.startsWith("/") && !home.startsWith("/")) {
            return null;
        }
        Path directory = (state.startsWith("/") ? Path.of(state) : Path.of(home, ".local", "state")).resolve("blockdb");
        Path file = directory.resolve("history");
        try {
            Files.createDirectories(directory);
            if (!Files.exists(file)) {
                Files.createFile(
                        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            }
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
            return file;
        } catch (IOException | UnsupportedOperationException e) {
            return null; // a session without a history is better than none
        }
    }

    /** Asks for more lines while a quote is open, and leaves the splitting to {@link ShellWords}. */
    private static final class ShellParser extends DefaultParser {
        @Override
        public ParsedLine parse(String line, int cursor, ParseContext context) {
            if (SessionCommand.is(line)) {
                // A backslash is no escape here.
                List<String> words =
                        List.of(line.substring(0, cursor).stripLeading().split("\\s+", -1));
                return new Words(line, cursor, words);
            }
            if (context != ParseContext.ACCEPT_LINE) {
                return super.parse(line, cursor, context);
            }
            try {
                return new Words(line, cursor, ShellWords.split(line));
            } catch (ShellWords.Unfinished e) {
                throw new EOFError(-1, cursor, e.getMessage());
            }
        }
    }

    private record Words(String line, int cursor, List<String> words) implements CompletingParsedLine {
        @Override
        public String word() {
            return words.isEmpty() ? "" : words.get(words.size() - 1);
        }

        @Override
        public int wordCursor() {
            return word().length();
        }

        @Override
        public int wordIndex() {
            return Math.max(0, words.size() - 1);
        }

        @Override
        public CharSequence escape(CharSequence candidate, boolean complete) {
            return candidate;
        }

        @Override
        public int rawWordCursor() {
            return wordCursor();
        }

        @Override
        public int rawWordLength() {
            return word().length();
        }
    }
}
