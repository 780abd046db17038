package io.blockdb.server.config;

import io.blockdb.db.Options;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The settings in force. Every component has the name of its setting in the file of settings, and is described there
 * ({@code blockdb-server --print-default-config}); here stand units and limits. All sizes are bytes.
 *
 * <p>Threading: immutable.
 *
 * @param database the data directory and the engine
 * @param server address and HTTP
 * @param tls certificates
 * @param limits what a stranger can make the server hold, read or wait for
 * @param cluster this node and its peers
 * @param auth who may do what
 * @param logging what is said, and where
 */
public record ServerConfig(
        Database database, Server server, Tls tls, Limits limits, Cluster cluster, Auth auth, Logging logging) {

    /**
     * The data directory and the engine.
     *
     * @param dataDir the data directory
     * @param memtableSizeLimit as {@link Options#memtableSizeLimit}
     * @param memtablesMax as {@link Options#memtablesMax}
     * @param walSyncInterval as {@link Options#walSyncIntervalMillis}; zero: every write is synced before it is answered
     * @param compactionThreshold as {@link Options#compactionThreshold}
     * @param blockchainBatchSize as {@link Options#blockchainBatchSize}
     * @param sstableSize as {@link Options#sstableSize}
     * @param openSstablesMax as {@link Options#openSstablesMax}
     * @param pageCacheSize as {@link Options#pageCacheSize}
     * @param segmentSize as {@link Options#segmentSize}
     * @param openSegmentsMax as {@link Options#openSegmentsMax}
     * @param inlineValueLimit as {@link Options#inlineValueLimit}
     * @param diskReserve as {@link Options#diskReserve}
     * @param diskWatermark free space below which the server refuses writes
     * @param signingKey as {@link Options#signingKey}
     * @param anchorPath as {@link Options#anchorPath}
     * @param checkpointInterval as {@link Options#checkpointIntervalMillis}
     * @param checkpointAtClose as {@link Options#checkpointAtClose}
     * @param scrubBytesPerSecond as {@link Options#scrubBytesPerSecond}
     * @param backupDir where backups that a client asks for are written; null: none are
     */
    public record Database(
            Path dataDir,
            long memtableSizeLimit,
            int memtablesMax,
            Duration walSyncInterval,
            int compactionThreshold,
            int blockchainBatchSize,
            long sstableSize,
            int openSstablesMax,
            long pageCacheSize,
            long segmentSize,
            int openSegmentsMax,
            int inlineValueLimit,
            long diskReserve,
            long diskWatermark,
            @Nullable Path signingKey,
            @Nullable Path anchorPath,
            Duration checkpointInterval,
            boolean checkpointAtClose,
            long scrubBytesPerSecond,
            @Nullable Path backupDir) {}

    /**
     * Address and HTTP.
     *
     * @param host name or address to listen on
     * @param port 0: one that the system chooses
     * @param requireSecurity whether it is refused to listen off loopback without TLS and authentication
     * @param maxConnections connections open at once
     * @param threadsMax threads that serve requests, at most
     * @param requestTimeout how long an answer may take, from the request's last byte
     * @param enableCors whether pages of other origins may call
     * @param corsOrigins which origins; {@code *}: all
     * @param enableCompression whether answers are compressed for clients that take it
     * @param shutdownTimeout how long requests in flight may take once the server is told to stop
     */
    public record Server(
            String host,
            int port,
            boolean requireSecurity,
            int maxConnections,
            int threadsMax,
            Duration requestTimeout,
            boolean enableCors,
            List<String> corsOrigins,
            boolean enableCompression,
            Duration shutdownTimeout) {}

    /**
     * Certificates. TLS is on when there is a certificate; then there is a key.
     *
     * @param certificate PEM file of the server's certificate and those between it and its root; null: no TLS
     * @param key PEM file of its private key (PKCS #8); null: no TLS
     * @param keyPassword what decrypts the key; null: it is not encrypted. A secret
     * @param keyPasswordFile file of {@code keyPassword}, read when the key is; null: none
     * @param clientCa PEM file of the certificates that those of clients must come from; null: no mutual TLS
     * @param clientAuth whether clients show a certificate
     */
    public record Tls(
            @Nullable Path certificate,
            @Nullable Path key,
            @Nullable String keyPassword,
            @Nullable Path keyPasswordFile,
            @Nullable Path clientCa,
            ClientAuth clientAuth) {
        /** Whether the server speaks TLS. */
        public boolean enabled() {
            return certificate != null;
        }

        /** All but the secret. */
        @Override
        public String toString() {
            return "Tls[certificate=" + certificate + ", key=" + key + ", clientCa=" + clientCa + ", clientAuth="
                    + clientAuth + "]";
        }
    }

    /**
     * What a stranger can make the server hold, read or wait for.
     *
     * @param bodySize bytes of a request's body
     * @param headerSize bytes of a request's line and headers, keys in the path included
     * @param keySize bytes of a key
     * @param valueSize bytes of a value
     * @param batchOperations operations of a batch
     * @param batchSize bytes of the keys and values of a batch
     * @param pageEntries entries of a page of a listing
     * @param pageSize bytes of the values of a page, after which it ends
     * @param requestsInFlight requests that are worked on at once
     * @param requestsPerAddress of these, from one address
     * @param headerTimeout how long a request's line and headers may take to arrive
     * @param bodyTimeout how long a request's body may take to arrive
     * @param idleTimeout how long a connection may do nothing
     * @param watchers live feeds open at once
     * @param watchBacklog bytes that may wait in memory for one watcher; more is read from the ledger as it takes it
     * @param watchHeartbeat how often a feed on which nothing happens gets a sign of life
     */
    public record Limits(
            int bodySize,
            int headerSize,
            int keySize,
            int valueSize,
            int batchOperations,
            int batchSize,
            int pageEntries,
            int pageSize,
            int requestsInFlight,
            int requestsPerAddress,
            Duration headerTimeout,
            Duration bodyTimeout,
            Duration idleTimeout,
            int watchers,
            int watchBacklog,
            Duration watchHeartbeat) {}

    /**
     * This node and its peers.
     *
     * @param nodeId what this node is called
     * @param name what the cluster is called, and at its birth the ledger
     * @param peers the other nodes, never this one; empty with {@code join} null: no cluster
     * @param join a member of a running cluster, as {@code host:port}; null: none
     * @param raftPort where peers are served; 0: {@code server.port} + 1000
     * @param heartbeatInterval how often a leader is heard from; at most half of {@code electionTimeout}
     * @param electionTimeout how long a node waits for its leader, at least
     * @param enableTransactions whether transactions across requests are served
     * @param transactionTimeout after how long one that is not ended is undone
     */
    public record Cluster(
            String nodeId,
            String name,
            List<Peer> peers,
            @Nullable String join,
            int raftPort,
            Duration heartbeatInterval,
            Duration electionTimeout,
            boolean enableTransactions,
            Duration transactionTimeout) {
        /** Whether this node is or is to be one of several. */
        public boolean clustered() {
            return !peers.isEmpty() || join != null;
        }
    }

    /**
     * Who may do what.
     *
     * @param enabled whether callers must say who they are
     * @param requireAuthForReads whether those who only read must too
     * @param sessionDuration how long a login lasts
     * @param passwordRounds rounds of PBKDF2 for passwords set from now on
     * @param lockoutFailures failed logins in a row before a principal is locked out
     * @param lockoutTime how long the first lock-out lasts; each further one twice as long
     * @param lockoutTimeMax how long one lasts at most
     * @param auditFile file of the trail of refused requests; null: it goes into the log
     */
    public record Auth(
            boolean enabled,
            boolean requireAuthForReads,
            Duration sessionDuration,
            int passwordRounds,
            int lockoutFailures,
            Duration lockoutTime,
            Duration lockoutTimeMax,
            @Nullable Path auditFile) {}

    /**
     * What is said, and where.
     *
     * @param level how much, by logger
     * @param file file of the log; null: standard error
     * @param format what a line is
     * @param fileSize size at which a new file is begun
     * @param filesKept how many full ones are kept
     * @param slowRequest requests that take longer are logged; zero: none are
     */
    public record Logging(
            LogLevels level,
            @Nullable Path file,
            LogFormat format,
            long fileSize,
            int filesKept,
            Duration slowRequest) {}

    /** The defaults of all settings. */
    public static ServerConfig defaults() {
        return of(Map.of());
    }

    /**
     * The defaults, but for some settings: for a server inside of another program.
     *
     * @param settings values by the full name of the setting, such as {@code server.port}, written as in the environment
     * @throws IllegalArgumentException if there is no such setting, or no such value of it
     */
    public static ServerConfig of(Map<String, String> settings) {
        Complaints complaints = new Complaints();
        Values values = new Values();
        for (Map.Entry<String, String> entry : settings.entrySet()) {
            Setting<?> setting = Settings.named(entry.getKey());
            if (setting == null) {
                complaints.unknown("", entry.getKey());
            } else {
                values.put(setting, entry.getValue(), Origin.given(entry.getKey()), complaints);
            }
        }
        Constraints.check(values, complaints);
        if (!complaints.isEmpty()) {
            throw new IllegalArgumentException(String.join("\n", complaints.list()));
        }
        return Settings.config(values);
    }

    /** The engine's options of these settings. */
    public Options options() {
        return Options.defaults()
                .withMemtableSizeLimit(database.memtableSizeLimit)
                .withMemtablesMax(database.memtablesMax)
                .withWalSyncIntervalMillis(database.walSyncInterval.toMillis())
                .withCompactionThreshold(database.compactionThreshold)
                .withBlockchainBatchSize(database.blockchainBatchSize)
                .withSstableSize(database.sstableSize)
                .withOpenSstablesMax(database.openSstablesMax)
                .withPageCacheSize(database.pageCacheSize)
                .withSegmentSize(database.segmentSize)
                .withOpenSegmentsMax(database.openSegmentsMax)
                .withInlineValueLimit(database.inlineValueLimit)
                .withDiskReserve(database.diskReserve)
                .withSigningKey(database.signingKey)
                .withAnchorPath(database.anchorPath)
                .withCheckpointIntervalMillis(database.checkpointInterval.toMillis())
                .withCheckpointAtClose(database.checkpointAtClose)
                .withScrubBytesPerSecond(database.scrubBytesPerSecond)
                .withLedgerName(cluster.name)
                .withNodeName(cluster.nodeId);
    }
}
