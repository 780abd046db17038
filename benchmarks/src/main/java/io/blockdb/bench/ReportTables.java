package io.blockdb.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** The tables of what was compared. */
final class ReportTables {
    private static final List<EngineKind> PAIR = List.of(EngineKind.BLOCKDB, EngineKind.ROCKSDB);

    private ReportTables() {}

    /** Throughput of all engines. */
    static void engines(Markdown page, Rounds rounds, int valueSize) {
        List<String> head = new ArrayList<>(List.of("workload"));
        for (EngineKind engine : EngineKind.values()) {
            head.add(engine.toString());
        }
        List<List<String>> rows = new ArrayList<>();
        for (Workload workload : Workload.values()) {
            List<String> row = new ArrayList<>(List.of(workload.title()));
            for (EngineKind engine : EngineKind.values()) {
                row.add(cell(rounds, valueSize, workload, engine));
            }
            if (row.stream().skip(1).anyMatch(cell -> !cell.equals("–"))) {
                rows.add(row);
            }
        }
        page.table(head, rows);
    }

    private static String cell(Rounds rounds, int valueSize, Workload workload, EngineKind engine) {
        if (workload.kind() == Workload.Kind.OPEN) {
            return rounds.of(valueSize, workload, engine, Measurement::p50Micros)
                    .text(Figures::time);
        }
        Spread spread = rounds.of(valueSize, workload, engine, Measurement::perSecond);
        return spread.text(workload == Workload.VERIFY ? Figures::megabytes : Figures::rate);
    }

    /** Percentiles of BlockDB and RocksDB. */
    static void latencies(Markdown page, Rounds rounds, int valueSize) {
        page.heading(3, "Latencies, values of " + valueSize + " bytes");
        List<List<String>> rows = new ArrayList<>();
        each(
                rounds,
                valueSize,
                List.of(Workload.values()),
                (workload, engine) -> rows.add(List.of(
                        workload.title(),
                        engine.toString(),
                        time(rounds, valueSize, workload, engine, Measurement::p50Micros),
                        time(rounds, valueSize, workload, engine, Measurement::p99Micros),
                        time(rounds, valueSize, workload, engine, Measurement::p999Micros),
                        time(rounds, valueSize, workload, engine, Measurement::maxMicros))));
        page.table(List.of("workload", "engine", "p50", "p99", "p99.9", "longest"), rows);
    }

    private static String time(
            Rounds rounds, int valueSize, Workload workload, EngineKind engine, ToDoubleFunction<Measurement> figure) {
        return Figures.time(rounds.of(valueSize, workload, engine, figure).median());
    }

    /** What BlockDB and RocksDB use besides time. */
    static void costs(Markdown page, Rounds rounds, int valueSize) {
        page.heading(3, "Costs, values of " + valueSize + " bytes");
        List<List<String>> rows = new ArrayList<>();
        List<Workload> shown = List.of(Workload.values()).stream()
                .filter(workload -> workload.kind() != Workload.Kind.OPEN && workload != Workload.VERIFY)
                .toList();
        each(rounds, valueSize, shown, (workload, engine) -> {
            ToDoubleFunction<ToDoubleFunction<Measurement>> median =
                    figure -> rounds.of(valueSize, workload, engine, figure).median();
            boolean writes = workload.kind() == Workload.Kind.FILL || workload == Workload.OVERWRITE;
            boolean rests = writes && !workload.synced();
            rows.add(List.of(
                    workload.title(),
                    engine.toString(),
                    Figures.number(median.applyAsDouble(Measurement::cpuMicros)) + " µs",
                    Figures.number(median.applyAsDouble(Measurement::heapPeakMb)) + " MB",
                    Figures.number(median.applyAsDouble(m -> m.gcCount())) + " / "
                            + Figures.number(median.applyAsDouble(m -> m.gcMillis())) + " ms",
                    writes ? Figures.ratio(median.applyAsDouble(Measurement::kernelPerUserByte)) : "–",
                    writes ? Figures.ratio(median.applyAsDouble(Measurement::devicePerUserByte)) : "–",
                    rests ? Figures.ratio(median.applyAsDouble(Measurement::diskPerUserByte)) : "–",
                    rests ? Figures.number(median.applyAsDouble(Measurement::settleSeconds)) + " s" : "–"));
        });
        page.table(
                List.of(
                        "workload",
                        "engine",
                        "processor",
                        "heap at most",
                        "collections",
                        "to kernel",
                        "to device",
                        "on disk",
                        "rest"),
                rows);
    }

    /** Takes a workload and an engine that were measured together. */
    @FunctionalInterface
    private interface Taker {
        void take(Workload workload, EngineKind engine);
    }

    private static void each(Rounds rounds, int valueSize, List<Workload> workloads, Taker taker) {
        for (Workload workload : workloads) {
            for (EngineKind engine : PAIR) {
                if (!rounds.of(valueSize, workload, engine, Measurement::seconds)
                        .isEmpty()) {
                    taker.take(workload, engine);
                }
            }
        }
    }
}
