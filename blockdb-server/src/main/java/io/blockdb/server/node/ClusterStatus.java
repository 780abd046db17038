package io.blockdb.server.node;

import java.util.List;

/**
 * A cluster as one of its nodes knows it.
 *
 * @param clusterId the ledger's name at its birth
 * @param nodeId this node
 * @param state what this node is in it: {@code Leader}, {@code Follower} or {@code Candidate}
 * @param term Raft's term; 0 where no Raft runs
 * @param leader id of the leader, empty where none is known
 * @param members all members, this one included
 */
public record ClusterStatus(
        String clusterId, String nodeId, String state, long term, String leader, List<Member> members) {
    /** Copies the list. */
    public ClusterStatus {
        members = List.copyOf(members);
    }

    /**
     * One member.
     *
     * @param id its id
     * @param address host and port of its HTTP interface
     * @param state what it is in the cluster
     * @param lastHeartbeat when it was last heard of, in microseconds since the Unix epoch
     * @param matchHeight height of the newest block that it is known to have; 0 where that is not known
     */
    public record Member(String id, String address, String state, long lastHeartbeat, long matchHeight) {}
}
