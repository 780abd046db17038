package io.blockdb.cli;

import io.blockdb.proof.Checkpoint;
import io.blockdb.proof.MalformedException;
import io.blockdb.proof.ProofException;
import java.io.BufferedInputStream;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Files that are handed over as proofs: receipts, checkpoints, consistency proofs, and values that go with them. */
final class ProofFile {
    /** A receipt of the largest value, in base64 and with escapes, has room. */
    private static final int LENGTH_MAX = 64 << 20;

    private ProofFile() {}

    /** What a file holds; {@code -} is standard input. */
    static byte[] read(Session session, String file) throws IOException {
        if (file.equals("-")) {
            if (session.shared() != null) {
                throw new UsageException("in a session nothing can be read from standard input; name a file");
            }
            return limited(session.streams().in(), "standard input");
        }
        // Buffered: on JDK 17 a FileInputStream asks a pipe for its length and fails.
        try (InputStream in = new BufferedInputStream(new FileInputStream(file))) {
            return limited(in, file);
        }
    }

    private static byte[] limited(InputStream in, String what) throws IOException {
        byte[] bytes = in.readNBytes(LENGTH_MAX + 1);
        if (bytes.length > LENGTH_MAX) {
            throw new UsageException(what + " is no proof: it has more than " + Sizes.format(LENGTH_MAX));
        }
        return bytes;
    }

    /** The checkpoint in a file. */
    static Checkpoint checkpoint(Session session, String file) throws IOException, ProofException {
        try {
            return Checkpoint.parse(read(session, file));
        } catch (MalformedException e) {
            throw new ProofException(ProofException.Step.CHECKPOINT, file + ": " + e.getMessage());
        }
    }
}
