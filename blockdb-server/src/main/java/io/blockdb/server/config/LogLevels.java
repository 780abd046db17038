package io.blockdb.server.config;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * How much is logged, as written in {@code info,io.blockdb.raft=trace}.
 *
 * @param root the level of all loggers that are not named
 * @param named levels by the name of a logger, which counts for those below it too; in the order written
 */
public record LogLevels(Level root, Map<String, Level> named) {
    /** How much a logger says. */
    public enum Level {
        /** Everything, step by step. */
        TRACE,
        /** What helps to find a fault. */
        DEBUG,
        /** What happens in the large. */
        INFO,
        /** What somebody should look at. */
        WARN,
        /** What failed. */
        ERROR,
        /** Nothing. */
        OFF
    }

    /** Keeps a copy of the map. */
    public LogLevels {
        named = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(named));
    }

    /** The levels of that text; empty if it is none. Without a level of its own the root is at {@code info}. */
    static Optional<LogLevels> parse(String text) {
        Level root = null;
        Map<String, Level> named = new LinkedHashMap<>();
        for (String part : text.split(",", -1)) {
            int equals = part.indexOf('=');
            Optional<Level> level = level(part.substring(equals + 1));
            String logger = equals < 0 ? "" : part.substring(0, equals).strip();
            if (level.isEmpty() || (equals >= 0 && !logger.matches("[A-Za-z0-9_.$-]+"))) {
                return Optional.empty();
            }
            if (equals >= 0 && !logger.equalsIgnoreCase("root")) {
                named.put(logger, level.get());
            } else if (root == null) {
                root = level.get();
            } else {
                return Optional.empty();
            }
        }
        return Optional.of(new LogLevels(root == null ? Level.INFO : root, named));
    }

    private static Optional<Level> level(String word) {
        String name = word.strip().toUpperCase(Locale.ROOT);
        return Stream.of(Level.values())
                .filter(level -> level.name().equals(name.equals("WARNING") ? "WARN" : name))
                .findFirst();
    }

    /** As it is written. */
    @Override
    public String toString() {
        return Stream.concat(
                        Stream.of(root.name()),
                        named.entrySet().stream().map(entry -> entry.getKey() + "=" + entry.getValue()))
                .map(part -> part.substring(0, part.indexOf('=') + 1)
                        + part.substring(part.indexOf('=') + 1).toLowerCase(Locale.ROOT))
                .collect(Collectors.joining(","));
    }
}
