package io.blockdb.cli;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What the lines of a file are that is imported or exported. */
enum DataFormat {
    /** A JSON object a line. */
    JSONL,
    /** Fields parted by commas, a row of names first. */
    CSV,
    /** Fields parted by tabs, a row of names first. */
    TSV;

    /**
     * The format that was asked for; else the one of the file's ending ({@code .csv}, {@code .tsv}, also before {@code .gz});
     * else JSON lines.
     */
    static DataFormat of(@Nullable DataFormat given, String file) {
        if (given != null) {
            return given;
        }
        String name = file.toLowerCase(Locale.ROOT);
        name = name.endsWith(".gz") ? name.substring(0, name.length() - 3) : name;
        return name.endsWith(".csv") ? CSV : name.endsWith(".tsv") ? TSV : JSONL;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
