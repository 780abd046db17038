package io.blockdb.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The charts of the report. */
final class Charts {
    private static final double WIDTH = 900;
    private static final double LEFT = 190;
    private static final double RIGHT = 70;
    private static final double ROW = 26;
    private static final double TOP = 64;
    /** The axis reaches from an eighth to sixteen times. */
    private static final double LOWEST = -3;

    private static final double HIGHEST = 4;

    private static final Map<Verdict, String> BARS = Map.of(
            Verdict.MET, "BlockDB: goal",
            Verdict.MUST_ONLY, "must",
            Verdict.MISSED, "missed",
            Verdict.NOT_MEASURED, "none set");

    private static final Map<EngineKind, String> COLOURS = new LinkedHashMap<>();

    static {
        COLOURS.put(EngineKind.ROCKSDB_DEFAULT, "#0969da");
        COLOURS.put(EngineKind.MVSTORE, "#8250df");
        COLOURS.put(EngineKind.LMDB, "#bf3989");
        COLOURS.put(EngineKind.SQLITE, "#1b7c83");
    }

    private Charts() {}

    /** Each workload's ratio to RocksDB: BlockDB's as a bar, with its goals, and the others' as dots. */
    static String ratios(Rounds rounds, int valueSize) {
        List<Workload> shown = new ArrayList<>();
        for (Workload workload : Workload.values()) {
            if (workload != Workload.VERIFY
                    && !ratio(rounds, valueSize, workload, EngineKind.BLOCKDB).isEmpty()) {
                shown.add(workload);
            }
        }
        double bottom = TOP + ROW * shown.size();
        Svg svg = new Svg(WIDTH, bottom + 34, "Speed as a ratio to RocksDB, values of " + valueSize + " bytes");
        svg.text(14, 24, Svg.Anchor.START, "title", "Speed as a ratio to RocksDB, values of " + valueSize + " bytes");
        legend(svg);
        for (double power = LOWEST; power <= HIGHEST; power++) {
            double x = x(Math.pow(2, power));
            svg.line(x, TOP - 4, x, bottom, power == 0 ? "axis" : "grid");
            String label = power < 0 ? "1/" + (int) Math.pow(2, -power) : (int) Math.pow(2, power) + "×";
            svg.text(x, bottom + 18, Svg.Anchor.MIDDLE, "dim", label);
        }
        for (int row = 0; row < shown.size(); row++) {
            row(svg, rounds, valueSize, shown.get(row), TOP + ROW * row);
        }
        return svg.toString();
    }

    private static void legend(Svg svg) {
        double x = LEFT;
        for (Verdict verdict : Verdict.values()) {
            String name = Objects.requireNonNull(BARS.get(verdict));
            svg.bar(x, x + 12, 36, 10, colour(verdict));
            svg.text(x + 17, 45, Svg.Anchor.START, "dim", name);
            x += 28 + 6.2 * name.length();
        }
        for (Map.Entry<EngineKind, String> entry : COLOURS.entrySet()) {
            String name = entry.getKey().toString();
            svg.dot(x + 5, 41, entry.getValue());
            svg.text(x + 14, 45, Svg.Anchor.START, "dim", name);
            x += 26 + 6.4 * name.length();
        }
    }

    private static void row(Svg svg, Rounds rounds, int valueSize, Workload workload, double y) {
        Spread spread = ratio(rounds, valueSize, workload, EngineKind.BLOCKDB);
        double middle = y + ROW / 2;
        svg.text(LEFT - 10, middle + 4, Svg.Anchor.END, "", workload.title());
        svg.bar(x(1), x(spread.median()), y + 6, ROW - 12, colour(rounds, valueSize, workload));
        svg.line(x(spread.min()), middle, x(spread.max()), middle, "axis");
        for (Goal goal : Goal.ALL) {
            if (isDrawn(goal, valueSize, workload)) {
                boolean time = goal.measure() == Goal.Measure.TIME;
                for (double bound : new double[] {goal.must(), goal.goal()}) {
                    double x = x(time ? 1 / bound : bound);
                    svg.line(x, y + 3, x, y + ROW - 3, "mark");
                }
            }
        }
        COLOURS.forEach((engine, colour) -> {
            Spread other = ratio(rounds, valueSize, workload, engine);
            if (!other.isEmpty()) {
                svg.dot(x(other.median()), middle, colour);
            }
        });
        svg.text(WIDTH - 12, middle + 4, Svg.Anchor.END, "", Figures.ratio(spread.median()) + "×");
    }

    private static boolean isDrawn(Goal goal, int valueSize, Workload workload) {
        return goal.valueSize() == valueSize
                && goal.workload() == workload
                && (goal.measure() == Goal.Measure.THROUGHPUT || goal.measure() == Goal.Measure.TIME);
    }

    private static String colour(Rounds rounds, int valueSize, Workload workload) {
        for (Goal goal : Goal.ALL) {
            if (isDrawn(goal, valueSize, workload)) {
                return colour(goal.verdict(rounds));
            }
        }
        return colour(Verdict.NOT_MEASURED);
    }

    private static String colour(Verdict verdict) {
        return switch (verdict) {
            case MET -> "#2da44e";
            case MUST_ONLY -> "#d4a72c";
            case MISSED -> "#cf222e";
            case NOT_MEASURED -> "#6e7781";
        };
    }

    /** How many times as fast as RocksDB: of opening, where times are compared, the other way round. */
    private static Spread ratio(Rounds rounds, int valueSize, Workload workload, EngineKind engine) {
        Workload rival = workload == Workload.FILLRANDOMONCE ? Workload.FILLRANDOM : workload;
        if (workload.kind() == Workload.Kind.OPEN) {
            return rounds.ratios(valueSize, workload, engine, rival, m -> 1 / m.p50Micros());
        }
        return rounds.ratios(valueSize, workload, engine, rival, Measurement::perSecond);
    }

    private static double x(double ratio) {
        double power = Math.max(LOWEST, Math.min(HIGHEST, Math.log(ratio) / Math.log(2)));
        return LEFT + (WIDTH - LEFT - RIGHT) * (power - LOWEST) / (HIGHEST - LOWEST);
    }

    /** Puts a second over the time of the large fill. */
    static String largeFill(ShapeResults shape) {
        List<ShapeResult> shown = shape.results().stream()
                .filter(result -> result.part() == ShapeWorker.Part.LARGE
                        && !result.perSecond().isEmpty())
                .toList();
        double seconds = 1;
        double most = 1;
        for (ShapeResult result : shown) {
            seconds = Math.max(seconds, result.perSecond().size() * ShapeWorker.SLICE_SECONDS);
            most = Math.max(
                    most, result.perSecond().stream().mapToDouble(d -> d).max().orElse(1));
        }
        double height = 300;
        double left = 70;
        Svg svg = new Svg(WIDTH, height + 40, "Puts a second while many entries are put in random order");
        svg.text(14, 24, Svg.Anchor.START, "title", "Puts a second while many entries are put in random order");
        double step = step(most, 5);
        for (double value = 0; value <= most + step * 0.01; value += step) {
            double y = height - (height - 56) * value / most;
            svg.line(left, y, WIDTH - 20, y, value == 0 ? "axis" : "grid");
            svg.text(left - 8, y + 4, Svg.Anchor.END, "dim", Figures.rate(value));
        }
        double tick = Math.max(1, step(seconds, 8));
        for (double at = 0; at <= seconds; at += tick) {
            svg.text(
                    left + (WIDTH - 20 - left) * at / seconds,
                    height + 18,
                    Svg.Anchor.MIDDLE,
                    "dim",
                    Figures.rate(at) + " s");
        }
        double legend = WIDTH - 220;
        for (ShapeResult result : shown) {
            List<double[]> points = new ArrayList<>();
            for (int i = 0; i < result.perSecond().size(); i++) {
                points.add(new double[] {
                    left + (WIDTH - 20 - left) * (i + 0.5) * ShapeWorker.SLICE_SECONDS / seconds,
                    height - (height - 56) * result.perSecond().get(i) / most
                });
            }
            String colour = result.engine().equals(EngineKind.BLOCKDB.toString()) ? "#2da44e" : "#0969da";
            svg.curve(points, colour);
            svg.bar(legend, legend + 14, 17, 4, colour);
            svg.text(legend + 20, 24, Svg.Anchor.START, "dim", result.engine());
            legend += 100;
        }
        return svg.toString();
    }

    /** A round distance between the lines of a grid. */
    private static double step(double range, int lines) {
        double rough = range / lines;
        double power = Math.pow(10, Math.floor(Math.log10(rough)));
        double first = rough / power;
        return power * (first <= 1 ? 1 : first <= 2 ? 2 : first <= 5 ? 5 : 10);
    }
}
