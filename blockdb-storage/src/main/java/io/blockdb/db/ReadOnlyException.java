package io.blockdb.db;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The database takes no writes: it was opened read-only, or a write failed before; that failure is the cause. */
public final class ReadOnlyException extends IOException {
    private static final long serialVersionUID = 1L;

    /**
     * @param message why nothing can be written
     * @param cause what made it so, or null
     */
    public ReadOnlyException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
