package io.blockdb.proof;

import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;

/**
 * A private key of a ledger: Ed25519, 32 bytes, from which the public key follows (RFC 8032, 5.1.5). It is kept as a PEM
 * text of its own (RFC 8410, PKCS #8), which other programs read as well, and which holds nothing else.
 *
 * <p>Immutable. No message and no {@link #toString} shows any of the private bytes.
 */
public final class SigningKey {
    /** Length in bytes of the seed that is the private key. */
    public static final int SEED_LENGTH = Ed25519.KEY_LENGTH;

    /** DER of PrivateKeyInfo up to the seed: version 0, algorithm 1.3.101.112, an octet string in an octet string. */
    private static final byte[] PKCS8_HEAD = HexFormat.of().parseHex("302e020100300506032b657004220420");

    private static final String PEM_BEGIN = "-----BEGIN PRIVATE KEY-----";
    private static final String PEM_END = "-----END PRIVATE KEY-----";

    private final byte[] seed;
    private final byte[] publicKey;

    private SigningKey(byte[] ownedSeed) {
        this.seed = ownedSeed;
        this.publicKey = Ed25519.publicKey(ownedSeed);
    }

    /**
     * The private key that is a copy of {@code seed}.
     *
     * @param seed 32 bytes; whoever draws a new key draws them at random
     */
    public static SigningKey of(byte[] seed) {
        if (seed.length != SEED_LENGTH) {
            throw new IllegalArgumentException("a private key has " + SEED_LENGTH + " bytes, not " + seed.length);
        }
        return new SigningKey(seed.clone());
    }

    /**
     * Parses what {@link #toPem} gives, and what other programs write for the same key: lines may be broken elsewhere, end
     * in CR LF, and be surrounded by white space.
     *
     * @throws MalformedException if the text is no PEM of a private key, or the key is not a plain Ed25519 key
     */
    public static SigningKey parsePem(String pem) throws MalformedException {
        String text = pem.strip();
        if (!text.startsWith(PEM_BEGIN) || !text.endsWith(PEM_END)) {
            throw new MalformedException(
                    "private key does not stand between '" + PEM_BEGIN + "' and '" + PEM_END + "'");
        }
        byte[] der;
        try {
            String body = text.substring(PEM_BEGIN.length(), text.length() - PEM_END.length());
            der = Base64.getDecoder().decode(body.replaceAll("[ \t\r\n]", ""));
        } catch (IllegalArgumentException e) {
            // The decoder's message may quote a character of the key, so it is not passed on.
            throw new MalformedException("private key is not base64");
        }
        boolean plainEd25519 = der.length == PKCS8_HEAD.length + SEED_LENGTH
                && Arrays.equals(der, 0, PKCS8_HEAD.length, PKCS8_HEAD, 0, PKCS8_HEAD.length);
        if (!plainEd25519) {
            throw new MalformedException("private key is not an Ed25519 key as RFC 8410 has it (PKCS #8, version 0)");
        }
        return new SigningKey(Arrays.copyOfRange(der, PKCS8_HEAD.length, der.length));
    }

    /** The key as PEM text of three lines, each ended by a line feed. */
    public String toPem() {
        byte[] der = Arrays.copyOf(PKCS8_HEAD, PKCS8_HEAD.length + SEED_LENGTH);
        System.arraycopy(seed, 0, der, PKCS8_HEAD.length, SEED_LENGTH);
        return PEM_BEGIN + "\n" + Base64.getEncoder().encodeToString(der) + "\n" + PEM_END + "\n";
    }

    /** The public side of this key, as a key of the ledger {@code origin}. */
    public VerifierKey verifierKey(Origin origin) {
        return VerifierKey.of(origin, publicKey);
    }

    /** The signature of a message, 64 bytes (RFC 8032, 5.1.6). */
    byte[] sign(byte[] message) {
        return Ed25519.sign(seed, message);
    }

    @Override
    public String toString() {
        return "SigningKey[not shown]";
    }
}
