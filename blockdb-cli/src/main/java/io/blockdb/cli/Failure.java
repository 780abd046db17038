package io.blockdb.cli;

import io.blockdb.base.CorruptionException;
import io.blockdb.cli.database.NotAllowedException;
import io.blockdb.db.BackupRefusedException;
import io.blockdb.db.DatabaseInUseException;
import io.blockdb.db.ErasedException;
import io.blockdb.db.RefusedException;
import io.blockdb.db.WithheldException;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;

/**
 * What a user is told of something that was thrown.
 *
 * @param code an {@link ExitCode}
 * @param message one sentence; empty: nothing is said
 * @param bare whether the message stands alone, without {@code Error:}
 */
record Failure(int code, String message, boolean bare) {
    /** The words for an absent key. */
    static final Failure NOT_FOUND = new Failure(ExitCode.NO, "Key not found", true);

    /** Writes it to standard error and answers its exit code. */
    int report(Messages messages) {
        if (bare && !message.isEmpty()) {
            messages.line(Text.printable(message));
        } else if (!message.isEmpty()) {
            messages.error(message);
        }
        return code;
    }

    /** What there is to say of it. */
    static Failure of(Throwable thrown) {
        if (thrown instanceof OutputException output && output.readerGone()) {
            return new Failure(ExitCode.DONE, "", true);
        }
        if (thrown instanceof Cancellation.CancelledException) {
            return new Failure(ExitCode.INTERRUPTED, text(thrown), true);
        }
        if (thrown instanceof BackupRefusedException
                || thrown instanceof NotAllowedException
                || thrown instanceof WithheldException) {
            return new Failure(ExitCode.NO, text(thrown), false);
        }
        if (thrown instanceof ErasedException) {
            return new Failure(ExitCode.NO, text(thrown), true);
        }
        if (thrown instanceof RefusedException refused) {
            return switch (refused.reason()) {
                case KEY_ABSENT -> NOT_FOUND;
                case INVALID -> new Failure(ExitCode.USAGE, text(thrown), false);
                default -> new Failure(ExitCode.NO, text(thrown), false);
            };
        }
        if (thrown instanceof UsageException || thrown instanceof IllegalArgumentException) {
            return new Failure(ExitCode.USAGE, text(thrown), false);
        }
        if (thrown instanceof UncheckedIOException unchecked && unchecked.getCause() != null) {
            return of(unchecked.getCause());
        }
        if (thrown instanceof CorruptionException) {
            String wayOn = ". 'verify' tells all damage, 'verify --repair' mends what can be mended";
            return new Failure(ExitCode.COULD_NOT, text(thrown) + wayOn, false);
        }
        if (thrown instanceof DatabaseInUseException) {
            return new Failure(ExitCode.COULD_NOT, text(thrown) + ". If a server has it, --url asks that", false);
        }
        if (thrown instanceof IOException) {
            return new Failure(ExitCode.COULD_NOT, text(thrown), false);
        }
        return new Failure(ExitCode.COULD_NOT, "internal error (--debug shows where): " + thrown, false);
    }

    /** The message of an exception as a sentence: those of the file system say only the name. */
    static String text(Throwable thrown) {
        String message = thrown.getMessage();
        if (thrown instanceof FileSystemException file && file.getReason() == null) {
            String name = file.getFile();
            if (thrown instanceof NoSuchFileException) {
                return "no such file or directory: " + name;
            }
            if (thrown instanceof AccessDeniedException) {
                return "permission denied: " + name;
            }
            if (thrown instanceof NotDirectoryException) {
                return "not a directory: " + name;
            }
            return thrown.getClass().getSimpleName() + ": " + name;
        }
        if (thrown instanceof FileNotFoundException) {
            return "cannot open " + message;
        }
        if (message == null && thrown instanceof EOFException) {
            return "it ends too soon";
        }
        return message == null ? thrown.toString() : message;
    }
}
