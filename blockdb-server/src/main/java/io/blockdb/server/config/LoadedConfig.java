package io.blockdb.server.config;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Settings as they were put together from flags, environment, file and defaults.
 *
 * <p>Threading: immutable.
 */
public final class LoadedConfig {
    private final ServerConfig config;
    private final @Nullable Path file;
    private final List<String> notes;
    private final Values values;

    /** Takes over the values: they are not changed any more. */
    LoadedConfig(Values values, @Nullable Path file, List<String> notes) {
        this.config = Settings.config(values);
        this.file = file;
        this.notes = List.copyOf(notes);
        this.values = values;
    }

    /** The settings in force. */
    public ServerConfig config() {
        return config;
    }

    /** The file that was read; null: none. */
    public @Nullable Path file() {
        return file;
    }

    /** What the user may not have meant, a sentence each, such as a variable that is nearly one of ours. */
    public List<String> notes() {
        return notes;
    }

    /** The settings in force as a file of settings, each with where its value comes from; secrets are not in it. */
    public String effective() {
        return ConfigText.effective(values);
    }

    /** The full names of the settings that have another value in the other. */
    public List<String> differences(LoadedConfig other) {
        return Settings.ALL.stream()
                .filter(setting -> !values.get(setting).equals(other.values.get(setting)))
                .map(Setting::path)
                .toList();
    }
}
