package io.blockdb.bench;

import java.util.List;
import java.util.Map;

/**
 * What a comparison has shown.
 *
 * @param machine where
 * @param parameters how, in the words of the command line
 * @param measurements all that was measured
 * @param failures what did not end well
 */
record CompareResults(
        Machine machine, Map<String, String> parameters, List<Measurement> measurements, List<String> failures) {}
