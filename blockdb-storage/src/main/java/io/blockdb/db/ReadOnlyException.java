package io.blockdb.db;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The database takes no writes: it was opened read-only, or a write failed before; that failure is the cause. */
public final class ReadOnlyException extends IOException {
    private static final long serialVersionUID = 1L;

    ReadOnlyException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
