package io.blockdb.cli;

import java.io.Console;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where a password comes from: a file, a terminal that does not show it, or standard input; never an argument. */
final class PasswordOption {
    private static final int BYTES_MAX = 8192;

    @Option(names = "--password-file", paramLabel = "FILE", description = "Read the password from a file of one line.")
    private @Nullable Path file;

    /**
     * Reads it; the caller blanks the array.
     *
     * @throws UsageException if there is none, or it is no line of text
     */
    char[] read(Session session) throws IOException {
        if (file != null) {
            try (InputStream in = new FileInputStream(file.toString())) {
                return line(in, "the content of " + file);
            }
        }
        if (session.streams().inIsTerminal()) {
            return ask();
        }
        if (session.shared() != null) {
            throw new UsageException("in a session a password cannot be read from standard input; use --password-file");
        }
        return line(session.streams().in(), "standard input");
    }

    /** Newer JVMs always have a console; older ones have none where this is not a terminal that it knows. */
    @SuppressWarnings("SystemConsoleNull")
    private static char[] ask() {
        Console console = System.console();
        if (console == null) {
            throw new UsageException("this terminal cannot hide what is typed; use --password-file");
        }
        char[] first = console.readPassword("New password: ");
        char[] again = first == null ? null : console.readPassword("The same again: ");
        if (first == null || again == null) {
            throw new UsageException("no password was given");
        }
        boolean same = Arrays.equals(first, again);
        Arrays.fill(again, '\0');
        if (!same) {
            Arrays.fill(first, '\0');
            throw new UsageException("the two are not the same; nothing was changed");
        }
        return first;
    }

    private static char[] line(InputStream in, String what) throws IOException {
        byte[] bytes = in.readNBytes(BYTES_MAX + 1);
        if (bytes.length > BYTES_MAX) {
            throw new UsageException(what + " is too long for a password");
        }
        int length = bytes.length;
        length -= length > 0 && bytes[length - 1] == '\n' ? 1 : 0;
        length -= length > 0 && bytes[length - 1] == '\r' ? 1 : 0;
        String text = Text.decode(bytes, 0, length);
        Arrays.fill(bytes, (byte) 0);
        if (text == null) {
            throw new UsageException(what + " is not valid UTF-8");
        }
        if (text.chars().anyMatch(Character::isISOControl)) {
            throw new UsageException(what + " is more than a line, or has control characters");
        }
        return text.toCharArray();
    }
}
