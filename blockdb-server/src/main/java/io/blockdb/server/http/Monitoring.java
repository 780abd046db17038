package io.blockdb.server.http;

import io.blockdb.server.metrics.Metrics;
import io.blockdb.server.metrics.Warnings;
import java.time.Instant;

/**
 * What the HTTP interface needs to tell how the server is.
 *
 * @param metrics where requests are counted
 * @param warnings what is warned of
 * @param version the server's version
 * @param startedAt when the server was started
 */
public record Monitoring(Metrics metrics, Warnings warnings, String version, Instant startedAt) {}
