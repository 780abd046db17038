package io.blockdb.access;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An API token as its holder shows it: {@code bdb_<id of the principal>_<id of the token>_<secret>}, the secret 256 random bits in
 * base64url. Only its SHA-256 is kept. The ids are no secret: they say where to look.
 *
 * <p>The prefix lets programs that look for leaked secrets find one. {@link #toString} shows no secret.
 */
public final class TokenText {
    /** Bytes of randomness in a token. */
    public static final int SECRET_LENGTH = 32;

    private static final String ALGORITHM = "SHA-256";

    private static final Pattern FORM = Pattern.compile("bdb_([0-9a-f]{16})_([0-9a-f]{16})_([A-Za-z0-9_-]{43})");

    private final String principal;
    private final String id;
    private final String secret;

    private TokenText(String principal, String id, String secret) {
        this.principal = principal;
        this.id = id;
        this.secret = secret;
    }

    /**
     * A new token.
     *
     * @param secret {@link #SECRET_LENGTH} random bytes
     */
    public static TokenText of(String principal, String id, byte[] secret) {
        Principal.checkId(principal);
        Principal.checkId(id);
        if (secret.length != SECRET_LENGTH) {
            throw new IllegalArgumentException("a token's secret has " + SECRET_LENGTH + " bytes");
        }
        return new TokenText(
                principal, id, Base64.getUrlEncoder().withoutPadding().encodeToString(secret));
    }

    /** What somebody showed, or null where it is no token. */
    public static @Nullable TokenText parse(String shown) {
        Matcher matcher = FORM.matcher(shown);
        return matcher.matches() ? new TokenText(matcher.group(1), matcher.group(2), matcher.group(3)) : null;
    }

    /** Id of the principal that it claims to be of. */
    public String principal() {
        return principal;
    }

    /** Id of the token that it claims to be. */
    public String id() {
        return id;
    }

    /** The whole token: to be shown once to whom it is for, and to nobody else. */
    public String reveal() {
        return "bdb_" + principal + "_" + id + "_" + secret;
    }

    /** What is kept of the secret: its SHA-256. */
    public byte[] digest() {
        try {
            return MessageDigest.getInstance(ALGORITHM).digest(secret.getBytes(StandardCharsets.US_ASCII));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this JVM has no " + ALGORITHM, e);
        }
    }

    /** Whether its secret is the one of a digest; takes the same time whatever they have in common. */
    public boolean matches(byte[] digest) {
        return MessageDigest.isEqual(digest(), digest);
    }

    /** Which token it is, without the secret. */
    @Override
    public String toString() {
        return "token " + id + " of " + principal;
    }
}
