package io.blockdb.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IExecutionStrategy;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Runs one command: parses, calls, turns whatever is thrown into one line and an exit code. */
final class Cli {
    private final Session session;

    Cli(Session session) {
        this.session = session;
    }

    /** Runs the command of the process. */
    int runProcess(String... decoded) {
        String[] arguments = Arguments.restore(decoded);
        if (arguments == null) {
            session.messages()
                    .error("an argument is not valid UTF-8; --key-encoding and --value-encoding take bytes as hex or"
                            + " base64");
            return ExitCode.USAGE;
        }
        return run(arguments);
    }

    /** Runs one command; its results are flushed when this returns. */
    int run(String... arguments) {
        CommandLine line = CommandTree.of(session, arguments);
        StringWriter help = new StringWriter(); // a PrintWriter would swallow what a full disk says
        PrintWriter err = new PrintWriter(session.messages().stream(), true, StandardCharsets.UTF_8);
        line.setOut(new PrintWriter(help, true)).setErr(err);
        Handlers handlers = new Handlers(line, arguments);
        line.setExecutionStrategy(handlers)
                .setParameterExceptionHandler(handlers)
                .setExecutionExceptionHandler(handlers);
        session.cancellation().begin();
        int code;
        try {
            code = line.execute(arguments);
        } finally {
            session.cancellation().end();
        }
        err.flush();
        return finish(code, help.toString(), debug(line));
    }

    /**
     * What picocli calls back. A class and no lambdas: those of picocli's interfaces cannot be kept in a class-data
     * archive, and the first lambda that is not costs as much as opening a database.
     */
    private final class Handlers implements IExecutionStrategy, IParameterExceptionHandler, IExecutionExceptionHandler {
        private final CommandLine line;
        private final String[] arguments;

        Handlers(CommandLine line, String... arguments) {
            this.line = line;
            this.arguments = arguments;
        }

        @Override
        public int execute(ParseResult parsed) {
            return Cli.this.execute(parsed, line);
        }

        @Override
        public int handleParseException(ParameterException e, String[] given) {
            return refuse(e, arguments);
        }

        @Override
        public int handleExecutionException(Exception e, CommandLine command, ParseResult parsed) {
            return fail(e, debug(line));
        }
    }

    private int execute(ParseResult parsed, CommandLine line) {
        try {
            session.chooseStyle(((RootCommand) line.getCommand()).colour());
        } catch (UsageException e) {
            return fail(e, debug(line));
        }
        line.setColorScheme(
                CommandLine.Help.defaultColorScheme(session.style() == Style.COLOURED ? Ansi.ON : Ansi.OFF));
        return new CommandLine.RunLast().execute(parsed);
    }

    private static boolean debug(CommandLine line) {
        return ((RootCommand) line.getCommand()).debug();
    }

    private int finish(int code, String help, boolean debug) {
        try {
            session.out().text(help);
            session.out().flush();
            return code;
        } catch (IOException e) {
            int failed = fail(e, debug);
            return failed == ExitCode.DONE ? code : failed;
        }
    }

    private int fail(Exception e, boolean debug) {
        try {
            session.out().flush();
        } catch (IOException unwritable) {
            e.addSuppressed(unwritable);
        }
        int code = Failure.of(e).report(session.messages());
        if (debug) {
            e.printStackTrace(session.messages().stream());
        }
        return code;
    }

    /** Words that do not parse: one line with what is wrong and what may have been meant. */
    private int refuse(ParameterException e, String[] arguments) {
        CommandLine command = e.getCommandLine();
        String message = String.valueOf(e.getMessage());
        session.mistake(Mistyped.index(e, arguments));
        if (e instanceof UnmatchedArgumentException unmatched) {
            // The tree may lack the command that was meant.
            if (command.getParent() == null && command.getSubcommands().size() < 10) {
                command = CommandTree.whole(session);
            }
            message = Mistyped.message(command, unmatched.getUnmatched());
        } else {
            message = Mistyped.suggest(message, e);
        }
        String name = command.getCommandSpec().qualifiedName();
        if (session.shared() != null) {
            name = name.substring(Math.min(name.length(), "blockdb-cli ".length()));
        }
        session.messages()
                .error(Mistyped.reword(message) + "; see '" + (name.isEmpty() ? "help" : name + " --help") + "'");
        if (debug(command.getCommandSpec().root().commandLine())) {
            e.printStackTrace(session.messages().stream());
        }
        return ExitCode.USAGE;
    }
}
