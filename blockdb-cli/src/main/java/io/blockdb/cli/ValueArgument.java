package io.blockdb.cli;

import java.io.BufferedInputStream;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where a VALUE comes from: an argument, standard input, or a file. */
final class ValueArgument {
    /** White space and all of a value in base64 or hex, with room to spare. */
    private static final int ENCODED_MAX = 3 * Limits.VALUE_BYTES;

    @Option(names = "--file", paramLabel = "FILE", description = "Read the value from a file, byte for byte.")
    private @Nullable Path file;

    @Option(
            names = "--value-encoding",
            paramLabel = "ENCODING",
            description = "How the value is written: text, base64 or hex. Standard input and files are taken byte for"
                    + " byte where this is not given.")
    private @Nullable Encoding encoding;

    /**
     * The value's bytes.
     *
     * @param written the argument, null where there is none
     * @param base64 whether {@code --base64} was given
     */
    byte[] bytes(Session session, @Nullable String written, boolean base64) throws IOException {
        if (base64 && encoding != null && encoding != Encoding.BASE64) {
            throw new UsageException("--base64 and --value-encoding " + encoding + " contradict each other");
        }
        if (written != null && file != null) {
            throw new UsageException("VALUE and --file are both given; give one of them");
        }
        Encoding chosen = base64 ? Encoding.BASE64 : encoding;
        if (file != null) {
            // Buffered: on JDK 17 a FileInputStream asks a pipe for its length and fails.
            try (InputStream in = new BufferedInputStream(new FileInputStream(file.toString()))) {
                return decode("the content of " + file, in, chosen);
            }
        }
        if (written == null) {
            throw new UsageException("VALUE is missing; - reads it from standard input, --file from a file");
        }
        if (written.equals("-")) {
            if (session.shared() != null) {
                throw new UsageException("in a session VALUE cannot be read from standard input; use --file");
            }
            return decode("standard input", session.streams().in(), chosen);
        }
        return Limits.value((chosen == null ? Encoding.TEXT : chosen).decode("VALUE", written));
    }

    private static byte[] decode(String what, InputStream in, @Nullable Encoding encoding) throws IOException {
        boolean digits = encoding == Encoding.BASE64 || encoding == Encoding.HEX;
        int max = digits ? ENCODED_MAX : Limits.VALUE_BYTES;
        byte[] bytes = in.readNBytes(max + 1);
        if (bytes.length > max) {
            throw new UsageException("the value is too large: at most " + Sizes.format(Limits.VALUE_BYTES)
                    + " are allowed, and " + what + " has more");
        }
        if (encoding == Encoding.TEXT && Text.decode(bytes) == null) {
            throw new UsageException(what + " is not valid UTF-8");
        }
        if (encoding == null || !digits) {
            return bytes;
        }
        // What writes base64 or hex breaks its lines.
        String written = new String(bytes, StandardCharsets.ISO_8859_1).replaceAll("[ \\t\\r\\n]", "");
        return Limits.value(encoding.decode(what, written));
    }
}
