package io.blockdb.bench;

import java.util.List;
import java.util.Map;

/**
 * What measuring the shape has shown.
 *
 * @param machine where
 * @param parameters how, in the words of the command line
 * @param results all that was measured
 * @param failures what did not end well
 */
record ShapeResults(
        Machine machine, Map<String, String> parameters, List<ShapeResult> results, List<String> failures) {}
