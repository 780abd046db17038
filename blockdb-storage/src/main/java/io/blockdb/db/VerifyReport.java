package io.blockdb.db;

import io.blockdb.base.CorruptionException;
import io.blockdb.base.TableName;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What verifying found.
 *
 * @param blocks blocks that were read and check out
 * @param entries their entries
 * @param bytes bytes of the ledger and the index that were read
 * @param micros how long it took, in microseconds
 * @param direct whether all of it was read from the disk, past the system's cache; false where the file system does not allow
 *     that
 * @param failures what does not check out, the first place of the ledger first; empty when all is well
 * @param failuresOmitted how many more there are
 * @param notes what else there is to know, a sentence each: what could not be checked, and why
 */
public record VerifyReport(
        long blocks,
        long entries,
        long bytes,
        long micros,
        boolean direct,
        List<Failure> failures,
        long failuresOmitted,
        List<String> notes) {
    /** How reasons tell the two, where they do. */
    private static final Pattern EXPECTED_FOUND =
            Pattern.compile("expected (.+?), found (.+?)(?: \\(.*\\))?", Pattern.DOTALL);

    private static final int KEY_SHOWN = 64;

    /**
     * A place that does not check out.
     *
     * @param file the file, relative to the data directory
     * @param offset where the damaged structure begins in it, in bytes
     * @param height height of the block, or of the first one that is not known to be good; -1 where it has none
     * @param sequence sequence of the entry, -1 where it is not about one
     * @param table its table, or null
     * @param key its key, or null; not copied
     * @param expected what must stand there, or null where the reason alone tells
     * @param found what stands there, or null
     * @param reason all of it in a sentence
     */
    public record Failure(
            String file,
            long offset,
            long height,
            long sequence,
            @Nullable TableName table,
            byte @Nullable [] key,
            @Nullable String expected,
            @Nullable String found,
            String reason) {
        /** Damage that is not of one entry. */
        public Failure(String file, long offset, long height, String reason) {
            this(file, offset, height, -1, null, null, part(reason, 1), part(reason, 2), reason);
        }

        /** Damage of an entry. */
        Failure(
                CorruptionException damage,
                long height,
                long sequence,
                @Nullable TableName table,
                byte @Nullable [] key) {
            this(
                    damage.file(),
                    damage.offset(),
                    height,
                    sequence,
                    table,
                    key,
                    part(damage.reason(), 1),
                    part(damage.reason(), 2),
                    damage.reason());
        }

        private static @Nullable String part(String reason, int group) {
            Matcher matcher = EXPECTED_FOUND.matcher(reason);
            return matcher.find() ? matcher.group(group) : null;
        }

        @Override
        public String toString() {
            StringBuilder text = new StringBuilder(file).append(" @").append(offset);
            String separator = " (";
            if (height >= 0) {
                text.append(separator).append("height ").append(height);
                separator = ", ";
            }
            if (sequence >= 0) {
                text.append(separator).append("sequence ").append(sequence);
                separator = ", ";
            }
            if (table != null) {
                text.append(separator).append("table ").append(table);
                separator = ", ";
            }
            if (key != null) {
                text.append(separator).append("key ").append(shown(key));
                separator = ", ";
            }
            return text.append(separator.equals(", ") ? "): " : ": ")
                    .append(reason)
                    .toString();
        }

        private static String shown(byte[] key) {
            try {
                String text = StandardCharsets.UTF_8
                        .newDecoder()
                        .decode(ByteBuffer.wrap(key))
                        .toString();
                return text.length() <= KEY_SHOWN ? text : text.substring(0, KEY_SHOWN) + "...";
            } catch (CharacterCodingException e) {
                String hex = HexFormat.of().formatHex(key, 0, Math.min(key.length, KEY_SHOWN / 2));
                return "0x" + hex + (key.length > KEY_SHOWN / 2 ? "..." : "");
            }
        }
    }

    /** Whether all checks out. */
    public boolean valid() {
        return failures.isEmpty();
    }
}
