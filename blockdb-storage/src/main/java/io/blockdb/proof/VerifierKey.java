package io.blockdb.proof;

import io.blockdb.base.Hash;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * A public key of a ledger, with which its checkpoints are checked (LEDGER.md, section Ledger tree and checkpoint).
 * {@link #toString} is its published form, the verifier key of C2SP signed notes:
 * {@code <origin>+<8 hex digits of key_id>+<base64(0x01 || public key)>}. Immutable, compared by value.
 */
public final class VerifierKey {
    /** Length in bytes of a public key. */
    public static final int PUBLIC_KEY_LENGTH = Ed25519.KEY_LENGTH;

    /** Signature type of signed notes for Ed25519. */
    private static final byte ED25519 = 1;

    private static final int KEY_ID_LENGTH = 4;

    private final Origin origin;
    /** The type and the public key, as key_id and published form have them. */
    private final byte[] typed;

    private final String keyId;

    private VerifierKey(Origin origin, byte[] typed) {
        this.origin = origin;
        this.typed = typed;
        this.keyId = keyId(origin, typed);
    }

    /**
     * The key of a ledger with that public key.
     *
     * @throws IllegalArgumentException if the public key does not have 32 bytes, is no point of the curve (RFC 8032,
     *     5.1.3), or is one whose order divides 8
     */
    public static VerifierKey of(Origin origin, byte[] publicKey) {
        byte[] typed = new byte[1 + publicKey.length];
        typed[0] = ED25519;
        System.arraycopy(publicKey, 0, typed, 1, publicKey.length);
        String problem = problem(typed);
        if (problem != null) {
            throw new IllegalArgumentException(problem);
        }
        return new VerifierKey(origin, typed);
    }

    /**
     * Parses the published form, strictly: only what {@link #toString} gives is accepted.
     *
     * @throws MalformedException if the text has another form, the name is no origin, the key_id is not that of the key, or
     *     the public key is one that {@link #of} refuses
     */
    public static VerifierKey parse(String text) throws MalformedException {
        int first = text.indexOf('+');
        int second = text.indexOf('+', first + 1);
        if (first < 0 || second < 0) {
            throw new MalformedException("verifier key is not of the form name+key_id+base64");
        }
        Origin origin = Origin.parse(text.substring(0, first));
        byte[] typed;
        try {
            typed = Base64.getDecoder().decode(text.substring(second + 1));
        } catch (IllegalArgumentException e) {
            throw new MalformedException("verifier key is not base64: " + e.getMessage());
        }
        String problem = problem(typed);
        if (problem != null) {
            throw new MalformedException("verifier key: " + problem);
        }
        VerifierKey key = new VerifierKey(origin, typed);
        String keyId = text.substring(first + 1, second);
        if (!keyId.equals(key.keyId)) {
            throw new MalformedException("verifier key states the key_id '" + keyId + "', its key has " + key.keyId);
        }
        if (!text.equals(key.toString())) {
            throw new MalformedException("verifier key is not canonical base64");
        }
        return key;
    }

    private static @Nullable String problem(byte[] typed) {
        if (typed.length != 1 + PUBLIC_KEY_LENGTH) {
            return "type and public key have " + typed.length + " bytes, not " + (1 + PUBLIC_KEY_LENGTH);
        }
        if (typed[0] != ED25519) {
            return "type of the public key is " + (typed[0] & 0xff) + ", not 1 (Ed25519)";
        }
        return Ed25519.problem(Arrays.copyOfRange(typed, 1, typed.length));
    }

    private static String keyId(Origin origin, byte[] typed) {
        var digest = Sha256.digest();
        digest.update((origin + "\n").getBytes(StandardCharsets.UTF_8));
        digest.update(typed);
        byte[] hash = new byte[Hash.LENGTH];
        Sha256.finish(digest, hash, 0);
        return HexFormat.of().formatHex(hash, 0, KEY_ID_LENGTH);
    }

    /** The ledger that the key belongs to; the key's name. */
    public Origin origin() {
        return origin;
    }

    /** The key_id: first 4 bytes of {@code H(name || "\n" || 0x01 || public key)}, as 8 lower-case hex digits. */
    public String keyId() {
        return keyId;
    }

    /** A copy of the public key's 32 bytes. */
    public byte[] publicKey() {
        return Arrays.copyOfRange(typed, 1, typed.length);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof VerifierKey key && key.origin.equals(origin) && Arrays.equals(key.typed, typed);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(typed);
    }

    @Override
    public String toString() {
        return origin + "+" + keyId + "+" + Base64.getEncoder().encodeToString(typed);
    }
}
