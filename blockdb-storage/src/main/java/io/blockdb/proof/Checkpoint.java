package io.blockdb.proof;

import io.blockdb.base.Hash;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A checkpoint: how large a ledger is and what its root is, as a signed note (C2SP signed-note and tlog-checkpoint; LEDGER.md,
 * section Ledger tree and checkpoint).
 *
 * <pre>
 *   blockdb/f5b165224a58b791df6af1d8303e61cd          the origin
 *   12                                                number of blocks
 *   A1R59bgP7OsCSpmi0vIcsR7e4otwmfY5RdLhlOZkJkU=      root of the ledger tree
 *                                                     further lines may stand before this one; they are signed, and ignored
 *   — blockdb/f5b1… bDIixWxl…                         key name, base64(key_id || signature); 1 to 64 such lines
 * </pre>
 *
 * <p>Parsed, a note has the right form; who signed it is for {@link CheckpointVerifier}. Immutable, compared by its text.
 */
public final class Checkpoint {
    /** The most signature lines that a note may have. */
    public static final int SIGNATURES_MAX = 64;

    private static final Pattern NUMBER = Pattern.compile("0|[1-9][0-9]{0,15}");
    /** A line of a signature begins with an em dash, U+2014, and a space. */
    private static final String DASH = "\u2014 ";

    private static final int KEY_ID_LENGTH = 4;

    private final String note;
    private final byte[] signedText;
    private final Origin origin;
    private final long treeSize;
    private final Hash root;
    private final List<SignatureLine> signatures;

    /**
     * A line of the note's lower part.
     *
     * @param name key name
     * @param keyId 8 lower-case hex digits
     * @param signature what follows the key_id
     */
    record SignatureLine(String name, String keyId, byte[] signature) {}

    private Checkpoint(
            String note, byte[] signedText, Origin origin, long treeSize, Hash root, List<SignatureLine> signatures) {
        this.note = note;
        this.signedText = signedText;
        this.origin = origin;
        this.treeSize = treeSize;
        this.root = root;
        this.signatures = signatures;
    }

    /**
     * Signs a checkpoint. Whether it may be signed is for the caller to know.
     *
     * @param treeSize number of blocks, 0 to 2^53 - 1
     * @param keys the private keys, a line each in this order
     * @throws IllegalArgumentException if there are no keys or more than 64, or the size is out of range
     */
    public static Checkpoint sign(Origin origin, long treeSize, Hash root, List<SigningKey> keys) {
        if (keys.isEmpty() || keys.size() > SIGNATURES_MAX) {
            throw new IllegalArgumentException("a checkpoint has 1 to 64 signatures, not " + keys.size());
        }
        if (treeSize < 0 || treeSize > EntryLeaf.NUMBER_MAX) {
            throw new IllegalArgumentException("tree size " + treeSize + " is not 0 to 2^53 - 1");
        }
        String text = origin + "\n" + treeSize + "\n" + CanonicalBase64.encode(root.toBytes()) + "\n";
        byte[] signedText = text.getBytes(StandardCharsets.UTF_8);
        StringBuilder note = new StringBuilder(text).append('\n');
        for (SigningKey key : keys) {
            byte[] signature = key.sign(signedText);
            byte[] line = new byte[KEY_ID_LENGTH + signature.length];
            byte[] keyId = HexFormat.of().parseHex(key.verifierKey(origin).keyId());
            System.arraycopy(keyId, 0, line, 0, KEY_ID_LENGTH);
            System.arraycopy(signature, 0, line, KEY_ID_LENGTH, signature.length);
            note.append(DASH).append(origin).append(' ');
            note.append(CanonicalBase64.encode(line)).append('\n');
        }
        try {
            return parse(note.toString());
        } catch (MalformedException e) {
            throw new AssertionError("a note of our own is refused", e);
        }
    }

    /**
     * Parses a note.
     *
     * @param note the whole note, UTF-8
     * @throws MalformedException if any rule of its form is broken
     */
    public static Checkpoint parse(byte[] note) throws MalformedException {
        try {
            return parse(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(note))
                    .toString());
        } catch (CharacterCodingException e) {
            throw new MalformedException("checkpoint is not UTF-8");
        }
    }

    /**
     * Parses a note.
     *
     * @throws MalformedException if any rule of its form is broken
     */
    public static Checkpoint parse(String note) throws MalformedException {
        checkCharacters(note);
        int blank = note.lastIndexOf("\n\n");
        if (blank < 0) {
            throw new MalformedException("checkpoint has no blank line between text and signatures");
        }
        String text = note.substring(0, blank + 1);
        if (text.startsWith("\n") || text.contains("\n\n")) {
            throw new MalformedException("checkpoint has an empty line within its text");
        }
        String[] lines = text.split("\n", -1);
        // The text ends with a line feed, so the last piece is empty.
        if (lines.length < 4) {
            throw new MalformedException("checkpoint's text has " + (lines.length - 1)
                    + " lines, at least 3 are needed:" + " origin, tree size, root");
        }
        Origin origin = Origin.parse(lines[0]);
        long treeSize = treeSize(lines[1]);
        byte[] root = CanonicalBase64.decode(lines[2], "checkpoint's root");
        if (root.length != Hash.LENGTH) {
            throw new MalformedException("checkpoint's root has " + root.length + " bytes, not " + Hash.LENGTH);
        }
        Hash rootHash = Hash.of(root);
        if (treeSize == 0 && !rootHash.equals(MerkleTree.EMPTY_ROOT)) {
            throw new MalformedException("checkpoint of an empty tree has another root than H(\"\")");
        }
        List<SignatureLine> signatures = signatures(note.substring(blank + 2));
        return new Checkpoint(note, text.getBytes(StandardCharsets.UTF_8), origin, treeSize, rootHash, signatures);
    }

    private static void checkCharacters(String note) throws MalformedException {
        for (int i = 0; i < note.length(); i++) {
            char c = note.charAt(i);
            if (Character.isISOControl(c) && c != '\n') {
                throw new MalformedException("checkpoint has the control character U+%04X".formatted((int) c));
            }
            if (Character.isHighSurrogate(c) && i + 1 < note.length() && Character.isLowSurrogate(note.charAt(i + 1))) {
                i++;
            } else if (Character.isSurrogate(c)) {
                throw new MalformedException("checkpoint has a lone surrogate");
            }
        }
    }

    private static long treeSize(String line) throws MalformedException {
        // Sixteen digits cannot overflow, and every number up to 2^53 - 1 has at most so many.
        long size = NUMBER.matcher(line).matches() ? Long.parseLong(line) : -1;
        if (size < 0 || size > EntryLeaf.NUMBER_MAX) {
            throw new MalformedException("checkpoint's tree size '" + line + "' is no number from 0 to 2^53 - 1");
        }
        return size;
    }

    private static List<SignatureLine> signatures(String lower) throws MalformedException {
        if (!lower.endsWith("\n")) {
            throw new MalformedException(
                    lower.isEmpty() ? "checkpoint has no signature" : "checkpoint does not end with a line feed");
        }
        String[] lines = lower.substring(0, lower.length() - 1).split("\n", -1);
        if (lines.length > SIGNATURES_MAX) {
            throw new MalformedException("checkpoint has " + lines.length + " signature lines, at most 64 are allowed");
        }
        List<SignatureLine> signatures = new ArrayList<>(lines.length);
        for (int i = 0; i < lines.length; i++) {
            signatures.add(signature(lines[i], i + 1));
        }
        return List.copyOf(signatures);
    }

    private static SignatureLine signature(String line, int number) throws MalformedException {
        int space = line.indexOf(' ', DASH.length());
        String name = line.startsWith(DASH) && space > 0 ? line.substring(DASH.length(), space) : "";
        boolean plain = !name.isEmpty()
                && name.chars().noneMatch(c -> c == '+' || Character.isWhitespace(c) || Character.isSpaceChar(c));
        byte[] bytes = plain ? CanonicalBase64.decode(line.substring(space + 1)) : null;
        if (bytes == null || bytes.length <= KEY_ID_LENGTH) {
            throw new MalformedException("signature line " + number
                    + " of the checkpoint is not of the form '\u2014 name base64', with 5 bytes or more");
        }
        byte[] signature = new byte[bytes.length - KEY_ID_LENGTH];
        System.arraycopy(bytes, KEY_ID_LENGTH, signature, 0, signature.length);
        return new SignatureLine(name, HexFormat.of().formatHex(bytes, 0, KEY_ID_LENGTH), signature);
    }

    /** The ledger that the checkpoint is of. */
    public Origin origin() {
        return origin;
    }

    /** Number of blocks. */
    public long treeSize() {
        return treeSize;
    }

    /** Root of the ledger tree of so many blocks. */
    public Hash root() {
        return root;
    }

    /** The note, whole. */
    public String note() {
        return note;
    }

    /**
     * Whether a key signed this: there is at least one line of it, and each one holds.
     *
     * @throws ProofException if a line of the key does not hold, which makes the note invalid
     */
    public boolean isSignedBy(VerifierKey key) throws ProofException {
        boolean signed = false;
        for (SignatureLine line : signatures) {
            if (isLineOf(line, key)) {
                if (!Ed25519.verifies(key.publicKey(), signedText, line.signature)) {
                    throw new ProofException(
                            ProofException.Step.CHECKPOINT, "the signature of key " + key.keyId() + " does not hold");
                }
                signed = true;
            }
        }
        return signed;
    }

    /** Whether one line of the key holds, whatever others do. */
    boolean hasSignatureOf(VerifierKey key) {
        return signatures.stream()
                .anyMatch(line -> isLineOf(line, key) && Ed25519.verifies(key.publicKey(), signedText, line.signature));
    }

    private static boolean isLineOf(SignatureLine line, VerifierKey key) {
        return line.keyId.equals(key.keyId()) && line.name.equals(key.origin().toString());
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Checkpoint checkpoint && checkpoint.note.equals(note);
    }

    @Override
    public int hashCode() {
        return note.hashCode();
    }

    @Override
    public String toString() {
        return note;
    }
}
