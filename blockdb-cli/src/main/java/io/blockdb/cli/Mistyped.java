package io.blockdb.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Says of a word that a command does not know what it may have been meant to be. */
final class Mistyped {
    private Mistyped() {}

    /** The message for the first of the unmatched arguments. */
    static String message(CommandLine command, List<String> unmatched) {
        String word = unmatched.get(0);
        List<String> known = new ArrayList<>();
        String kind;
        if (word.length() > 1 && word.startsWith("-")) {
            kind = "unknown option '" + word + "'";
            for (OptionSpec option : command.getCommandSpec().options()) {
                known.addAll(List.of(option.names()));
            }
            known.addAll(ServerSettings.NAMES); // which a command is made without unless an argument names one
        } else if (command.getSubcommands().isEmpty()) {
            return "unexpected argument '" + word + "'";
        } else {
            kind = "unknown command '" + word + "'";
            known.addAll(command.getSubcommands().keySet());
        }
        String nearest = nearest(word, known);
        if (nearest != null) {
            return kind + " (did you mean '" + nearest + "'?)";
        }
        return kind + (word.startsWith("-") ? " (a key or value that begins with - goes behind a --)" : "");
    }

    /** A message of the parser in the words of the others: begun in lower case, choices as they are typed. */
    static String reword(String message) {
        String text = message.strip()
                .replaceAll("\\.$", "")
                .replaceAll("' is not an? (int|long)$", "' is not a whole number");
        int choices = text.indexOf(" (case-insensitive)");
        if (choices > 0) {
            int begin = text.lastIndexOf('[', choices);
            text = text.substring(0, begin)
                    + text.substring(begin, choices).toLowerCase(Locale.ROOT)
                    + text.substring(choices + " (case-insensitive)".length());
        }
        return text.isEmpty() ? text : Character.toLowerCase(text.charAt(0)) + text.substring(1);
    }

    /** The message for a choice that is none, with the one that may have been meant. */
    static String suggest(String message, ParameterException e) {
        if (e.getArgSpec() == null || e.getValue() == null || e.getArgSpec().completionCandidates() == null) {
            return message;
        }
        String nearest = nearest(e.getValue(), e.getArgSpec().completionCandidates());
        return nearest == null ? message : message + " (did you mean '" + nearest + "'?)";
    }

    /**
     * Index of the argument that is to blame; the number of arguments where one is missing at their end, -1 where none
     * is to blame alone.
     */
    static int index(ParameterException e, String... arguments) {
        String word = e instanceof UnmatchedArgumentException unmatched
                ? unmatched.getUnmatched().get(0)
                : e.getValue();
        if (e instanceof MissingParameterException) {
            return arguments.length;
        }
        for (int i = arguments.length - 1; word != null && i >= 0; i--) {
            if (arguments[i].equals(word) || (arguments[i].startsWith("--") && arguments[i].endsWith("=" + word))) {
                return i;
            }
        }
        return -1;
    }

    /** The known word with the fewest edits, if these are few against its length. */
    static @Nullable String nearest(String word, Iterable<String> known) {
        String given = word.contains("=") ? word.substring(0, word.indexOf('=')) : word;
        String best = null;
        int bestEdits = 1 + Math.max(1, given.length() / 3);
        for (String candidate : known) {
            int edits = edits(given, candidate);
            if (edits < bestEdits && candidate.length() > 2) {
                best = candidate;
                bestEdits = edits;
            }
        }
        return best;
    }

    /** Insertions, deletions, replacements and swaps of neighbours that lead from one to the other. */
    private static int edits(String from, String to) {
        int[][] cost = new int[from.length() + 1][to.length() + 1];
        for (int i = 0; i <= from.length(); i++) {
            for (int j = 0; j <= to.length(); j++) {
                if (i == 0 || j == 0) {
                    cost[i][j] = i + j;
                    continue;
                }
                int changed = from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1;
                cost[i][j] = Math.min(cost[i - 1][j - 1] + changed, 1 + Math.min(cost[i - 1][j], cost[i][j - 1]));
                if (i > 1
                        && j > 1
                        && from.charAt(i - 1) == to.charAt(j - 2)
                        && from.charAt(i - 2) == to.charAt(j - 1)) {
                    cost[i][j] = Math.min(cost[i][j], cost[i - 2][j - 2] + 1);
                }
            }
        }
        return cost[from.length()][to.length()];
    }
}
