package io.blockdb.cli;

import io.blockdb.db.KeyRange;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which keys a command is about. */
final class KeyRangeOptions {
    @Option(names = "--prefix", paramLabel = "TEXT", description = "Only keys that begin with this.")
    private @Nullable String prefix;

    @Option(names = "--from", paramLabel = "KEY", description = "Begin with this key.")
    private @Nullable String from;

    @Option(names = "--to", paramLabel = "KEY", description = "End before this key.")
    private @Nullable String to;

    @Option(
            names = "--key-encoding",
            paramLabel = "ENCODING",
            description = "How --prefix, --from and --to are written: text (default), base64 or hex.")
    private @Nullable Encoding encoding;

    /** The keys that were asked for; all where none of the options is given. */
    KeyRange range() {
        if (prefix != null && (from != null || to != null)) {
            throw new UsageException("--prefix cannot be combined with --from or --to");
        }
        byte[] start = bytes("--from", from);
        byte[] end = bytes("--to", to);
        byte[] begun = bytes("--prefix", prefix);
        return begun != null ? KeyRange.prefix(begun) : KeyRange.between(start, end);
    }

    private byte @Nullable [] bytes(String option, @Nullable String written) {
        if (written == null) {
            return null;
        }
        byte[] bytes = (encoding == null ? Encoding.TEXT : encoding).decode(option, written);
        if (bytes.length > Limits.KEY_BYTES) {
            throw new UsageException(option + " is longer than any key");
        }
        return bytes;
    }
}
