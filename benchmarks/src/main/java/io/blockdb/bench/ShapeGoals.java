package io.blockdb.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What the shape of the curves is held to. */
final class ShapeGoals {
    private static final double STEADY = 0.8;
    private static final double P99_PER_P50 = 5;
    private static final double STALL_MILLIS = 100;
    private static final double BUSY = 0.9;
    private static final double HASHING_TIMES = 2;

    private ShapeGoals() {}

    /** One of them, and what became of it. */
    record Row(String what, String wanted, String found, Verdict verdict) {}

    static List<Row> of(ShapeResults shape, Rounds rounds) {
        List<Row> rows = new ArrayList<>();
        ShapeResult large = find(shape, ShapeWorker.Part.LARGE, 100);
        double steadiness = large == null ? Double.NaN : steadiness(large.perSecond());
        rows.add(atLeast(
                "steady: puts a second in the last fifth of the fill, by those in the second", steadiness, STEADY));
        double p50 = figure(large, "readBesideCompactionP50Micros");
        double p99 = figure(large, "readBesideCompactionP99Micros");
        rows.add(atMost("reads while compaction runs: p99 by p50", p99 / p50, P99_PER_P50, "×"));
        rows.add(atMost("longest put, large fill", figure(large, "putMaxMillis"), STALL_MILLIS, " ms"));
        for (int valueSize : rounds.valueSizes()) {
            double millis = rounds.of(valueSize, Workload.FILLRANDOM, EngineKind.BLOCKDB, Measurement::maxMicros)
                            .max()
                    / 1e3;
            rows.add(atMost("longest put, fillrandom, values of " + valueSize + " B", millis, STALL_MILLIS, " ms"));
        }
        rows.add(atMost(
                "space at rest after fillbatch per byte of key and value, 100 B",
                figure(find(shape, ShapeWorker.Part.SPACE, 100), "diskPerUserByte"),
                2.5,
                ""));
        rows.add(atMost(
                "space at rest after fillbatch per byte of key and value, 1 KiB",
                figure(find(shape, ShapeWorker.Part.SPACE, 1024), "diskPerUserByte"),
                1.2,
                ""));
        rows.add(verified(find(shape, ShapeWorker.Part.VERIFY, 1024)));
        return rows;
    }

    private static Row verified(@Nullable ShapeResult result) {
        double busy = figure(result, "verifyCpuSeconds") / figure(result, "verifySeconds");
        double times = figure(result, "verifySeconds") / figure(result, "hashingSeconds");
        Verdict verdict = Verdict.NOT_MEASURED;
        if (!Double.isNaN(busy)) {
            verdict = busy < BUSY ? Verdict.MISSED : times <= HASHING_TIMES ? Verdict.MET : Verdict.MUST_ONLY;
        }
        return new Row(
                "verify: bounded by hashing, not by seeking",
                "≥ 90 % of the time computing; goal: ≤ 2 × the hashing alone",
                "%s %%, %s ×".formatted(Figures.number(busy * 100), Figures.number(times)),
                verdict);
    }

    private static Row atLeast(String what, double found, double must) {
        return new Row(what, "≥ " + plain(must), Figures.number(found), Verdict.of(found, must, must, false));
    }

    private static Row atMost(String what, double found, double must, String unit) {
        String text = Double.isNaN(found) ? "–" : Figures.number(found) + unit;
        return new Row(what, "≤ " + plain(must) + unit, text, Verdict.of(found, must, must, true));
    }

    private static String plain(double value) {
        return value == Math.rint(value) ? "%.0f".formatted(value) : String.format(Locale.ROOT, "%.1f", value);
    }

    /** Puts a second in the last fifth, by those in the second fifth: in the first nothing is compacted yet. */
    static double steadiness(List<Double> perSecond) {
        int fifth = perSecond.size() / 5;
        if (fifth == 0) {
            return Double.NaN;
        }
        double second = mean(perSecond.subList(fifth, 2 * fifth));
        return mean(perSecond.subList(perSecond.size() - fifth, perSecond.size())) / second;
    }

    private static double mean(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).average().orElse(Double.NaN);
    }

    static @Nullable ShapeResult find(ShapeResults shape, ShapeWorker.Part part, int valueSize) {
        return shape.results().stream()
                .filter(result -> result.part() == part
                        && result.valueSize() == valueSize
                        && result.engine().equals(EngineKind.BLOCKDB.toString()))
                .findFirst()
                .orElse(null);
    }

    /** A figure; not a number where it was not measured. */
    static double figure(@Nullable ShapeResult result, String name) {
        Double value = result == null ? null : result.figures().get(name);
        return value == null ? Double.NaN : value;
    }
}
