package io.blockdb.server.security.tls;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A file of a certificate or key cannot be used. The message names the file, what is wrong with it and what to do. */
public final class TlsException extends IOException {
    private static final long serialVersionUID = 1;

    TlsException(Path file, String message, @Nullable Throwable cause) {
        super(file + ": " + message, cause);
    }

    TlsException(String message, Throwable cause) {
        super(message, cause);
    }

    TlsException(Path file, String message) {
        this(file, message, null);
    }
}
