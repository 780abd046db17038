package io.blockdb.cli;

import java.util.Locale;

/** Sizes as people write and read them: bytes, or with KB, MB, GB or TB, each 1,024 of the one before. */
final class Sizes {
    private static final String[] UNITS = {"B", "KB", "MB", "GB", "TB"};

    private Sizes() {}

    /**
     * The bytes of a size such as {@code 65536}, {@code 64KB} or {@code 64 MB}.
     *
     * @throws UsageException if it is not a size
     */
    static long parse(String written) {
        String text = written.strip().toUpperCase(Locale.ROOT);
        int digits = 0;
        while (digits < text.length() && text.charAt(digits) >= '0' && text.charAt(digits) <= '9') {
            digits++;
        }
        String unit = text.substring(digits).strip();
        for (int i = 0; digits > 0 && digits <= 18 && i < UNITS.length; i++) {
            if (unit.equals(UNITS[i]) || (unit.isEmpty() && i == 0)) {
                long count = Long.parseLong(text.substring(0, digits));
                if (count <= Long.MAX_VALUE >> (10 * i)) {
                    return count << (10 * i);
                }
            }
        }
        throw new UsageException("'" + written + "' is not a size: write bytes, or a number with KB, MB or GB");
    }

    /**
     * The size in the largest unit that leaves at least 1: exact without decimals where it is a multiple, else with
     * one.
     */
    static String format(long bytes) {
        int unit = 0;
        while (unit < UNITS.length - 1 && bytes >= 1L << (10 * (unit + 1))) {
            unit++;
        }
        if ((bytes & ((1L << (10 * unit)) - 1)) == 0) {
            return (bytes >> (10 * unit)) + " " + UNITS[unit];
        }
        return String.format(Locale.ROOT, "%.1f %s", (double) bytes / (1L << (10 * unit)), UNITS[unit]);
    }
}
