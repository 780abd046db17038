package io.blockdb.cli;

import io.blockdb.cli.remote.Connection;
import io.blockdb.cli.remote.RemoteDatabase;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/**
 * Which server is asked, and how it is reached. A command whose arguments and variables name none does without the options, since
 * making them takes time.
 */
final class ServerSettings {
    /** The variable that stands for {@code --url}. */
    static final String URL_VARIABLE = "BLOCKDB_URL";

    private static final String TOKEN_VARIABLE = "BLOCKDB_TOKEN";
    private static final int TIMEOUT_MAX_SECONDS = 86_400;
    /** The options. */
    static final List<String> NAMES =
            List.of("--url", "--token-file", "--tls-ca", "--tls-cert", "--tls-key", "--timeout");

    @Option(
            names = "--url",
            paramLabel = "URL",
            scope = ScopeType.INHERIT,
            description = "Ask this server instead of opening a directory; default: $BLOCKDB_URL.")
    private @Nullable String url;

    @Option(names = "--token-file", paramLabel = "FILE", scope = ScopeType.INHERIT, hidden = true)
    private @Nullable String tokenFile;

    @Option(names = "--tls-ca", paramLabel = "FILE", scope = ScopeType.INHERIT, hidden = true)
    private @Nullable String authority;

    @Option(names = "--tls-cert", paramLabel = "FILE", scope = ScopeType.INHERIT, hidden = true)
    private @Nullable String certificate;

    @Option(names = "--tls-key", paramLabel = "FILE", scope = ScopeType.INHERIT, hidden = true)
    private @Nullable String key;

    @Option(names = "--timeout", paramLabel = "SECONDS", scope = ScopeType.INHERIT, hidden = true)
    private @Nullable String timeout;

    /** What the help of the whole command says of them. */
    static String[] help() {
        return new String[] {
            "  --token-file FILE      holds the token that says who asks; else $BLOCKDB_TOKEN does",
            "  --tls-ca FILE          trust the certificates of this authority only (PEM); default: Java's",
            "  --tls-cert FILE, --tls-key FILE",
            "                         the certificate with which this program shows who it is (PEM)",
            "  --timeout SECONDS      wait so long for an answer (default 30; what takes its time, such as",
            "                         verify and backup, is waited for without end unless this is given)",
            "",
            "Each can be set in the environment instead, as BLOCKDB_TLS_CA and so on."
        };
    }

    /** Whether the arguments of a command, or the variables, say anything of a server, or ask for help. */
    static boolean concern(Session session, Set<String> arguments) {
        boolean help = arguments.contains("--help") || arguments.contains("-h");
        if (help || !session.streams().variable(URL_VARIABLE).isEmpty()) {
            return true;
        }
        for (String argument : arguments) {
            for (String name : NAMES) {
                if (argument.startsWith(name)) {
                    return true;
                }
            }
        }
        return false;
    }

    /** {@code --url}, null where it is not given. */
    @Nullable
    String url() {
        return url;
    }

    /** Whether the command line sets any. */
    boolean given() {
        return url != null
                || tokenFile != null
                || authority != null
                || certificate != null
                || key != null
                || timeout != null;
    }

    /**
     * The database behind a server; nothing is sent yet.
     *
     * @throws UsageException if a setting is not what it must be
     * @throws IOException if a file that a setting names cannot be read
     */
    RemoteDatabase connect(String address, Session session) throws IOException {
        Streams streams = session.streams();
        String seconds = Setting.of(streams, "timeout", timeout, "").value();
        Connection.Settings settings = new Connection.Settings(
                address,
                path(streams, "token-file", tokenFile),
                streams.variable(TOKEN_VARIABLE),
                path(streams, "tls-ca", authority),
                path(streams, "tls-cert", certificate),
                path(streams, "tls-key", key),
                seconds.isEmpty() ? 0 : milliseconds(seconds),
                "blockdb-cli/" + Version.number());
        return new RemoteDatabase(Connection.to(settings, session.cancellation()::pause));
    }

    private static @Nullable Path path(Streams streams, String name, @Nullable String option) {
        Setting setting = Setting.of(streams, name, option, "");
        if (setting.value().isEmpty() && option == null) {
            return null;
        }
        if (setting.value().isEmpty()) {
            throw new UsageException("--" + name + ": the name of a file is missing");
        }
        try {
            return Path.of(setting.value());
        } catch (InvalidPathException e) {
            throw new UsageException(setting.origin() + ": " + e.getMessage());
        }
    }

    private static int milliseconds(String text) {
        try {
            double seconds = Double.parseDouble(text);
            if (seconds >= 0.001 && seconds <= TIMEOUT_MAX_SECONDS) {
                return (int) (seconds * 1000);
            }
        } catch (NumberFormatException e) {
            throw new UsageException("--timeout: '" + text + "' is no number of seconds");
        }
        throw new UsageException("--timeout takes 0.001 to 86,400 seconds");
    }

    /** Each with where its value comes from; of the token only whether there is one. */
    List<Setting> list(Streams streams) {
        boolean token = !streams.variable(TOKEN_VARIABLE).isEmpty();
        return List.of(
                Setting.of(streams, "url", url, "none"),
                Setting.of(streams, "token-file", tokenFile, "none"),
                token
                        ? new Setting("token", "set", "environment " + TOKEN_VARIABLE)
                        : new Setting("token", "none", "default"),
                Setting.of(streams, "tls-ca", authority, "Java's authorities"),
                Setting.of(streams, "tls-cert", certificate, "none"),
                Setting.of(streams, "tls-key", key, "none"),
                Setting.of(streams, "timeout", timeout, "30"));
    }
}
