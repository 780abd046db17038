package io.blockdb.db;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What verifying in the background has come to since the database was opened.
 *
 * @param rounds how often everything was verified
 * @param finishedAt when the last round ended, in microseconds since the Unix epoch; 0 where none did
 * @param failures what the last round found that does not check out, the first place first
 * @param problem why the last round could not be finished, or null
 */
public record Scrub(
        long rounds,
        long finishedAt,
        List<VerifyReport.Failure> failures,
        @Nullable String problem) {
    /** Nothing was verified yet. */
    public static final Scrub NONE = new Scrub(0, 0, List.of(), null);
}
