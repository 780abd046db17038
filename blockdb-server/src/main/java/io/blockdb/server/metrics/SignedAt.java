package io.blockdb.server.metrics;

import io.blockdb.db.Stats;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** When the newest checkpoint was signed: by the time of the file that remembers it, which is written with each signature. */
public final class SignedAt {
    private SignedAt() {}

    /** In microseconds since the Unix epoch; null: none was. */
    public static @Nullable Long micros(Stats stats) throws IOException {
        if (stats.signedBlocks() == 0) {
            return null;
        }
        try {
            return Files.getLastModifiedTime(stats.directory().resolve("keys").resolve("ANCHOR"))
                    .to(TimeUnit.MICROSECONDS);
        } catch (NoSuchFileException e) {
            return null;
        }
    }
}
