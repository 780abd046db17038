package io.blockdb.bench;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.ToDoubleFunction;

/** Measurements by size of values, workload, engine and round. */
final class Rounds {
    private record Place(int valueSize, String workload, String engine) {}

    private final Map<Place, TreeMap<Integer, Measurement>> byPlace = new HashMap<>();
    private final TreeSet<Integer> valueSizes = new TreeSet<>();

    Rounds(List<Measurement> measurements) {
        for (Measurement measurement : measurements) {
            byPlace.computeIfAbsent(
                            new Place(measurement.valueSize(), measurement.benchmark(), measurement.engine()),
                            place -> new TreeMap<>())
                    .put(measurement.round(), measurement);
            valueSizes.add(measurement.valueSize());
        }
    }

    /** Sizes of values, the smallest first. */
    List<Integer> valueSizes() {
        return List.copyOf(valueSizes);
    }

    /** A figure in each round. */
    Spread of(int valueSize, Workload workload, EngineKind engine, ToDoubleFunction<Measurement> figure) {
        return new Spread(at(valueSize, workload, engine).values().stream()
                .map(figure::applyAsDouble)
                .toList());
    }

    /** A figure of BlockDB divided by the same of RocksDB, in each round in which both took part. */
    Spread ratios(int valueSize, Workload workload, Workload rivalWorkload, ToDoubleFunction<Measurement> figure) {
        return ratios(valueSize, workload, EngineKind.BLOCKDB, rivalWorkload, figure);
    }

    /** A figure of an engine divided by the same of RocksDB, in each round in which both took part. */
    Spread ratios(
            int valueSize,
            Workload workload,
            EngineKind engine,
            Workload rivalWorkload,
            ToDoubleFunction<Measurement> figure) {
        TreeMap<Integer, Measurement> rival = at(valueSize, rivalWorkload, EngineKind.ROCKSDB);
        List<Double> ratios = new ArrayList<>();
        at(valueSize, workload, engine).forEach((round, measurement) -> {
            Measurement other = rival.get(round);
            if (other != null) {
                ratios.add(figure.applyAsDouble(measurement) / figure.applyAsDouble(other));
            }
        });
        return new Spread(ratios);
    }

    private TreeMap<Integer, Measurement> at(int valueSize, Workload workload, EngineKind engine) {
        return byPlace.getOrDefault(new Place(valueSize, workload.toString(), engine.toString()), new TreeMap<>());
    }
}
