package io.blockdb.cli;

import io.blockdb.db.Options;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/**
 * The whole command: its global options, which may stand before and behind a command's name. Alone it prints its help.
 */
@Command(
        name = "blockdb-cli",
        synopsisHeading = "Usage: ",
        customSynopsis = "blockdb-cli [-d DIR | --url URL] COMMAND [ARGUMENT...]",
        header = "An append-only database that can prove what it says.%n",
        versionProvider = Version.class,
        optionListHeading = "%nOptions, before or behind the command:%n",
        footer = {
            "",
            "Examples:",
            "  blockdb-cli put greeting \"hello world\"",
            "  blockdb-cli get greeting",
            "  blockdb-cli -d /var/lib/blockdb scan --prefix user/ --output jsonl",
            "  blockdb-cli --url http://127.0.0.1:8080 get greeting",
            "  blockdb-cli verify",
            "  blockdb-cli help put",
            "",
            "Results go to standard output, everything else to standard error. Keys and values are text unless",
            "an option says otherwise. An argument that begins with - goes behind a --, as in: put -- -k -v",
            "",
            "BLOCKDB_OUTPUT sets the format for commands that can write it, as --output does for one. An option",
            "goes before its variable. NO_COLOR and TERM=dumb are heeded."
        })
final class RootCommand implements Callable<Integer> {
    private static final String DEFAULT_DIRECTORY = "./blockdb_data";

    private final Session session;

    @Spec
    private CommandSpec spec;

    @Option(
            names = {"-d", "--data-dir"},
            paramLabel = "DIR",
            scope = ScopeType.INHERIT,
            description = "The database; default: $BLOCKDB_DATA_DIR, else " + DEFAULT_DIRECTORY + ".")
    private @Nullable Path dataDirectory;

    @Option(
            names = "--color",
            paramLabel = "WHEN",
            scope = ScopeType.INHERIT,
            description = "auto (on a terminal), always or never; default: $BLOCKDB_COLOR, else auto.")
    private @Nullable Colour colour;

    @Option(names = "--debug", scope = ScopeType.INHERIT, description = "Show the stack trace of an error.")
    private boolean debug;

    @Mixin
    private EngineSettings settings;

    private final ServerSettings server = new ServerSettings();

    RootCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        spec.commandLine().usage(spec.commandLine().getOut());
        return ExitCode.DONE;
    }

    Session session() {
        return session;
    }

    boolean debug() {
        return debug;
    }

    /** {@code --color}, null where it is not given. */
    @Nullable
    Colour colour() {
        return colour;
    }

    /** How a server is reached; read from the arguments where one of them concerns it. */
    ServerSettings serverSettings() {
        return server;
    }

    /**
     * The address of the server that was asked for, or null where a directory was.
     *
     * @throws UsageException if both were
     */
    @Nullable
    String url() {
        String given = server.url();
        if (given != null && dataDirectory != null) {
            throw new UsageException("--url and --data-dir name two databases: give one of them");
        }
        String variable = session.streams().variable(ServerSettings.URL_VARIABLE);
        if (given != null || dataDirectory != null || variable.isEmpty()) {
            return given;
        }
        if (!session.streams().variable("BLOCKDB_DATA_DIR").isEmpty()) {
            throw new UsageException(
                    "BLOCKDB_URL and BLOCKDB_DATA_DIR name two databases: unset one of them, or say --url or --data-dir");
        }
        return variable;
    }

    /** Whether the command's database is behind a server. */
    boolean remote() {
        DatabaseSource shared = session.shared();
        return shared == null ? url() != null : shared.directory() == null;
    }

    /**
     * Holds that the database's own directory was named, for what only who has it can do.
     *
     * @param what needs it, such as an option
     * @param instead what to do where there is only a server
     * @throws UsageException if a server was named
     */
    void requireDirectory(String what, String instead) {
        if (remote()) {
            throw new UsageException(what + " needs the database's own directory, not a server: " + instead);
        }
    }

    /**
     * The directory that was asked for.
     *
     * @throws UsageException if no directory can have such a name
     */
    Path directory() {
        Path directory = dataDirectory;
        DatabaseSource shared = session.shared();
        if (directory == null && shared != null) {
            directory = shared.directory();
        }
        if (directory == null) {
            String variable = session.streams().variable("BLOCKDB_DATA_DIR");
            try {
                directory = Path.of(variable.isEmpty() ? DEFAULT_DIRECTORY : variable);
            } catch (InvalidPathException e) {
                throw new UsageException("BLOCKDB_DATA_DIR: " + e.getMessage());
            }
        }
        if (directory.toString().isEmpty()) {
            throw new UsageException("--data-dir is empty");
        }
        return directory;
    }

    /** Every setting of the command line, with where its value comes from. */
    List<Setting> list() {
        Streams streams = session.streams();
        List<Setting> list = new ArrayList<>();
        list.add(Setting.of(
                streams,
                "data-dir",
                dataDirectory == null && session.shared() == null
                        ? null
                        : directory().toString(),
                DEFAULT_DIRECTORY));
        list.addAll(server.list(streams));
        list.add(Setting.of(streams, "output", null, "by command"));
        list.add(Setting.of(streams, "color", colour == null ? null : colour.toString(), "auto"));
        list.addAll(settings.list(streams));
        return list;
    }

    /** The engine's options that were asked for. */
    Options options() {
        return settings.options(session.streams());
    }

    /**
     * Where the command gets its database.
     *
     * @throws UsageException if it asks for another one, or another setting, than the session's
     */
    DatabaseSource database() throws IOException {
        DatabaseSource shared = session.shared();
        if (shared == null) {
            String url = url();
            return url == null ? new OneShotSource(directory(), options(), session.messages()) : server(url);
        }
        if (dataDirectory != null || settings.given() || server.given()) {
            throw new UsageException("the session has its database open: leave it to use another directory or setting");
        }
        return shared;
    }

    /** The server of that address. Declared as any source: picocli loads what the methods of a command name. */
    DatabaseSource server(String url) throws IOException {
        if (settings.given()) {
            throw new UsageException("the settings of the engine are the server's own: they do not go with --url");
        }
        return new RemoteSource(server.connect(url, session));
    }
}
