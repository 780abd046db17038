package io.blockdb.cli;

import io.blockdb.db.Options;
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
        customSynopsis = "blockdb-cli [-d DIR] COMMAND [ARGUMENT...]",
        header = "An append-only database that can prove what it says.%n",
        versionProvider = Version.class,
        optionListHeading = "%nOptions, before or behind the command:%n",
        footer = {
            "",
            "Examples:",
            "  blockdb-cli put greeting \"hello world\"",
            "  blockdb-cli get greeting",
            "  blockdb-cli -d /var/lib/blockdb scan --prefix user/ --output jsonl",
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

    /**
     * The directory that was asked for.
     *
     * @throws UsageException if no directory can have such a name
     */
    Path directory() {
        Path directory = dataDirectory;
        DatabaseSource shared = session.shared();
        if (directory == null && shared != null) {
            return shared.directory();
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
    DatabaseSource database() {
        DatabaseSource shared = session.shared();
        if (shared == null) {
            return new OneShotSource(directory(), options(), session.messages());
        }
        if (dataDirectory != null || settings.given()) {
            throw new UsageException("the session has its database open: leave it to use another directory or setting");
        }
        return shared;
    }
}
