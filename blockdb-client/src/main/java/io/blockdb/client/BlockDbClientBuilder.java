package io.blockdb.client;

import io.blockdb.proof.CheckpointVerifier;
import io.blockdb.proof.MalformedException;
import io.blockdb.proof.Signer;
import io.blockdb.proof.VerifierKey;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * How a {@link BlockDbClient} is made: {@link BlockDbClient#builder}.
 *
 * <p>Threading: one thread.
 */
public final class BlockDbClientBuilder {
    private static final int ANSWER_LENGTH_MAX = 64 << 20;

    private final List<URI> urls = new ArrayList<>();
    private Supplier<@Nullable String> tokens = () -> null;
    private @Nullable SSLContext tls;
    private Duration connectTimeout = Duration.ofSeconds(5);
    private Duration timeout = Duration.ofSeconds(15);
    private Duration patience = Duration.ofSeconds(60);
    private int answerLengthMax = ANSWER_LENGTH_MAX;
    private @Nullable CheckpointVerifier keys;
    private CheckpointStore store = CheckpointStore.inMemory();
    private Timing timing = Timing.SYSTEM;

    BlockDbClientBuilder(List<String> urls) {
        if (urls.isEmpty()) {
            throw new IllegalArgumentException("a client needs the address of a server, such as http://127.0.0.1:8080");
        }
        urls.forEach(url -> this.urls.add(parse(url)));
    }

    private static URI parse(String url) {
        URI uri = URI.create(url.endsWith("/") ? url.substring(0, url.length() - 1) : url);
        boolean web = "http".equalsIgnoreCase(uri.getScheme()) || "https".equalsIgnoreCase(uri.getScheme());
        if (!web
                || uri.getHost() == null
                || uri.getUserInfo() != null
                || uri.getQuery() != null
                || uri.getFragment() != null) {
            // A user in it would be a secret, so it is not shown.
            throw new IllegalArgumentException(
                    "the address of a server is http://host:port or https://host:port, perhaps with a" + " path; "
                            + (uri.getUserInfo() == null ? "not " + url : "a user belongs into the token"));
        }
        return uri;
    }

    /**
     * The token that proves who asks. Sent as it is: use https where others can listen.
     *
     * @param token as the server showed it when it was made
     */
    public BlockDbClientBuilder token(String token) {
        return token(() -> token);
    }

    /**
     * Where the token comes from. It is asked before every attempt, from any thread, and should answer at once; where a server does not
     * accept a token and another one is there by then, the call is sent again.
     */
    public BlockDbClientBuilder token(Supplier<@Nullable String> supplier) {
        this.tokens = supplier;
        return this;
    }

    /** Which certificates are trusted, and which one this client shows; else those of the JVM. */
    public BlockDbClientBuilder tls(SSLContext context) {
        this.tls = context;
        return this;
    }

    /** How long making a connection may take; 5 seconds unless said otherwise. */
    public BlockDbClientBuilder connectTimeout(Duration longest) {
        this.connectTimeout = positive(longest);
        return this;
    }

    /** How long one attempt may take, from sending to the end of the answer; 15 seconds unless said otherwise. */
    public BlockDbClientBuilder timeout(Duration longest) {
        this.timeout = positive(longest);
        return this;
    }

    /** How long after a call began another attempt may begin; a minute unless said otherwise. Zero: nothing is tried again. */
    public BlockDbClientBuilder retryFor(Duration longest) {
        if (longest.isNegative()) {
            throw new IllegalArgumentException("a duration must not be negative, is " + longest);
        }
        this.patience = longest;
        return this;
    }

    /** The longest answer that is taken, in bytes; 64 MiB unless said otherwise. */
    public BlockDbClientBuilder answerLengthMax(int bytes) {
        if (bytes < 1024) {
            throw new IllegalArgumentException("answers have 1024 bytes and more, so the limit cannot be " + bytes);
        }
        this.answerLengthMax = bytes;
        return this;
    }

    private static Duration positive(Duration duration) {
        if (duration.isNegative() || duration.isZero()) {
            throw new IllegalArgumentException("a timeout must be positive, is " + duration);
        }
        return duration;
    }

    /**
     * The ledger's verifier keys, without which nothing can be proved: {@code blockdb-cli key} prints them where the database is, and how
     * they come from there to here is what all proofs rest on. All keys are of one server; after its key was changed, both.
     *
     * @throws IllegalArgumentException if one is no verifier key, or they are not of one ledger
     */
    public BlockDbClientBuilder verifierKeys(String... published) {
        List<VerifierKey> parsed = new ArrayList<>();
        for (String key : published) {
            try {
                parsed.add(VerifierKey.parse(key));
            } catch (MalformedException e) {
                throw new IllegalArgumentException(e.getMessage(), e);
            }
        }
        return signers(List.of(new Signer(parsed)), 1);
    }

    /**
     * Several signers, of which so many must have signed a checkpoint: the nodes of a cluster, and a majority of them.
     *
     * @throws IllegalArgumentException if they are no set that can be trusted ({@link CheckpointVerifier})
     */
    public BlockDbClientBuilder signers(List<Signer> signers, int threshold) {
        this.keys = new CheckpointVerifier(signers, threshold);
        return this;
    }

    /** Where the newest checkpoint that was trusted is kept; in memory unless said otherwise. */
    public BlockDbClientBuilder checkpointStore(CheckpointStore where) {
        this.store = where;
        return this;
    }

    /** Time and chance of another kind, for tests. */
    BlockDbClientBuilder timing(Timing other) {
        this.timing = other;
        return this;
    }

    /** The client. No connection is made before the first call. */
    public BlockDbClient build() {
        HttpClient.Builder http = HttpClient.newBuilder()
                // Asking for HTTP/2 on every first request gains nothing: the server speaks 1.1.
                .version(HttpClient.Version.HTTP_1_1)
                // A redirection would send the token to whoever it names.
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(connectTimeout);
        if (tls != null) {
            http.sslContext(tls);
        }
        Transport transport = new Transport(http.build(), urls, tokens, patience, answerLengthMax, timing);
        return new BlockDbClient(transport, timeout, answerLengthMax, keys, store);
    }
}
