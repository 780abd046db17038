package io.blockdb.server.config;

import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** Which known word someone may have meant. */
public final class Spelling {
    private Spelling() {}

    /** The known word that takes the fewest edits, if these are few for its length; null: none is near. */
    public static @Nullable String nearest(String word, Collection<String> known) {
        String best = null;
        int bestEdits = 1 + Math.max(word.length() < 5 ? 1 : 2, word.length() / 4);
        for (String candidate : known) {
            int edits = edits(word, candidate);
            if (edits < bestEdits) {
                best = candidate;
                bestEdits = edits;
            }
        }
        return best;
    }

    /** Insertions, deletions and replacements that lead from one to the other; two rows of the usual table. */
    private static int edits(String from, String to) {
        int[] row = new int[to.length() + 1];
        for (int j = 0; j <= to.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            int[] next = new int[to.length() + 1];
            next[0] = i;
            for (int j = 1; j <= to.length(); j++) {
                int replaced = row[j - 1] + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                next[j] = Math.min(replaced, 1 + Math.min(row[j], next[j - 1]));
            }
            row = next;
        }
        return row[to.length()];
    }
}
