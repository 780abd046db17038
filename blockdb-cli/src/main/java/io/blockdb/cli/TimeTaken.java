package io.blockdb.cli;

import java.util.Locale;

/** How long something took, as people read it. */
final class TimeTaken {
    private TimeTaken() {}

    /** Milliseconds, or from a second on seconds. */
    static String format(long micros) {
        return micros < 1_000_000 ? micros / 1000 + " ms" : String.format(Locale.ROOT, "%,.1f s", micros / 1_000_000.0);
    }
}
