package io.blockdb.server.config;

import java.util.List;

/** The settings are wrong; nothing was started. The message has a line for each mistake. */
public final class ConfigException extends Exception {
    private static final long serialVersionUID = 1;

    private final transient List<String> mistakes;

    ConfigException(List<String> mistakes) {
        super(String.join("\n", mistakes));
        this.mistakes = List.copyOf(mistakes);
    }

    /** What is wrong, each with where it stands: {@code blockdb.toml:12:8: server.port must be …}. */
    public List<String> mistakes() {
        return mistakes;
    }
}
