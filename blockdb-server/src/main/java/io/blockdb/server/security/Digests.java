package io.blockdb.server.security;

import io.blockdb.base.Hash;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Digests of secrets, by which they are found again without being kept. */
final class Digests {
    private static final String SHA_256 = "SHA-256";
    private static final String HMAC = "HmacSHA256";

    private Digests() {}

    /** Of a secret that nobody can guess. */
    static Hash sha256(String secret) {
        try {
            return Hash.of(MessageDigest.getInstance(SHA_256).digest(secret.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JVM has no " + SHA_256, e);
        }
    }

    /** Of a secret that might be guessed, under a key that is as secret. */
    static Hash keyed(byte[] key, String secret) {
        try {
            Mac mac = Mac.getInstance(HMAC);
            mac.init(new SecretKeySpec(key, HMAC));
            return Hash.of(mac.doFinal(secret.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JVM has no " + HMAC, e);
        }
    }
}
