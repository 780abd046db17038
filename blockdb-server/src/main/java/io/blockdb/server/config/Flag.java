package io.blockdb.server.config;

import java.util.ArrayList;
import java.util.List;

/**
 * An option of the command line that sets a setting.
 *
 * @param setting the setting's full name, such as {@code server.port}
 * @param names the option's names, such as {@code -p} and {@code --port}
 * @param label what stands for its value in the help; empty: it takes none
 * @param value what it sets where it takes none; else empty
 * @param purpose what the setting is for, with the default
 */
public record Flag(String setting, List<String> names, String label, String value, String purpose) {
    /** Every such option, in the order of the shipped file. */
    public static List<Flag> all() {
        List<Flag> flags = new ArrayList<>();
        for (Setting<?> setting : Settings.ALL) {
            if (!setting.flags().isEmpty()) {
                flags.add(of(setting));
            }
        }
        return flags;
    }

    private static Flag of(Setting<?> setting) {
        if (setting.turnedOffByFlag()) {
            return new Flag(setting.path(), setting.flags(), "", "false", "Turns " + setting.path() + " off.");
        }
        String label =
                setting.name().substring(setting.name().lastIndexOf('_') + 1).toUpperCase(java.util.Locale.ROOT);
        String standard = setting.standard().isEmpty() ? "" : " Default: " + setting.standard() + ".";
        return new Flag(setting.path(), setting.flags(), label, "", String.join(" ", setting.purpose()) + standard);
    }
}
