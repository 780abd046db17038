package io.blockdb.cli;

import java.util.Locale;

/** How long something took, as people read it. */
final class TimeTaken {
    private TimeTaken() {}

    /** What takes less than that, in the unit that fits: with three digits at most. */
    static String nanos(long nanos) {
        double number = nanos;
        String[] units = {"ns", "µs", "ms", "s"};
        int unit = 0;
        while (unit < units.length - 1 && number >= 1000) {
            number /= 1000;
            unit++;
        }
        String digits = unit == 0 || number >= 100 ? "%.0f" : number >= 10 ? "%.1f" : "%.2f";
        return String.format(Locale.ROOT, digits + " " + units[unit], number);
    }

    /** Milliseconds, or from a second on seconds. */
    static String format(long micros) {
        return micros < 1_000_000 ? micros / 1000 + " ms" : String.format(Locale.ROOT, "%,.1f s", micros / 1_000_000.0);
    }
}
