/** What a server tells of itself to those who watch over it: metrics for Prometheus, and warnings. */
@NullMarked
package io.blockdb.server.metrics;

import org.jspecify.annotations.NullMarked;
