package io.blockdb.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The KEY of a command and how it is written. */
final class KeyArgument {
    @Parameters(index = "0", paramLabel = "KEY", description = "The key: text, 1 to 64,000 bytes of UTF-8.")
    private String written;

    @Option(
            names = "--key-encoding",
            paramLabel = "ENCODING",
            description = "How KEY is written: text (default), base64 or hex.")
    private @Nullable Encoding encoding;

    /** The key as it was written, for messages. */
    String written() {
        return written;
    }

    /** Whether {@code --key-encoding} leaves no doubt. */
    boolean exact() {
        return encoding != null;
    }

    /** The key's bytes, by {@code --key-encoding}; text where it is not given. */
    byte[] bytes() {
        return Limits.key((encoding == null ? Encoding.TEXT : encoding).decode("KEY", written));
    }

    /** The bytes where KEY is canonical base64 of an allowed key, else null. */
    byte @Nullable [] canonicalBase64() {
        byte[] bytes = Encoding.canonicalBase64(written);
        return bytes == null || bytes.length == 0 || bytes.length > Limits.KEY_BYTES ? null : bytes;
    }
}
