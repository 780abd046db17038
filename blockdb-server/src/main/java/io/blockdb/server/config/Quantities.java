package io.blockdb.server.config;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Sizes and times as people write them. */
final class Quantities {
    private static final Pattern NUMBER_AND_UNIT = Pattern.compile("([0-9]{1,15})\\s*([A-Za-z]*)");
    private static final String[] SIZE_UNITS = {"B", "KB", "MB", "GB", "TB"};
    private static final Map<String, Duration> TIME_UNITS = timeUnits();

    private Quantities() {}

    private static Map<String, Duration> timeUnits() {
        Map<String, Duration> units = new LinkedHashMap<>(); // the longest first
        units.put("d", Duration.ofDays(1));
        units.put("h", Duration.ofHours(1));
        units.put("m", Duration.ofMinutes(1));
        units.put("s", Duration.ofSeconds(1));
        units.put("ms", Duration.ofMillis(1));
        return units;
    }

    /** The bytes of {@code 65536}, {@code 64KB} or {@code 64 mb}, each unit 1,024 of the one before; empty if it is no size. */
    static Optional<Long> bytes(String written) {
        Matcher matcher = NUMBER_AND_UNIT.matcher(written.strip());
        if (!matcher.matches()) {
            return Optional.empty();
        }
        long number = Long.parseLong(matcher.group(1));
        String unit = matcher.group(2).toUpperCase(Locale.ROOT);
        for (int i = 0; i < SIZE_UNITS.length; i++) {
            if (unit.equals(SIZE_UNITS[i]) || (unit.isEmpty() && i == 0)) {
                return number <= Long.MAX_VALUE >> (10 * i) ? Optional.of(number << (10 * i)) : Optional.empty();
            }
        }
        return Optional.empty();
    }

    /** The size exactly, in the largest unit of which it is a multiple. */
    static String bytesText(long bytes) {
        int unit = 0;
        while (bytes > 0 && unit < SIZE_UNITS.length - 1 && (bytes & ((1L << (10 * (unit + 1))) - 1)) == 0) {
            unit++;
        }
        return (bytes >> (10 * unit)) + SIZE_UNITS[unit];
    }

    /**
     * The time of {@code 30s}, {@code 500ms}, {@code 2h} or {@code 7d}; empty if it is none.
     *
     * @param bare the unit of a number without one; null: there must be one
     */
    static Optional<Duration> time(String written, @Nullable Duration bare) {
        Matcher matcher = NUMBER_AND_UNIT.matcher(written.strip());
        if (!matcher.matches()) {
            return Optional.empty();
        }
        String name = matcher.group(2).toLowerCase(Locale.ROOT);
        Duration unit = name.isEmpty() ? bare : TIME_UNITS.get(name);
        long number = Long.parseLong(matcher.group(1));
        if (unit == null || number > Long.MAX_VALUE / unit.toNanos()) {
            return Optional.empty();
        }
        return Optional.of(unit.multipliedBy(number));
    }

    /** The time exactly, in the longest unit of which it is a multiple. */
    static String timeText(Duration time) {
        if (time.isZero()) {
            return "0s";
        }
        for (Map.Entry<String, Duration> unit : TIME_UNITS.entrySet()) {
            if (time.toNanos() % unit.getValue().toNanos() == 0) {
                return time.toNanos() / unit.getValue().toNanos() + unit.getKey();
            }
        }
        throw new IllegalArgumentException("finer than a millisecond: " + time);
    }

    /** What the unit is called. */
    static String unitName(Duration unit) {
        return switch ((int) unit.toMillis()) {
            case 1 -> "milliseconds";
            case 1000 -> "seconds";
            case 3_600_000 -> "hours";
            default -> throw new IllegalArgumentException("no unit: " + unit);
        };
    }
}
