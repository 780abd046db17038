package io.blockdb.cli.database;

import io.blockdb.db.Stats;
import org.jspecify.annotations.Nullable;

/**
 * The figures of a database.
 *
 * @param signedAt when a checkpoint was signed last, in microseconds since the Unix epoch; null: none was, or it is not known
 */
public record Figures(Stats stats, @Nullable Long signedAt) {}
