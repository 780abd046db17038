package io.blockdb.cli;

import io.blockdb.cli.database.Figures;
import io.blockdb.db.Stats;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** How far a ledger was signed, and when: by the time of the file that remembers it, which is written with each signature. */
final class SignedAt {
    private SignedAt() {}

    /** When a checkpoint was signed last, in microseconds since the Unix epoch; null: none was. */
    static @Nullable Long micros(Stats stats) {
        if (stats.signedBlocks() == 0) {
            return null;
        }
        Path anchor = stats.directory().resolve("keys").resolve("ANCHOR");
        try {
            return Files.getLastModifiedTime(anchor).to(TimeUnit.MICROSECONDS);
        } catch (NoSuchFileException e) {
            return null;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The newest checkpoint in words. */
    static String text(Figures figures) {
        Stats stats = figures.stats();
        if (stats.signedBlocks() == 0) {
            return "no checkpoint yet";
        }
        Long micros = figures.signedAt();
        long since = stats.blocks() - stats.signedBlocks();
        return "the first " + Counts.format(stats.signedBlocks(), "block")
                + (micros == null ? "" : ", last at " + TableRows.time(micros))
                + (since > 0 ? "; " + Counts.format(since, "block") + " since" : "");
    }
}
