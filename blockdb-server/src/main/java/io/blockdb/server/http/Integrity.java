package io.blockdb.server.http;

import io.blockdb.db.Scrub;
import io.blockdb.db.VerifyReport;
import io.blockdb.server.metrics.Warnings;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * What is known of whether the ledger is whole: by the last verification that somebody asked for, or by the rounds in the background,
 * whichever ended last.
 *
 * <p>Threading: any thread.
 */
final class Integrity {
    private static final String DAMAGE = "damage";

    private final Warnings warnings;
    private volatile @Nullable Asked asked;

    /** @param warnings where damage is told */
    Integrity(Warnings warnings) {
        this.warnings = warnings;
    }

    /** How a verification ended, and when, in microseconds since the Unix epoch. */
    private record Asked(long micros, boolean valid) {}

    /**
     * What is known.
     *
     * @param verified whether everything was verified and found whole
     * @param text the same in words
     */
    record Known(boolean verified, String text) {}

    /** A verification of everything has ended. */
    void verified(VerifyReport report, Instant at) {
        if (report.valid()) {
            warnings.clear(DAMAGE);
        } else {
            warnings.raise(
                    DAMAGE,
                    "damage was found at " + at + ", first at "
                            + report.failures().get(0) + "; 'blockdb-cli verify' tells all of it");
        }
        asked = new Asked(ChronoUnit.MICROS.between(Instant.EPOCH, at), report.valid());
    }

    /** What is known, where verifying in the background has come so far. */
    Known known(Scrub scrub) {
        Asked last = asked;
        boolean byScrub = scrub.finishedAt() > 0 && (last == null || scrub.finishedAt() > last.micros());
        if (!byScrub && last == null) {
            return new Known(false, "not verified since the server was started");
        }
        boolean valid = byScrub || last == null ? scrub.failures().isEmpty() : last.valid();
        long micros = byScrub || last == null ? scrub.finishedAt() : last.micros();
        Instant at = Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
        return new Known(valid, (valid ? "verified at " : "DAMAGE was found at ") + at);
    }
}
