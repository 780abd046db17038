package io.blockdb.cli.remote;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.NoRouteToHostException;
import java.net.Proxy;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Speaks HTTP with one server, by {@link HttpURLConnection}: {@code java.net.http} takes half a second to load. Connections are kept
 * by the JDK from one request to the next.
 *
 * <p>A request whose answer did not come is sent again only where doing it twice is doing it once.
 *
 * <p>Threading: one thread at a time.
 */
public final class Connection {
    static {
        // Whether a write may be sent again is decided here, and not by the JDK, which would send any POST again.
        System.setProperty("sun.net.http.retryPost", "false");
    }

    private static final int TIMEOUT_MILLIS = 30_000;
    private static final int CONNECT_TIMEOUT_MILLIS = 10_000;
    /** An answer that is longer is none of ours: a page of a listing ends at some 8 MB. */
    private static final int ANSWER_LENGTH_MAX = 256 << 20;

    private static final int ATTEMPTS = 5;
    private static final long FIRST_PAUSE_NANOS = 100_000_000L;
    private static final int RETRY_AFTER_SECONDS_MAX = 10;
    /** Answers after which the same may be asked again later: too many requests, and what a server or a proxy cannot now. */
    private static final Set<Integer> MAY_PASS = Set.of(429, 502, 503, 504);

    private static final int TOKEN_LENGTH_MAX = 8192;

    /**
     * Which server, and how it is reached.
     *
     * @param url its address, such as {@code http://127.0.0.1:8080}
     * @param tokenFile holds the token that says who asks; null: {@code token} does
     * @param token the token; empty: nobody is named
     * @param authority certificates, in PEM, of the authorities that are trusted; null: those that Java trusts
     * @param certificate the own certificate in PEM, with those that lead to its authority; null: none is shown
     * @param key its private key in PEM (PKCS #8)
     * @param timeoutMillis how long an answer is waited for; 0: 30 seconds, and without an end for what takes its time
     * @param agent what this program calls itself
     */
    public record Settings(
            String url,
            @Nullable Path tokenFile,
            String token,
            @Nullable Path authority,
            @Nullable Path certificate,
            @Nullable Path key,
            int timeoutMillis,
            String agent) {
        /** Without the token. */
        @Override
        public String toString() {
            return "Settings[url=" + url + "]";
        }
    }

    /** Waits between two attempts. */
    public interface Pause {
        /** Waits for so long, in nanoseconds; throws if whoever waits has given up. */
        void nanos(long nanos);
    }

    private final ServerUrl server;
    private final Settings settings;
    private final String token;
    private final Pause pause;
    private final @Nullable Tls tls;
    /** Whether the server has answered before: then it is there, and comes back. */
    private boolean reached;

    private Connection(ServerUrl server, Settings settings, String token, Pause pause, @Nullable Tls tls) {
        this.server = server;
        this.settings = settings;
        this.token = token;
        this.pause = pause;
        this.tls = tls;
    }

    /**
     * A connection to a server; nothing is sent yet.
     *
     * @throws IllegalArgumentException if a setting is not what it must be
     * @throws IOException if a file that a setting names cannot be read
     */
    public static Connection to(Settings settings, Pause pause) throws IOException {
        ServerUrl server = ServerUrl.parse(settings.url());
        if ((settings.certificate() == null) != (settings.key() == null)) {
            throw new IllegalArgumentException("--tls-cert and --tls-key go together");
        }
        boolean own = settings.authority() != null || settings.certificate() != null;
        Tls tls = server.secure() && own ? Tls.of(settings) : null;
        return new Connection(server, settings, token(settings), pause, tls);
    }

    private static String token(Settings settings) throws IOException {
        Path file = settings.tokenFile();
        String origin = file == null ? "BLOCKDB_TOKEN" : "--token-file " + file;
        String token = file == null ? settings.token() : read(file, origin);
        token = token.strip();
        if (file != null && token.isEmpty()) {
            throw new IllegalArgumentException(origin + " is empty");
        }
        if (token.length() > TOKEN_LENGTH_MAX || !token.chars().allMatch(c -> c > ' ' && c < 127)) {
            throw new IllegalArgumentException(origin + " holds no token: one has no blanks, and is a line of its own");
        }
        return token;
    }

    private static String read(Path file, String origin) throws IOException {
        try {
            if (Files.size(file) > TOKEN_LENGTH_MAX) {
                throw new IllegalArgumentException(origin + " holds no token: it has " + Files.size(file) + " bytes");
            }
            return Files.readString(file);
        } catch (NoSuchFileException e) {
            throw new IllegalArgumentException(origin + ": there is no such file", e);
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException(origin + " holds no token: it is no text", e);
        }
    }

    boolean isSecure() {
        return server.secure();
    }

    /** Host and port of the server. */
    String place() {
        return server.place();
    }

    /**
     * Sends a request and waits for its answer, whatever that says.
     *
     * @throws IOException if there is no answer; the message names the server and says what to do
     */
    Answer send(Call call) throws IOException {
        long wait = FIRST_PAUSE_NANOS;
        for (int attempt = 1; ; attempt++) {
            try {
                Answer answer = once(call);
                reached = true;
                if (attempt == ATTEMPTS || !again(call, answer)) {
                    return answer;
                }
                int seconds = Math.min(answer.retryAfterSeconds(), RETRY_AFTER_SECONDS_MAX);
                wait = Math.max(wait, seconds * 1_000_000_000L);
            } catch (IOException e) {
                boolean useless = e instanceof SSLException
                        || e instanceof UnknownHostException
                        || e instanceof SocketTimeoutException; // so long was to be waited, and no longer
                boolean answers = reached || !neverSent(e);
                if (attempt == ATTEMPTS || useless || !answers || !call.isRepeatable() && !neverSent(e)) {
                    throw told(e, call);
                }
            }
            pause.nanos(wait);
            wait *= 3;
        }
    }

    /** Whether an answer says that the same may be asked again, and that this may help. */
    private static boolean again(Call call, Answer answer) throws IOException {
        switch (answer.status()) {
            case 429:
            case HttpURLConnection.HTTP_UNAVAILABLE:
                return answer.retryAfterSeconds() >= 0 && answer.retryAfterSeconds() <= RETRY_AFTER_SECONDS_MAX;
            case HttpURLConnection.HTTP_GATEWAY_TIMEOUT:
                return call.isRepeatable() && answer.isJson() && answer.fields().truth("retry_safe");
            default:
                return false;
        }
    }

    private static boolean neverSent(IOException e) {
        return e instanceof ConnectException
                || e instanceof NoRouteToHostException
                || e instanceof UnknownHostException
                || e instanceof SocketTimeoutException
                        && String.valueOf(e.getMessage()).startsWith("Connect");
    }

    private Answer once(Call call) throws IOException {
        int given = settings.timeoutMillis();
        return answer(begin(call, given > 0 ? given : call.isPatient() ? 0 : TIMEOUT_MILLIS));
    }

    /**
     * Sends a request whose answer goes on without an end, and waits until it begins.
     *
     * @param silenceMillis for how long nothing may come before reading fails
     * @return the connection, whose answer is there to be read; who takes it disconnects it
     * @throws UnavailableException if the server is not reached, or cannot now: coming again may help
     * @throws IOException if it does not do what it was asked
     */
    HttpURLConnection stream(Call call, int silenceMillis) throws IOException {
        HttpURLConnection http;
        try {
            http = begin(call, silenceMillis);
            if (http.getResponseCode() == HttpURLConnection.HTTP_OK
                    && mediaType(http.getContentType()).equals(call.accept())) {
                return http;
            }
        } catch (SSLException | UnknownHostException e) {
            throw told(e, call);
        } catch (IOException e) {
            throw new UnavailableException(told(e, call), 0);
        }
        Answer answer = answer(http);
        try {
            Refusal.check(answer);
        } catch (IOException e) {
            if (MAY_PASS.contains(answer.status())) {
                throw new UnavailableException(e, answer.retryAfterSeconds());
            }
            throw e;
        }
        throw new IOException(answer.notOurs());
    }

    /** What was asked for cannot be had now. */
    static final class UnavailableException extends IOException {
        private static final long serialVersionUID = 1L;

        private final int retryAfterSeconds;

        private UnavailableException(IOException cause, int retryAfterSeconds) {
            super(cause.getMessage(), cause);
            this.retryAfterSeconds = retryAfterSeconds;
        }

        /** When to ask again; 0 or less: not said. */
        int retryAfterSeconds() {
            return retryAfterSeconds;
        }
    }

    private HttpURLConnection begin(Call call, int readTimeoutMillis) throws IOException {
        call.noteSent();
        HttpURLConnection http = (HttpURLConnection) server.resolve(call.path()).openConnection(Proxy.NO_PROXY);
        if (tls != null && http instanceof HttpsURLConnection https) {
            https.setSSLSocketFactory(tls.sockets());
        }
        int given = settings.timeoutMillis();
        http.setRequestMethod(call.method());
        http.setInstanceFollowRedirects(false); // a token is for this server alone
        http.setUseCaches(false);
        http.setConnectTimeout(given > 0 ? Math.min(given, CONNECT_TIMEOUT_MILLIS) : CONNECT_TIMEOUT_MILLIS);
        http.setReadTimeout(readTimeoutMillis);
        http.setRequestProperty("Accept", call.accept());
        http.setRequestProperty("User-Agent", settings.agent());
        if (!token.isEmpty()) {
            http.setRequestProperty("Authorization", "Bearer " + token);
        }
        if (call.idempotencyKey() != null) {
            http.setRequestProperty("Idempotency-Key", call.idempotencyKey());
        }
        if (call.lastEventId() != null) {
            http.setRequestProperty("Last-Event-ID", call.lastEventId());
        }
        byte[] body = call.body();
        if (body != null) {
            http.setRequestProperty("Content-Type", "application/json");
            http.setDoOutput(true);
            http.getOutputStream().write(body);
        }
        return http;
    }

    private Answer answer(HttpURLConnection http) throws IOException {
        int status = http.getResponseCode();
        if (status < 0) {
            throw new SocketException("the answer is no HTTP");
        }
        return new Answer(server.place(), status, mediaType(http.getContentType()), body(http, status), after(http));
    }

    private static byte[] body(HttpURLConnection http, int status) throws IOException {
        try (InputStream in =
                status >= HttpURLConnection.HTTP_BAD_REQUEST ? http.getErrorStream() : http.getInputStream()) {
            if (in == null) {
                return new byte[0];
            }
            ByteArrayOutputStream bytes =
                    new ByteArrayOutputStream((int) Math.max(1024, Math.min(http.getContentLengthLong(), 1 << 20)));
            byte[] part = new byte[16 << 10];
            for (int n = in.read(part); n >= 0; n = in.read(part)) {
                if (bytes.size() + n > ANSWER_LENGTH_MAX) {
                    throw new SocketException("the answer is longer than " + (ANSWER_LENGTH_MAX >> 20) + " MB");
                }
                bytes.write(part, 0, n);
            }
            return bytes.toByteArray();
        }
    }

    private static String mediaType(@Nullable String header) {
        if (header == null) {
            return "";
        }
        int end = header.indexOf(';');
        return (end < 0 ? header : header.substring(0, end)).strip().toLowerCase(Locale.ROOT);
    }

    private static int after(HttpURLConnection http) {
        return http.getHeaderFieldInt("Retry-After", -1);
    }

    /** A failure in the words of who reads it. */
    private IOException told(IOException e, Call call) {
        String at = "the server at " + server.place();
        String unknown = call.method().equals("GET") ? "" : "; whether it was done is not known";
        if (e instanceof UnknownHostException) {
            return new IOException("cannot reach " + at + ": there is no such host; check --url", e);
        }
        if (e instanceof SSLException) {
            return new IOException(
                    "cannot speak TLS with " + at + ": " + cause(e)
                            + "; --tls-ca says whose certificates are trusted, --tls-cert and --tls-key show one"
                            + " where the server asks for it, and http:// is without TLS",
                    e);
        }
        if (e instanceof SocketTimeoutException && !neverSent(e)) {
            return new IOException(
                    at + " did not answer in time" + unknown + "; --timeout waits longer, and 'doctor' says how it is",
                    e);
        }
        if (neverSent(e)) {
            String why = e instanceof SocketTimeoutException ? "nobody answers" : cause(e);
            return new IOException(
                    "cannot reach " + at + ": " + why + "; start it with 'blockdb-server', or check --url", e);
        }
        return new IOException("the connection to " + at + " broke: " + cause(e) + unknown, e);
    }

    private static String cause(IOException e) {
        String message = String.valueOf(e.getMessage());
        return message.replaceAll(" \\(.*\\)$", "").toLowerCase(Locale.ROOT).startsWith("connection refused")
                ? "connection refused"
                : message;
    }
}
