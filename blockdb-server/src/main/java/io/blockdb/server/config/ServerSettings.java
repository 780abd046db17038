package io.blockdb.server.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** The tables {@code [server]} and {@code [tls]}: address, HTTP, certificates. */
final class ServerSettings {
    private static final String SECTION = "server";
    private static final String TLS = "tls";
    private static final Pattern HOST = Pattern.compile("[A-Za-z0-9._:%-]{1,255}");
    private static final Pattern ORIGIN =
            Pattern.compile("\\*|https?://[A-Za-z0-9._~-]+(:[0-9]{1,5})?|https?://\\[[0-9A-Fa-f:.]+\\](:[0-9]{1,5})?");

    static final Setting<String> HOST_NAME = new Setting<>(
                    SECTION,
                    "host",
                    Kinds.text(
                            "a host name or an address",
                            host -> HOST.matcher(host).matches()),
                    "127.0.0.1",
                    "Name or address to listen on; \"0.0.0.0\": every address of this machine.")
            .flag("--host")
            .variable("BLOCKDB_HOST");
    static final Setting<Integer> PORT = new Setting<>(
                    SECTION,
                    "port",
                    Kinds.port(),
                    "8080",
                    "Port to listen on; 0: a free one, which the last start-up line names.")
            .flag("-p", "--port")
            .variable("BLOCKDB_SERVER_PORT", "BLOCKDB_PORT");
    static final Setting<Boolean> REQUIRE_SECURITY = new Setting<>(
                    SECTION,
                    "require_security",
                    Kinds.yesOrNo(),
                    "false",
                    "true: refuses to listen on an address that others can reach without TLS and authentication.",
                    "false: warns.")
            .shippedAs("true");
    static final Setting<Integer> MAX_CONNECTIONS = new Setting<>(
                    SECTION,
                    "max_connections",
                    Kinds.whole(1, 1_000_000),
                    "10000",
                    "Connections open at once; further ones wait until one closes. Each takes a file handle.")
            .flag("--max-connections");
    static final Setting<Integer> THREADS_MAX = new Setting<>(
            SECTION, "threads_max", Kinds.whole(8, 10_000), "200", "Threads that serve requests, at most.");
    static final Setting<Duration> REQUEST_TIMEOUT = new Setting<>(
                    SECTION,
                    "request_timeout",
                    Kinds.time(Duration.ofMillis(1), Duration.ofDays(1), Duration.ofSeconds(1)),
                    "30",
                    "Seconds that an answer may take, once the request is there.")
            .flag("--request-timeout");
    static final Setting<Boolean> ENABLE_CORS = new Setting<>(
                    SECTION,
                    "enable_cors",
                    Kinds.yesOrNo(),
                    "true",
                    "Whether web pages of other origins may call the server.")
            .flag("--disable-cors");
    static final Setting<List<String>> CORS_ORIGINS = new Setting<>(
            SECTION,
            "cors_origins",
            Kinds.list(
                    "a list of origins such as [\"https://app.example\"], or [\"*\"]",
                    origin -> ORIGIN.matcher(origin).matches() ? Optional.of(origin) : Optional.empty(),
                    origin -> origin),
            "*",
            "Which origins; [\"*\"]: all. Without authentication, any page that somebody near the server opens may then",
            "read and write: name the origins, or turn it off.");
    static final Setting<Boolean> ENABLE_COMPRESSION = new Setting<>(
                    SECTION,
                    "enable_compression",
                    Kinds.yesOrNo(),
                    "true",
                    "Whether answers are compressed for clients that take it.")
            .flag("--disable-compression");
    static final Setting<Duration> SHUTDOWN_TIMEOUT = new Setting<>(
            SECTION,
            "shutdown_timeout",
            Kinds.time(Duration.ZERO, Duration.ofHours(1), null),
            "30s",
            "How long requests in flight may take once the server is told to stop.");

    static final Setting<Optional<Path>> CERTIFICATE = new Setting<>(
            TLS,
            "certificate",
            Kinds.fileOrNone(),
            "",
            "PEM file of the server's certificate, with those between it and its root behind it. \"\": no TLS.");
    static final Setting<Optional<Path>> KEY = new Setting<>(
            TLS, "key", Kinds.fileOrNone(), "", "PEM file of its private key (PKCS #8; RSA, EC or Ed25519).");
    static final Setting<Optional<Path>> KEY_PASSWORD_FILE = new Setting<>(
            TLS,
            "key_password_file",
            Kinds.fileOrNone(),
            "",
            "File of the password of an encrypted key. The password itself may stand in BLOCKDB_TLS_KEY_PASSWORD.");
    static final Setting<String> KEY_PASSWORD = new Setting<>(
                    TLS,
                    "key_password",
                    Kinds.text("a password", password -> true),
                    "",
                    "Password of an encrypted key.")
            .asSecret();
    static final Setting<Optional<Path>> CLIENT_CA = new Setting<>(
            TLS,
            "client_ca",
            Kinds.fileOrNone(),
            "",
            "PEM file of the authorities that certificates of clients must come from.");
    static final Setting<ClientAuth> CLIENT_AUTH = new Setting<>(
            TLS,
            "client_auth",
            Kinds.word(ClientAuth.class),
            "none",
            "Whether clients show a certificate of their own: \"none\", \"optional\" or \"required\".");

    static final List<Setting<?>> ALL = List.of(
            HOST_NAME,
            PORT,
            REQUIRE_SECURITY,
            MAX_CONNECTIONS,
            THREADS_MAX,
            REQUEST_TIMEOUT,
            ENABLE_CORS,
            CORS_ORIGINS,
            ENABLE_COMPRESSION,
            SHUTDOWN_TIMEOUT,
            CERTIFICATE,
            KEY,
            KEY_PASSWORD_FILE,
            KEY_PASSWORD,
            CLIENT_CA,
            CLIENT_AUTH);

    private ServerSettings() {}

    static ServerConfig.Server config(Values values) {
        return new ServerConfig.Server(
                values.get(HOST_NAME),
                values.get(PORT),
                values.get(REQUIRE_SECURITY),
                values.get(MAX_CONNECTIONS),
                values.get(THREADS_MAX),
                values.get(REQUEST_TIMEOUT),
                values.get(ENABLE_CORS),
                values.get(CORS_ORIGINS),
                values.get(ENABLE_COMPRESSION),
                values.get(SHUTDOWN_TIMEOUT));
    }

    static ServerConfig.Tls tls(Values values) {
        String password = values.get(KEY_PASSWORD);
        return new ServerConfig.Tls(
                values.get(CERTIFICATE).orElse(null),
                values.get(KEY).orElse(null),
                password.isEmpty() ? null : password,
                values.get(KEY_PASSWORD_FILE).orElse(null),
                values.get(CLIENT_CA).orElse(null),
                values.get(CLIENT_AUTH));
    }
}
