package io.blockdb.proof;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.InvalidAlgorithmParameterException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.EdECPrivateKey;
import java.security.spec.EdECPoint;
import java.security.spec.EdECPrivateKeySpec;
import java.security.spec.EdECPublicKeySpec;
import java.security.spec.NamedParameterSpec;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What the JDK does not offer of Ed25519 (RFC 8032): the public key of a given private key, and a judgement on public keys
 * from outside. The JDK's own checks differ between releases, and let points of small order pass, under which a signature
 * can be made that holds for any message.
 */
final class Ed25519 {
    /** Length in bytes of a private key (the seed of RFC 8032, 5.1.5) and of a public key. */
    static final int KEY_LENGTH = 32;

    private static final int SIGNATURE_LENGTH = 64;

    private static final BigInteger P = BigInteger.ONE.shiftLeft(255).subtract(BigInteger.valueOf(19));
    private static final BigInteger D = BigInteger.valueOf(-121665)
            .multiply(BigInteger.valueOf(121666).modInverse(P))
            .mod(P);
    /** L of RFC 8032, 5.1: the order of the base point. */
    private static final BigInteger ORDER =
            BigInteger.ONE.shiftLeft(252).add(new BigInteger("27742317777372353535851937790883648493"));

    /** A number is a square if this power of it is 0 or 1 (Euler's criterion). */
    private static final BigInteger EULER = P.shiftRight(1);

    private Ed25519() {}

    /**
     * The public key of a private key. The JDK computes it only while it generates a pair, so it is given the private key
     * as its randomness.
     */
    static byte[] publicKey(byte[] seed) {
        KeyPair pair;
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("Ed25519");
            generator.initialize(NamedParameterSpec.ED25519, new GivenBytes(seed));
            pair = generator.generateKeyPair();
        } catch (NoSuchAlgorithmException | InvalidAlgorithmParameterException e) {
            throw new IllegalStateException("this Java platform has no Ed25519", e);
        }
        boolean ours = ((EdECPrivateKey) pair.getPrivate())
                .getBytes()
                .map(bytes -> Arrays.equals(bytes, seed))
                .orElse(false);
        if (!ours) {
            throw new IllegalStateException("this Java platform's Ed25519 does not take a given private key");
        }
        // RFC 8410: the encoding ends with the key's own 32 bytes.
        byte[] encoded = pair.getPublic().getEncoded();
        return Arrays.copyOfRange(encoded, encoded.length - KEY_LENGTH, encoded.length);
    }

    /** The signature of a message by a private key. */
    static byte[] sign(byte[] seed, byte[] message) {
        try {
            Signature signature = Signature.getInstance("Ed25519");
            signature.initSign(KeyFactory.getInstance("Ed25519")
                    .generatePrivate(new EdECPrivateKeySpec(NamedParameterSpec.ED25519, seed)));
            signature.update(message);
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java platform has no Ed25519", e);
        }
    }

    /**
     * Whether a signature holds: as in RFC 8032, 5.1.7, without the cofactor, S below the group's order, and R the one
     * encoding of its point. The JDK compares points, so encodings of R that it would read and never write are refused here.
     * Whatever it throws is a refusal.
     *
     * @param publicKey one that {@link #problem} finds nothing wrong with
     */
    static boolean verifies(byte[] publicKey, byte[] message, byte[] signed) {
        if (signed.length != SIGNATURE_LENGTH
                || number(signed, KEY_LENGTH).compareTo(ORDER) >= 0
                || !isCanonicalPoint(signed)) {
            return false;
        }
        try {
            boolean xOdd = (publicKey[KEY_LENGTH - 1] & 0x80) != 0;
            Signature signature = Signature.getInstance("Ed25519");
            signature.initVerify(KeyFactory.getInstance("Ed25519")
                    .generatePublic(new EdECPublicKeySpec(
                            NamedParameterSpec.ED25519, new EdECPoint(xOdd, coordinate(publicKey)))));
            signature.update(message);
            return signature.verify(signed);
        } catch (GeneralSecurityException | RuntimeException e) {
            return false;
        }
    }

    /** Whether the first 32 bytes are what encoding a point gives: y below p, and no sign for x = 0. */
    private static boolean isCanonicalPoint(byte[] encoded) {
        BigInteger y = coordinate(encoded);
        boolean signed = (encoded[KEY_LENGTH - 1] & 0x80) != 0;
        boolean xIsZero = y.equals(BigInteger.ONE) || y.equals(P.subtract(BigInteger.ONE));
        return y.compareTo(P) < 0 && !(signed && xIsZero);
    }

    /** The y of an encoded point: its first 32 bytes, little-endian, without the sign of x. */
    private static BigInteger coordinate(byte[] encoded) {
        return number(encoded, 0).clearBit(255);
    }

    /** The 32 bytes at an offset, little-endian. */
    private static BigInteger number(byte[] bytes, int offset) {
        byte[] bigEndian = new byte[KEY_LENGTH];
        for (int i = 0; i < KEY_LENGTH; i++) {
            bigEndian[i] = bytes[offset + KEY_LENGTH - 1 - i];
        }
        return new BigInteger(1, bigEndian);
    }

    /**
     * What is wrong with a public key of 32 bytes, or null: it must decode to a point of the curve (RFC 8032, 5.1.3) whose
     * order does not divide 8.
     */
    static @Nullable String problem(byte[] publicKey) {
        BigInteger y = coordinate(publicKey);
        if (y.compareTo(P) >= 0) {
            return "public key is not encoded canonically";
        }
        // The curve is -x² + y² = 1 + d x² y², so x² = u / v, a square just where u v is one. v is never 0.
        BigInteger y2 = y.multiply(y).mod(P);
        BigInteger u = y2.subtract(BigInteger.ONE).mod(P);
        BigInteger v = D.multiply(y2).add(BigInteger.ONE).mod(P);
        if (u.multiply(v).modPow(EULER, P).compareTo(BigInteger.ONE) > 0) {
            return "public key is not a point of the curve";
        }
        // Doubling gives x' = 2xy / (1 + d x² y²) and y' = (y² + x²) / (1 - d x² y²). The order divides 8 just where
        // that
        // of the double divides 4, which are the points with x' = 0 or y' = 0: x = 0, y = 0 or x² + y² = 0.
        boolean smallOrder = u.signum() == 0
                || y.signum() == 0
                || y2.multiply(v).add(u).mod(P).signum() == 0;
        return smallOrder ? "public key has small order" : null;
    }

    /** Randomness that is no such thing: the bytes it was given. */
    private static final class GivenBytes extends SecureRandom {
        private static final long serialVersionUID = 1L;

        private final byte[] bytes;

        GivenBytes(byte[] bytes) {
            this.bytes = bytes;
        }

        @Override
        public void nextBytes(byte[] target) {
            if (target.length != bytes.length) {
                throw new IllegalStateException(
                        "Ed25519 wants " + target.length + " random bytes, not " + bytes.length);
            }
            System.arraycopy(bytes, 0, target, 0, target.length);
        }
    }
}
