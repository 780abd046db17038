package io.blockdb.server.config;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Who can reach the server, and what stands between.
 *
 * @param loopback whether only this machine reaches it
 * @param encrypted whether it speaks TLS
 * @param authenticated whether callers must say who they are
 */
public record Exposure(boolean loopback, boolean encrypted, boolean authenticated) {
    /**
     * That of these settings.
     *
     * @throws UnknownHostException if the host has no address
     */
    public static Exposure of(ServerConfig config) throws UnknownHostException {
        boolean loopback = Arrays.stream(
                        InetAddress.getAllByName(config.server().host()))
                .allMatch(InetAddress::isLoopbackAddress);
        return new Exposure(loopback, config.tls().enabled(), config.auth().enabled());
    }

    /** Whether others reach it without TLS or without authentication. */
    public boolean open() {
        return !loopback && !(encrypted && authenticated);
    }

    /** What is open to whom, a sentence each by a short name, with what closes it; empty where nothing is. */
    public Map<String, String> warnings() {
        Map<String, String> warnings = new LinkedHashMap<>();
        if (!loopback && !encrypted) {
            warnings.put(
                    "no_tls",
                    "others can reach this address, and without TLS they can read and change what is sent;"
                            + " set tls.certificate and tls.key");
        }
        if (!loopback && !authenticated) {
            warnings.put(
                    "no_authentication",
                    "others can reach this address, and without authentication they can read and write everything;"
                            + " set auth.enabled = true");
        }
        return warnings;
    }

    /**
     * Why the server does not start where security is required, with the ways to it.
     *
     * @param config the settings that this is of
     */
    public String refusal(ServerConfig config) {
        List<String> missing = new ArrayList<>();
        if (!encrypted) {
            missing.add("TLS (set tls.certificate and tls.key to PEM files)");
        }
        if (!authenticated) {
            missing.add("authentication (set auth.enabled = true, and make the first admin with 'blockdb-cli auth')");
        }
        return "server.require_security is true, and others can reach "
                + config.server().host() + ": it takes "
                + String.join(" and ", missing)
                + ". Or listen on 127.0.0.1, or set server.require_security = false to run open with a warning";
    }
}
