package io.blockdb.bench;

import java.util.List;
import java.util.function.DoubleFunction;

/**
 * Values of several rounds.
 *
 * @param sorted the values, the lowest first
 */
record Spread(List<Double> sorted) {
    Spread {
        sorted = sorted.stream().sorted().toList();
    }

    boolean isEmpty() {
        return sorted.isEmpty();
    }

    double min() {
        return isEmpty() ? Double.NaN : sorted.get(0);
    }

    /** The middle one, or between the middle two; not a number where there is none. */
    double median() {
        if (isEmpty()) {
            return Double.NaN;
        }
        int half = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(half) : (sorted.get(half - 1) + sorted.get(half)) / 2;
    }

    double max() {
        return isEmpty() ? Double.NaN : sorted.get(sorted.size() - 1);
    }

    /** Lowest, median and highest; of one value only that, of none a dash. */
    String text(DoubleFunction<String> format) {
        return switch (sorted.size()) {
            case 0 -> "–";
            case 1 -> format.apply(median());
            default -> format.apply(min()) + "–" + format.apply(median()) + "–" + format.apply(max());
        };
    }
}
