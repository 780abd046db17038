package io.blockdb.server.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Settings as text: the default file, the shipped one, and what is in force. */
final class ConfigText {
    private static final List<String> HEAD = List.of(
            "# The settings of blockdb-server: each with its default, and why it is there.",
            "#",
            "# A flag of the command goes before the environment, the environment before this file, this file before the",
            "# default. The server reads the file that --config or BLOCKDB_CONFIG names, else blockdb.toml in the directory",
            "# that it is started in. Every setting has a variable: BLOCKDB_, its table, its name, in capitals, such as",
            "# BLOCKDB_LIMITS_BODY_SIZE; further flags and variables stand beside the setting.",
            "#",
            "# Sizes are bytes or text such as \"64MB\" (1,024 KB each), times are text such as \"500ms\", \"30s\", \"15m\", \"12h\".",
            "# 'blockdb-server --check-config' says what is wrong with a file, '--print-config' what is in force and why.");

    private static final Map<String, String> ABOUT = Map.of(
            "server", "Address and HTTP.",
            "tls", "Certificates. SIGHUP reads the files again.",
            "database", "The data directory and the engine.",
            "auth", "Who may do what.",
            "limits", "What a stranger can make the server hold, read or wait for.",
            "logging", "What is said, and where.",
            "cluster", "This node and its peers.");

    private ConfigText() {}

    static String defaults() {
        return file(Setting::standard);
    }

    static String shipped() {
        return file(Setting::shipped);
    }

    private static String file(Function<Setting<?>, String> value) {
        List<String> lines = new ArrayList<>(HEAD);
        for (String section : Settings.sections()) {
            lines.add("");
            lines.add("# " + ABOUT.get(section));
            lines.add("[" + section + "]");
            for (Setting<?> setting : Settings.ALL) {
                if (setting.section().equals(section) && !setting.secret()) {
                    lines.add("");
                    setting.purpose().forEach(line -> lines.add("# " + line));
                    String also = also(setting);
                    if (!also.isEmpty()) {
                        lines.add("# Also " + also + ".");
                    }
                    if (!value.apply(setting).equals(setting.standard())) {
                        lines.add("# The default is " + literal(setting, setting.standard())
                                + ", so that a server can be tried without any file; whoever has a file is past that.");
                    }
                    lines.add(setting.name() + " = " + literal(setting, value.apply(setting)));
                }
            }
        }
        return String.join("\n", lines) + "\n";
    }

    private static String also(Setting<?> setting) {
        List<String> names = new ArrayList<>(setting.flags());
        names.addAll(setting.variables());
        return String.join(", ", names);
    }

    private static <T> String literal(Setting<T> setting, String text) {
        return setting.kind().print().apply(Values.standard(setting, text));
    }

    static String effective(Values values) {
        List<String> lines = new ArrayList<>();
        for (String section : Settings.sections()) {
            lines.add((lines.isEmpty() ? "" : "\n") + "[" + section + "]");
            for (Setting<?> setting : Settings.ALL) {
                if (!setting.section().equals(section)) {
                    continue;
                }
                Origin origin = values.origin(setting);
                String text = values.print(setting);
                if (text != null) {
                    lines.add("%-40s # %s".formatted(setting.name() + " = " + text, origin.where()));
                } else if (!origin.equals(Origin.STANDARD)) {
                    lines.add("%-40s # %s".formatted("# " + setting.name() + " is set, and not shown", origin.where()));
                }
            }
        }
        return String.join("\n", lines) + "\n";
    }
}
