package io.blockdb.server.config;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Another node of the cluster, written {@code id:host:port} or {@code id:host:port:raftport}; an IPv6 address in brackets.
 *
 * @param id its node id
 * @param host its name or address
 * @param port where it serves clients
 * @param raftPort where it serves its peers
 */
public record Peer(String id, String host, int port, int raftPort) {
    private static final Pattern FORM = Pattern.compile(
            "([^:]+):(\\[[0-9A-Fa-f:.]+(?:%[A-Za-z0-9]+)?\\]|[^:\\s\\[\\]]+):([0-9]{1,5})(?::([0-9]{1,5}))?");
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

    /** How far a node's port for its peers is from the one for its clients, where nothing else is said. */
    static final int RAFT_PORT_DISTANCE = 1000;

    /** The peer of that text; empty if it is none. */
    static Optional<Peer> parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches() || !isName(matcher.group(1))) {
            return Optional.empty();
        }
        int port = Integer.parseInt(matcher.group(3));
        String written = matcher.group(4);
        int raftPort = written == null ? port + RAFT_PORT_DISTANCE : Integer.parseInt(written);
        boolean ports = port >= 1 && port <= 65_535 && raftPort >= 1 && raftPort <= 65_535;
        return ports ? Optional.of(new Peer(matcher.group(1), matcher.group(2), port, raftPort)) : Optional.empty();
    }

    /** Whether a node can be called so. */
    static boolean isName(String text) {
        return NAME.matcher(text).matches();
    }

    /** As it is written, with the fourth part only where it is needed. */
    @Override
    public String toString() {
        String text = id + ":" + host + ":" + port;
        return raftPort == port + RAFT_PORT_DISTANCE ? text : text + ":" + raftPort;
    }
}
