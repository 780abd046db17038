package io.blockdb.db;

import io.blockdb.proof.Checkpoint;
import io.blockdb.proof.EntryLeaf;
import io.blockdb.proof.MalformedException;
import io.blockdb.proof.MerkleTree;
import io.blockdb.proof.Origin;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of an anchor, the file that remembers the newest checkpoint that was signed: {@code keys/ANCHOR}, and a second one
 * where {@link Options#anchorPath} says.
 *
 * <p>It is the signed note itself (LEDGER.md, section Ledger tree and checkpoint), so the newest checkpoint that anybody holds
 * can be put in its place. While nothing was signed it is the text of the checkpoint of the empty tree, without a signature:
 *
 * <pre>
 *   origin \n 0 \n base64(H("")) \n
 * </pre>
 *
 * <p>Written beside ({@code .tmp}), synced, renamed, the directory synced, before the signature is handed to anybody: a torn one
 * is never read. No checksum of ours: the signature tells. At most 64 KiB.
 *
 * <p>History: 1, BlockDB 0.1.
 */
final class AnchorFormat {
    /** Name of the file in the directory of the keys. */
    static final String FILE_NAME = "ANCHOR";

    /** What is appended to its name while it is written. */
    static final String TEMPORARY_ENDING = ".tmp";

    /** Most bytes that are read. */
    static final int LENGTH_MAX = 64 << 10;

    private AnchorFormat() {}

    /** What stands in an anchor while nothing was signed. */
    static byte[] nothingSigned(Origin origin) {
        return (origin + "\n0\n" + Base64.getEncoder().encodeToString(MerkleTree.EMPTY_ROOT.toBytes()) + "\n")
                .getBytes(StandardCharsets.UTF_8);
    }

    /** What stands in an anchor once a checkpoint was signed. */
    static byte[] signed(Checkpoint newest) {
        return newest.note().getBytes(StandardCharsets.UTF_8);
    }

    /** The number in the second line, without a look at the rest: enough where it asks for nothing more; 0 where there is none. */
    static long statedSize(byte[] bytes) {
        int at = 0;
        while (at < bytes.length && bytes[at] != '\n') {
            at++;
        }
        long size = 0;
        for (at++; at < bytes.length && bytes[at] >= '0' && bytes[at] <= '9' && size <= EntryLeaf.NUMBER_MAX; at++) {
            size = 10 * size + bytes[at] - '0';
        }
        return size;
    }

    /**
     * What an anchor says.
     *
     * @param origin the ledger that it is of
     * @param newest the checkpoint that was signed last, null where none was
     */
    record Anchored(Origin origin, @Nullable Checkpoint newest) {}

    /**
     * Reads an anchor; its signature is not checked.
     *
     * @throws MalformedException if it is none
     */
    static Anchored parse(byte[] bytes) throws MalformedException {
        String text = new String(bytes, StandardCharsets.UTF_8);
        int firstLine = text.indexOf('\n');
        if (firstLine > 0 && text.startsWith("\n0\n", firstLine)) {
            Origin origin = Origin.parse(text.substring(0, firstLine));
            if (Arrays.equals(bytes, nothingSigned(origin))) {
                return new Anchored(origin, null);
            }
        }
        Checkpoint checkpoint = Checkpoint.parse(bytes);
        return new Anchored(checkpoint.origin(), checkpoint);
    }
}
