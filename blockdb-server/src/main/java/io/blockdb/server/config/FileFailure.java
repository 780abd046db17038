package io.blockdb.server.config;

import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** What a failure is in words: those of the file system say by themselves only which file it was. */
public final class FileFailure {
    private FileFailure() {}

    /** The failure as a sentence, which names the file and what is wrong with it. */
    public static String text(Throwable failure) {
        if (failure instanceof FileSystemException file && file.getReason() == null) {
            String what = failure instanceof NoSuchFileException
                    ? "no such file or directory"
                    : failure instanceof AccessDeniedException
                            ? "permission denied"
                            : failure.getClass().getSimpleName();
            return what + ": " + file.getFile();
        }
        String message = failure.getMessage();
        return message == null ? failure.toString() : message;
    }
}
