package io.blockdb.access;

import java.nio.CharBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.text.Normalizer;
import java.util.Arrays;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/**
 * What is kept of a password: PBKDF2-HMAC-SHA256 of it, with its own salt and the number of rounds, so that a later version can
 * ask for more. Checking one takes as long as making it: about 0.2 seconds of a core.
 *
 * <p>Passwords are compared by Unicode's NFC form: the same letters typed on another keyboard are the same password.
 *
 * <p>Threading: immutable; checks in the caller's thread.
 */
public final class PasswordHash {
    /** Rounds of a new one (OWASP's advice for PBKDF2-HMAC-SHA256). */
    public static final int ROUNDS = 600_000;

    /** Bytes of its salt. */
    public static final int SALT_LENGTH = 16;

    /** Fewest characters that a new password may have. */
    public static final int PASSWORD_LENGTH_MIN = 8;

    /** Most characters that a password may have: so that nobody has very long ones hashed. */
    public static final int PASSWORD_LENGTH_MAX = 1024;

    /** Most rounds that are believed: a value that asks for more is not carried out. */
    private static final int ROUNDS_MAX = 100_000_000;

    private static final int HASH_LENGTH = 32;
    private static final String ALGORITHM = "PBKDF2WithHmacSHA256";

    private final int rounds;
    private final byte[] salt;
    private final byte[] hash;

    private PasswordHash(int rounds, byte[] salt, byte[] hash) {
        this.rounds = rounds;
        this.salt = salt;
        this.hash = hash;
    }

    /**
     * That of a new password.
     *
     * @param salt {@link #SALT_LENGTH} random bytes
     * @param rounds how often it is hashed: {@link #ROUNDS}, or as many as somebody chose
     * @throws IllegalArgumentException if the password is too short or too long
     */
    public static PasswordHash of(char[] password, byte[] salt, int rounds) {
        if (password.length < PASSWORD_LENGTH_MIN || password.length > PASSWORD_LENGTH_MAX) {
            throw new IllegalArgumentException("a password must have " + PASSWORD_LENGTH_MIN + " to "
                    + PASSWORD_LENGTH_MAX + " characters, this one has " + password.length);
        }
        return kept(rounds, salt, derive(password, salt, rounds));
    }

    /**
     * One that was kept.
     *
     * @throws IllegalArgumentException if it is none that {@link #of} makes, with however many rounds
     */
    public static PasswordHash kept(int rounds, byte[] salt, byte[] hash) {
        if (rounds < 1 || rounds > ROUNDS_MAX || salt.length != SALT_LENGTH || hash.length != HASH_LENGTH) {
            throw new IllegalArgumentException("not the hash of a password: " + rounds + " rounds, " + salt.length
                    + " bytes of salt, " + hash.length + " bytes of hash");
        }
        return new PasswordHash(rounds, salt.clone(), hash.clone());
    }

    /** Takes as long as to check a password of so many rounds, and says no: for who must not tell whether there is one to check. */
    public static boolean matchesNothing(char[] password, int rounds) {
        return new PasswordHash(rounds, new byte[SALT_LENGTH], new byte[HASH_LENGTH]).matches(password);
    }

    /** Whether a password is the one; takes the same time whatever they have in common. */
    public boolean matches(char[] password) {
        return password.length > 0
                && password.length <= PASSWORD_LENGTH_MAX
                && MessageDigest.isEqual(hash, derive(password, salt, rounds));
    }

    /** How many rounds it took. */
    public int rounds() {
        return rounds;
    }

    /** Its salt. */
    public byte[] salt() {
        return salt.clone();
    }

    /** The hash. */
    public byte[] hash() {
        return hash.clone();
    }

    private static byte[] derive(char[] password, byte[] salt, int rounds) {
        char[] normal = Normalizer.normalize(CharBuffer.wrap(password), Normalizer.Form.NFC)
                .toCharArray();
        PBEKeySpec spec = new PBEKeySpec(normal, salt, rounds, HASH_LENGTH * Byte.SIZE);
        try {
            return SecretKeyFactory.getInstance(ALGORITHM).generateSecret(spec).getEncoded();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JVM has no " + ALGORITHM, e);
        } finally {
            spec.clearPassword();
            Arrays.fill(normal, '\0');
        }
    }

    /** How it was made, without the salt and the hash. */
    @Override
    public String toString() {
        return ALGORITHM + " with " + rounds + " rounds";
    }
}
