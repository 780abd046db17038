package io.blockdb.cli;

import java.util.List;
import java.util.regex.Pattern;

/**
 * Takes out of what commands say what differs between two databases that were told the same: hashes, ids, times, durations, sizes
 * of files, places.
 */
final class Parity {
    private static final List<Pattern> DIFFERENT = List.of(
            Pattern.compile("blockdb\\.io/ledger/[0-9a-f]{32}\\S*|[a-z0-9.-]+/[0-9a-f]{32}"),
            Pattern.compile("\\b[0-9a-f]{64}\\b"),
            Pattern.compile("\\b[0-9a-f]{32}\\b"),
            Pattern.compile("\\b[0-9a-f]{8}\\b"),
            Pattern.compile("\\+[0-9a-f]{8}\\+[A-Za-z0-9+/=]{44}"),
            Pattern.compile("[A-Za-z0-9+/]{40,}={0,2}"),
            Pattern.compile("\\b1[0-9]{15}\\b"),
            Pattern.compile("\\b20\\d\\d-\\d\\d-\\d\\d[ T]\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?Z?"),
            Pattern.compile("(?<=in |_ms\":)\\d[0-9.,]* ?(ms|s|µs)?"));

    private Parity() {}

    /** The text without what differs. */
    static String of(String text) {
        String same = text;
        for (Pattern pattern : DIFFERENT) {
            same = pattern.matcher(same).replaceAll("*");
        }
        return same;
    }
}
