package io.blockdb.base;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Bytes that are not what they must be: a checksum, a hash or a structure that does not hold. Says where.
 *
 * <p>The message reads {@code 000012.sst @40960+4096: page checksum mismatch: expected 9f3a11c2, found 9f3a11c3}.
 */
public final class CorruptionException extends IOException {
    private static final long serialVersionUID = 1L;

    private final String file;
    private final long offset;
    private final long length;
    private final String reason;

    /**
     * Reports damage of {@code length} bytes at {@code offset} of {@code file}.
     *
     * @param file the file's path relative to the data directory, or its name
     * @param offset where the damaged structure begins, in bytes from the start of the file
     * @param length how many bytes the damaged structure has, 0 where that cannot be known
     * @param reason what was expected and what was found
     */
    public CorruptionException(String file, long offset, long length, String reason) {
        this(file, offset, length, reason, null);
    }

    /** The same, with the failure that uncovered the damage. */
    public CorruptionException(String file, long offset, long length, String reason, @Nullable Throwable cause) {
        super(file + " @" + offset + (length > 0 ? "+" + length : "") + ": " + reason, cause);
        this.file = file;
        this.offset = offset;
        this.length = length;
        this.reason = reason;
    }

    /** The same damage at the same place, told with another reason; this one is its cause. */
    public CorruptionException toldAs(String otherReason) {
        return new CorruptionException(file, offset, length, otherReason, this);
    }

    /** The damaged file: its path relative to the data directory, or its name. */
    public String file() {
        return file;
    }

    /** Where the damaged structure begins, in bytes from the start of the file. */
    public long offset() {
        return offset;
    }

    /** What was expected and what was found: the message without the place. */
    public String reason() {
        return reason;
    }

    /** Length of the damaged structure in bytes, 0 where unknown. */
    public long length() {
        return length;
    }
}
