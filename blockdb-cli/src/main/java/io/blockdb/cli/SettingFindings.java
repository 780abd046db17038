package io.blockdb.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Every setting, with where its value comes from, and variables that are none. */
final class SettingFindings {
    private static final String SECTION = "setting";
    private static final String PREFIX = "BLOCKDB_";

    /** Variables that launchers read. */
    private static final List<String> OF_LAUNCHERS = List.of("BLOCKDB_CDS", "BLOCKDB_JAVA_HOME", "BLOCKDB_JAVA_OPTS");

    /** Variables that may hold what nobody else should read: said to be set, never shown. */
    private static final Set<String> SECRET = Set.of("TOKEN", "PASSWORD", "SECRET");

    private SettingFindings() {}

    /** All of them. */
    static List<Finding> all(RootCommand root, Streams streams) {
        List<Finding> findings = new ArrayList<>();
        List<String> known = new ArrayList<>(OF_LAUNCHERS);
        for (Setting setting : root.list()) {
            known.add(setting.variable());
            findings.add(Finding.ok(SECTION, setting.name(), setting.value() + " (" + setting.origin() + ")"));
        }
        for (Map.Entry<String, String> each : new TreeMap<>(streams.environment()).entrySet()) {
            String name = each.getKey();
            if (OF_LAUNCHERS.contains(name)) {
                findings.add(Finding.ok(SECTION, name, shown(name, each.getValue()) + " (environment)"));
            } else if (name.startsWith(PREFIX) && !known.contains(name)) {
                List<String> names = known.stream()
                        .map(variable -> variable.substring(PREFIX.length()))
                        .toList();
                String nearest = Mistyped.nearest(name.substring(PREFIX.length()), names);
                findings.add(Finding.warning(
                        SECTION,
                        name,
                        shown(name, each.getValue()) + " (environment): read by no command of this program",
                        nearest == null
                                ? "unset it, unless another program reads it"
                                : "did you mean " + PREFIX + nearest + "?"));
            }
        }
        return findings;
    }

    private static String shown(String name, String value) {
        return SECRET.stream().anyMatch(name::contains) ? "set" : value;
    }
}
