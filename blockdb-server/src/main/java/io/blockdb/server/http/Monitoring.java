package io.blockdb.server.http;

import io.blockdb.server.metrics.Metrics;
import io.blockdb.server.metrics.Warnings;
import java.time.Duration;
import java.time.Instant;

/**
 * What the HTTP interface needs to tell how the server is.
 *
 * @param metrics where requests are counted
 * @param warnings what is warned of
 * @param slowRequest requests that take at least so long are logged; zero: none are
 * @param version the server's version
 * @param startedAt when the server was started
 */
public record Monitoring(Metrics metrics, Warnings warnings, Duration slowRequest, String version, Instant startedAt) {}
