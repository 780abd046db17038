package io.blockdb.proof;

import io.blockdb.base.Hash;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * SHA-256 without an allocation per hash. The JDK's own implementation is used, since it has intrinsics on the processors
 * that have instructions for it.
 *
 * <p>Threading: every thread has a digest of its own, which is always left empty.
 */
final class Sha256 {
    private static final ThreadLocal<MessageDigest> DIGEST = ThreadLocal.withInitial(Sha256::create);

    private Sha256() {}

    /** The calling thread's digest, empty. Whoever takes it must finish it before anything else here is called. */
    static MessageDigest digest() {
        return DIGEST.get();
    }

    /** Ends a digest: writes the 32 bytes to {@code target} at {@code offset} and leaves it empty. */
    static void finish(MessageDigest digest, byte[] target, int offset) {
        try {
            digest.digest(target, offset, Hash.LENGTH);
        } catch (DigestException e) {
            throw new AssertionError("no room for a hash at " + offset + " of " + target.length, e);
        }
    }

    /** Ends a digest and leaves it empty. */
    static Hash finish(MessageDigest digest) {
        return Hash.of(digest.digest());
    }

    private static MessageDigest create() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }
}
