package io.blockdb.cli;

import io.blockdb.cli.remote.Health;
import io.blockdb.cli.remote.RemoteDatabase;
import java.io.IOException;
import java.util.List;

/** What a server says of itself: whether it answers, whether it is well. */
final class ServerFindings {
    private static final String SECTION = "server";

    private ServerFindings() {}

    /** Adds all of them; that nobody answers is one. Returns whether somebody does. */
    static boolean addTo(List<Finding> findings, RemoteDatabase server) {
        Health health;
        try {
            health = server.health();
        } catch (IOException e) {
            findings.add(
                    Finding.problem(SECTION, "address", Failure.text(e), "see whether it runs, and what its log says"));
            return false;
        }
        findings.add(Finding.ok(SECTION, "address", server.place() + " answers"));
        findings.add(Finding.ok(SECTION, "version", health.version()));
        String cause = health.cause();
        String status = health.status() + (cause == null || cause.isEmpty() ? "" : ": " + cause);
        findings.add(
                health.isHealthy()
                        ? Finding.ok(SECTION, "state", status)
                        : Finding.problem(SECTION, "state", status, "see what its log says"));
        for (String warning : health.warnings()) {
            findings.add(Finding.warning(SECTION, "warning", warning, "mend its configuration, unless it is meant so"));
        }
        if (!server.isSecure()) {
            findings.add(Finding.ok(SECTION, "TLS", "is not spoken: whoever is between can read and change"));
        }
        return true;
    }
}
