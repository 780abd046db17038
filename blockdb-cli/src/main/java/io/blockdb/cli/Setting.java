package io.blockdb.cli;

import org.jspecify.annotations.Nullable;

/**
 * The value of a setting and where it comes from: an option goes before its variable, a variable before the default.
 *
 * @param name its name, such as {@code data-dir}
 * @param value the value in force
 * @param origin {@code option}, the variable's name, or {@code default}
 */
record Setting(String name, String value, String origin) {
    /** The setting of that name. */
    static Setting of(Streams streams, String name, @Nullable String option, String otherwise) {
        if (option != null) {
            return new Setting(name, option, "option --" + name);
        }
        String variable = streams.variable(variable(name));
        return variable.isEmpty()
                ? new Setting(name, otherwise, "default")
                : new Setting(name, variable, "environment " + variable(name));
    }

    /** The variable of the environment that sets it. */
    String variable() {
        return variable(name);
    }

    /** The variable of a setting: {@code BLOCKDB_} and its name. */
    static String variable(String name) {
        return "BLOCKDB_" + name.replace('-', '_').toUpperCase(java.util.Locale.ROOT);
    }
}
