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
    private final String effective;

    LoadedConfig(ServerConfig config, @Nullable Path file, List<String> notes, String effective) {
        this.config = config;
        this.file = file;
        this.notes = List.copyOf(notes);
        this.effective = effective;
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
        return effective;
    }
}
