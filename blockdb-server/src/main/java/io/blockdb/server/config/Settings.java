package io.blockdb.server.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The list of all settings, in the order of the shipped file. */
final class Settings {
    /** All. */
    static final List<Setting<?>> ALL = Stream.of(
                    ServerSettings.ALL,
                    DatabaseSettings.ALL,
                    AuthSettings.ALL,
                    LimitSettings.ALL,
                    LoggingSettings.ALL,
                    ClusterSettings.ALL)
            .<Setting<?>>flatMap(List::stream)
            .toList();

    private static final Map<String, Setting<?>> BY_PATH = byPath();

    private Settings() {}

    private static Map<String, Setting<?>> byPath() {
        Map<String, Setting<?>> map = new LinkedHashMap<>();
        for (Setting<?> setting : ALL) {
            map.put(setting.path(), setting);
        }
        return map;
    }

    /** The setting of that full name; null: there is none. */
    static @Nullable Setting<?> named(String path) {
        return BY_PATH.get(path);
    }

    /** The names of the TOML tables, in order. */
    static List<String> sections() {
        return ALL.stream().map(Setting::section).distinct().toList();
    }

    /** The settings in force as the rest of the server reads them. */
    static ServerConfig config(Values values) {
        return new ServerConfig(
                DatabaseSettings.config(values),
                ServerSettings.config(values),
                ServerSettings.tls(values),
                LimitSettings.config(values),
                ClusterSettings.config(values),
                AuthSettings.config(values),
                LoggingSettings.config(values));
    }
}
