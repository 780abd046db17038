package io.blockdb.cli;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** How results are written. */
enum OutputFormat {
    /** For a person: aligned columns, or a sentence. */
    TABLE,
    /** One JSON value. */
    JSON,
    /** One JSON object a line. */
    JSONL,
    /** Comma-separated values of RFC 4180, with a line of names. */
    CSV,
    /** The bytes of values, and nothing else: no heading, no escapes. */
    RAW;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The format of that name, in any case; null: there is none. */
    static @Nullable OutputFormat named(String name) {
        for (OutputFormat format : values()) {
            if (format.toString().equalsIgnoreCase(name)) {
                return format;
            }
        }
        return null;
    }

    /**
     * The format that was asked for.
     *
     * @param otherwise the one where none was
     * @param allowed what the command can write
     */
    static OutputFormat choose(@Nullable OutputFormat given, OutputFormat otherwise, OutputFormat... allowed) {
        if (given == null) {
            return otherwise;
        }
        List<OutputFormat> possible = Arrays.asList(allowed);
        if (!possible.contains(given)) {
            throw new UsageException("--output " + given + ": this command writes " + possible);
        }
        return given;
    }

    /**
     * The one of these that comes nearest to a wish for all commands: itself, or for a single record JSON for JSON
     * lines and the other way round; null: none does.
     */
    static @Nullable OutputFormat nearest(OutputFormat wish, List<OutputFormat> possible) {
        if (possible.contains(wish)) {
            return wish;
        }
        OutputFormat twin = wish == JSON ? JSONL : wish == JSONL ? JSON : TABLE;
        return twin != TABLE && possible.contains(twin) ? twin : null;
    }
}
