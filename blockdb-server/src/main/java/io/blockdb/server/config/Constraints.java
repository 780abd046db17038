package io.blockdb.server.config;

import java.util.Optional;

/** What settings must be to each other. */
final class Constraints {
    private Constraints() {}

    /** Adds a complaint for everything that does not fit together. */
    static void check(Values values, Complaints complaints) {
        tls(values, complaints);
        if (values.get(ClusterSettings.HEARTBEAT_INTERVAL)
                        .multipliedBy(2)
                        .compareTo(values.get(ClusterSettings.ELECTION_TIMEOUT))
                > 0) {
            add(
                    values,
                    complaints,
                    ClusterSettings.HEARTBEAT_INTERVAL,
                    "must be at most half of cluster.election_timeout, which is "
                            + values.print(ClusterSettings.ELECTION_TIMEOUT) + " ms");
        }
        if (values.get(AuthSettings.LOCKOUT_TIME).compareTo(values.get(AuthSettings.LOCKOUT_TIME_MAX)) > 0) {
            add(
                    values,
                    complaints,
                    AuthSettings.LOCKOUT_TIME,
                    "must be at most auth.lockout_time_max, which is " + values.print(AuthSettings.LOCKOUT_TIME_MAX));
        }
        if (!values.get(ClusterSettings.PEERS).isEmpty()
                && !values.get(ClusterSettings.JOIN).isEmpty()) {
            add(values, complaints, ClusterSettings.JOIN, "cannot be set together with cluster.peers");
        }
    }

    private static void tls(Values values, Complaints complaints) {
        boolean certificate = values.get(ServerSettings.CERTIFICATE).isPresent();
        if (certificate != values.get(ServerSettings.KEY).isPresent()) {
            Setting<?> there = certificate ? ServerSettings.CERTIFICATE : ServerSettings.KEY;
            String missing = certificate ? "tls.key" : "tls.certificate";
            add(values, complaints, there, "needs " + missing + " as well");
        }
        Optional<?> authority = values.get(ServerSettings.CLIENT_CA);
        if (values.get(ServerSettings.CLIENT_AUTH) != ClientAuth.NONE && authority.isEmpty()) {
            add(
                    values,
                    complaints,
                    ServerSettings.CLIENT_AUTH,
                    "needs tls.client_ca, the authorities that certificates of clients must come from");
        }
        if (values.get(ServerSettings.CLIENT_AUTH) != ClientAuth.NONE && !certificate) {
            add(values, complaints, ServerSettings.CLIENT_AUTH, "needs TLS: set tls.certificate and tls.key");
        }
    }

    private static void add(Values values, Complaints complaints, Setting<?> setting, String what) {
        complaints.at(values.origin(setting).where(), setting.path() + " " + what);
    }
}
