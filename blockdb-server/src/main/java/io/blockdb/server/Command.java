package io.blockdb.server;

import io.blockdb.access.Principal;
import io.blockdb.base.CorruptionException;
import io.blockdb.server.config.ConfigException;
import io.blockdb.server.config.ConfigReader;
import io.blockdb.server.config.Exposure;
import io.blockdb.server.config.FileFailure;
import io.blockdb.server.config.LoadedConfig;
import io.blockdb.server.config.ServerConfig;
import io.blockdb.server.node.NodeStatus;
import io.blockdb.server.node.UnavailableException;
import io.blockdb.server.security.tls.Certificates;
import java.io.IOException;
import java.io.PrintStream;
import java.net.BindException;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * The command {@code blockdb-server}: reads the words and the settings, starts the server, says what it found, and stops when
 * it is told to. Standard output has a line a fact; warnings and errors go to standard error.
 */
final class Command {
    private static final int SIGNALLED = 128;
    private static final int SIGINT = 2;
    private static final int SIGTERM = 15;

    private final PrintStream out;
    private final PrintStream err;
    private final Map<String, String> environment;
    private final CountDownLatch stop = new CountDownLatch(1);

    Command(PrintStream out, PrintStream err, Map<String, String> environment) {
        this.out = out;
        this.err = err;
        this.environment = environment;
    }

    /** Does what the words ask for, and answers the exit code. */
    int run(String... words) {
        try {
            Arguments arguments = Arguments.parse(words);
            switch (arguments.task()) {
                case HELP -> out.print(Arguments.help());
                case VERSION -> {
                    out.println("blockdb-server " + Version.number() + " (revision " + Version.revision() + ")");
                    out.println("JVM " + Version.jvm());
                }
                case PRINT_DEFAULT_CONFIG -> out.print(ConfigReader.defaults());
                default -> {
                    ConfigReader reader = new ConfigReader(arguments.settings(), environment, arguments.file());
                    LoadedConfig loaded = reader.read();
                    loaded.notes().forEach(note -> err.println("Note: " + note));
                    return withSettings(arguments.task(), reader, loaded);
                }
            }
            return ExitCode.DONE;
        } catch (Arguments.UsageException e) {
            return fail(ExitCode.USAGE, e.getMessage());
        } catch (ConfigException e) {
            e.mistakes().forEach(mistake -> err.println("Error: " + mistake));
            return ExitCode.USAGE;
        } catch (IOException | RuntimeException e) {
            return failed(e, null);
        }
    }

    private int withSettings(Arguments.Task task, ConfigReader reader, LoadedConfig loaded) throws IOException {
        if (task == Arguments.Task.PRINT_CONFIG) {
            out.print(loaded.effective());
            return ExitCode.DONE;
        }
        ServerConfig config = loaded.config();
        Exposure exposure;
        try {
            exposure = Exposure.of(config);
        } catch (UnknownHostException e) {
            return fail(ExitCode.USAGE, "server.host: '" + config.server().host() + "' has no address");
        }
        if (config.server().requireSecurity() && exposure.open()) {
            return fail(ExitCode.USAGE, exposure.refusal(config));
        }
        exposure.warnings().values().forEach(warning -> err.println("Warning: " + warning));
        if (config.cluster().clustered()) {
            err.println(
                    "Warning: this version serves a single node: cluster.peers and cluster.join have no effect yet");
        }
        Certificates certificates = Certificates.read(config.tls(), Instant.now());
        if (certificates != null) {
            certificates.warnings().forEach(warning -> err.println("Warning: " + warning));
        }
        if (task == Arguments.Task.CHECK_CONFIG) {
            out.println("The settings are right" + (loaded.file() == null ? "" : ": " + loaded.file()));
            return ExitCode.DONE;
        }
        return serve(reader, loaded, certificates);
    }

    private int serve(ConfigReader reader, LoadedConfig loaded, @Nullable Certificates certificates)
            throws IOException {
        ServerConfig config = loaded.config();
        stopOn("TERM", SIGTERM);
        stopOn("INT", SIGINT);
        Logs logs = Logs.start(config.logging(), config.auth().auditFile());
        try {
            out.println("BlockDB " + Version.number() + " (revision " + Version.revision() + "), JVM " + Version.jvm());
            out.println("Settings: " + (loaded.file() == null ? "no file" : loaded.file()));
            out.println("Data directory: "
                    + config.database().dataDir().toAbsolutePath().normalize());
            try (Server server = Server.start(config)) {
                Signals.on("HUP", new Reload(reader, loaded, logs, server)::run);
                facts(config, server, certificates);
                stop.await();
                out.println("Stopping: finishing what is in flight");
            }
            out.println("Stopped");
            return ExitCode.DONE;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return ExitCode.COULD_NOT;
        } catch (IOException | RuntimeException e) {
            return failed(e, config.server());
        } finally {
            logs.stop();
        }
    }

    private void facts(ServerConfig config, Server server, @Nullable Certificates certificates) throws IOException {
        boolean administered = true;
        try {
            var notes = server.node().database().recoveryNotes();
            out.println("Recovery: " + (notes.isEmpty() ? "nothing to recover" : String.join("; ", notes)));
            administered = !config.auth().enabled()
                    || server.node().principals().list().stream().anyMatch(Principal::isAdmin);
        } catch (CorruptionException e) {
            // A damaged ledger is served for reading, and told of below; who is an admin may stand behind the damage.
            err.println("Warning: whether there is an admin cannot be told: " + e.getMessage());
        } catch (UnavailableException e) {
            // It is being opened again already. That is no reason to end; the log and /health tell what becomes of it.
            err.println("Warning: " + e.getMessage());
        }
        NodeStatus status = server.node().status();
        if (!status.ready()) {
            err.println("Warning: " + status.cause());
        }
        out.println(
                "Cluster: none, this node is alone (" + server.node().cluster().nodeId() + ")");
        out.println("TLS: " + (certificates == null ? "off" : certificates.description()));
        out.println("Authentication: " + (config.auth().enabled() ? "on" : "off"));
        if (config.auth().enabled() && !administered) {
            err.println("Warning: authentication is on, and there is no admin: stop the server, and make one with"
                    + " 'blockdb-cli -d DIR auth add-principal NAME --role admin' and 'auth set-password NAME'");
        }
        String host = config.server().host();
        out.println(
                "BlockDB server listening on " + (host.contains(":") ? "[" + host + "]" : host) + ":" + server.port());
    }

    /** The first signal stops the server in order, the second at once. */
    private void stopOn(String name, int number) {
        AtomicBoolean second = new AtomicBoolean();
        Signals.on(name, () -> {
            if (second.getAndSet(true)) {
                Runtime.getRuntime().halt(SIGNALLED + number);
            }
            stop.countDown();
        });
    }

    private int fail(int code, @Nullable String message) {
        err.println("Error: " + message);
        return code;
    }

    private int failed(Exception thrown, ServerConfig.@Nullable Server address) {
        for (Throwable cause = thrown; cause != null && address != null; cause = cause.getCause()) {
            if (cause instanceof BindException || cause instanceof UnresolvedAddressException) {
                return fail(
                        ExitCode.COULD_NOT,
                        "cannot listen on " + address.host() + ":" + address.port() + ": " + cause.getMessage());
            }
        }
        if (thrown instanceof CorruptionException) {
            return fail(
                    ExitCode.COULD_NOT,
                    thrown.getMessage()
                            + ". 'blockdb-cli verify' tells all damage, 'verify --repair' mends what can be");
        }
        if (thrown instanceof IOException) {
            return fail(ExitCode.COULD_NOT, FileFailure.text(thrown));
        }
        LoggerFactory.getLogger(Command.class).error("internal error", thrown);
        return fail(ExitCode.COULD_NOT, "internal error: " + thrown);
    }
}
