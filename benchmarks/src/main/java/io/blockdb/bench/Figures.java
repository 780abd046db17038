package io.blockdb.bench;

import java.util.Locale;

/** Numbers as the report writes them: with as many digits as they are good for. */
final class Figures {
    private Figures() {}

    /** Operations or entries a second. */
    static String rate(double value) {
        if (Double.isNaN(value)) {
            return "–";
        }
        if (value >= 9_995_000) {
            return format("%.1fM", value / 1e6);
        }
        if (value >= 999_500) {
            return format("%.2fM", value / 1e6);
        }
        return value >= 9_995 ? format("%.0fk", value / 1e3) : format("%,.0f", value);
    }

    /** Bytes a second. */
    static String megabytes(double value) {
        return format("%,.0f MB", value / 1e6);
    }

    /** A ratio, or bytes per byte. */
    static String ratio(double value) {
        return format("%.2f", value);
    }

    /** A time given in microseconds. */
    static String time(double micros) {
        if (Double.isNaN(micros)) {
            return "–";
        }
        if (micros >= 100_000) {
            return format("%,.0f ms", micros / 1e3);
        }
        if (micros >= 1_000) {
            return format("%.1f ms", micros / 1e3);
        }
        return micros >= 100 ? format("%.0f µs", micros) : format("%.2f µs", micros);
    }

    /** A number with three digits. */
    static String number(double value) {
        if (Double.isNaN(value)) {
            return "–";
        }
        return value >= 100 ? format("%,.0f", value) : value >= 10 ? format("%.1f", value) : format("%.2f", value);
    }

    private static String format(String pattern, double value) {
        return Double.isNaN(value) ? "–" : String.format(Locale.ROOT, pattern, value);
    }
}
