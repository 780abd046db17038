package io.blockdb.server.config;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The table {@code [cluster]}: this node and its peers. */
final class ClusterSettings {
    private static final String SECTION = "cluster";
    private static final Pattern HOST_AND_PORT = Pattern.compile("(\\[[0-9A-Fa-f:.]+\\]|[^:\\s\\[\\]]+):([0-9]{1,5})");
    private static final Pattern LEDGER_NAME = Pattern.compile("[!-*,-~]{1,200}");

    static final Setting<String> NODE_ID = new Setting<>(
                    SECTION,
                    "node_id",
                    Kinds.text("a name of letters, digits, '.', '_' and '-'", Peer::isName),
                    "node1",
                    "What this node is called; no other node of the cluster may have the name.")
            .flag("--cluster-id")
            .variable("BLOCKDB_CLUSTER_ID", "BLOCKDB_NODE_ID");
    static final Setting<String> NAME = new Setting<>(
            SECTION,
            "name",
            Kinds.text(
                    "printable ASCII without space and '+'",
                    name -> LEDGER_NAME.matcher(name).matches()),
            "blockdb",
            "What the cluster is called, and a ledger that is born here: checkpoints carry it, so it is fixed then.");
    static final Setting<List<Peer>> PEERS = new Setting<>(
                    SECTION,
                    "peers",
                    Kinds.list(
                            "a list of nodes such as [\"node2:10.0.0.2:8080\"], each id:host:port or id:host:port:raftport",
                            Peer::parse,
                            Peer::toString),
                    "",
                    "The other nodes, as \"id:host:port\", with \":raftport\" where it is not port + 1000. [] and no join:",
                    "this node is alone.")
            .flag("--peers")
            .variable("BLOCKDB_PEERS");
    static final Setting<String> JOIN = new Setting<>(
                    SECTION,
                    "join",
                    Kinds.text("a member's address such as \"10.0.0.1:8080\", or \"\"", ClusterSettings::isAddress),
                    "",
                    "A member of a running cluster that this node is to join, as \"host:port\". \"\": none.")
            .flag("--join");
    static final Setting<Integer> RAFT_PORT = new Setting<>(
                    SECTION, "raft_port", Kinds.port(), "0", "Port for the peers; 0: server.port + 1000.")
            .flag("--raft-port");
    static final Setting<Duration> HEARTBEAT_INTERVAL = new Setting<>(
            SECTION,
            "heartbeat_interval",
            Kinds.time(Duration.ofMillis(10), Duration.ofMinutes(1), Duration.ofMillis(1)),
            "150",
            "Milliseconds between two signs of life of the leader; at most half of election_timeout.");
    static final Setting<Duration> ELECTION_TIMEOUT = new Setting<>(
            SECTION,
            "election_timeout",
            Kinds.time(Duration.ofMillis(50), Duration.ofMinutes(5), Duration.ofMillis(1)),
            "500",
            "Milliseconds without one after which a node stands for election.");
    static final Setting<Boolean> ENABLE_TRANSACTIONS = new Setting<>(
            SECTION,
            "enable_transactions",
            Kinds.yesOrNo(),
            "true",
            "Whether transactions over several requests are served.");
    static final Setting<Duration> TRANSACTION_TIMEOUT = new Setting<>(
            SECTION,
            "transaction_timeout",
            Kinds.time(Duration.ofSeconds(1), Duration.ofHours(24), Duration.ofSeconds(1)),
            "30",
            "Seconds after which one that nobody ended is undone.");

    static final List<Setting<?>> ALL = List.of(
            NODE_ID,
            NAME,
            PEERS,
            JOIN,
            RAFT_PORT,
            HEARTBEAT_INTERVAL,
            ELECTION_TIMEOUT,
            ENABLE_TRANSACTIONS,
            TRANSACTION_TIMEOUT);

    private ClusterSettings() {}

    private static boolean isAddress(String text) {
        Matcher matcher = HOST_AND_PORT.matcher(text);
        return text.isEmpty() || (matcher.matches() && Integer.parseInt(matcher.group(2)) <= 65_535);
    }

    static ServerConfig.Cluster config(Values values) {
        String own = values.get(NODE_ID);
        String join = values.get(JOIN);
        // An own entry is accepted, so that all nodes can be given the same list.
        List<Peer> others = values.get(PEERS).stream()
                .filter(peer -> !peer.id().equals(own))
                .toList();
        return new ServerConfig.Cluster(
                own,
                values.get(NAME),
                others,
                Optional.of(join).filter(text -> !text.isEmpty()).orElse(null),
                values.get(RAFT_PORT),
                values.get(HEARTBEAT_INTERVAL),
                values.get(ELECTION_TIMEOUT),
                values.get(ENABLE_TRANSACTIONS),
                values.get(TRANSACTION_TIMEOUT));
    }
}
