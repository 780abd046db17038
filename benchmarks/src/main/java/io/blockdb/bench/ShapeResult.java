package io.blockdb.bench;

import java.util.List;
import java.util.Map;

/**
 * One part of the shape.
 *
 * @param part which
 * @param engine name of the engine
 * @param entries how many entries
 * @param valueSize length of a value, in bytes
 * @param figures what was measured, by name; the name ends with its unit
 * @param perSecond entries put in each slice of time, where the part has a curve
 */
record ShapeResult(
        ShapeWorker.Part part,
        String engine,
        long entries,
        int valueSize,
        Map<String, Double> figures,
        List<Double> perSecond) {}
