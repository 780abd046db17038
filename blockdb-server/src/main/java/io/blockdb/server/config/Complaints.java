package io.blockdb.server.config;

import java.util.ArrayList;
import java.util.List;

/** What is wrong with the settings, all of it: a user who mends one mistake should not meet the next one only then. */
final class Complaints {
    private final List<String> list = new ArrayList<>();

    /** Adds one, found at a place. */
    void at(String where, String what) {
        list.add(where.isEmpty() ? what : where + ": " + what);
    }

    /** Adds that there is no setting of that name, with the one that may have been meant. */
    void unknown(String where, String path) {
        int dot = path.indexOf('.');
        List<String> known = new ArrayList<>();
        for (Setting<?> setting : Settings.ALL) {
            known.add(setting.path());
        }
        String nearest = Spelling.nearest(path, known);
        if (nearest == null) {
            String name = path.substring(dot + 1);
            nearest = known.stream()
                    .filter(candidate -> candidate.endsWith("." + name))
                    .findFirst()
                    .orElse(null);
        }
        at(where, "unknown setting '" + path + "'" + (nearest == null ? "" : " (did you mean '" + nearest + "'?)"));
    }

    /** Adds that a value is none of its setting. */
    void wrong(String where, Setting<?> setting, String found) {
        at(
                where,
                setting.path() + " must be " + setting.kind().expected()
                        + (setting.secret() ? "" : ", found " + found));
    }

    boolean isEmpty() {
        return list.isEmpty();
    }

    List<String> list() {
        return List.copyOf(list);
    }
}
