package io.blockdb.server.security.tls;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKey;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import org.jspecify.annotations.Nullable;

/** Reads a private key: PKCS #8 in PEM, encrypted or not; RSA, EC or Ed25519. */
final class PrivateKeyFile {
    private static final byte[] PROBE = "blockdb".getBytes(StandardCharsets.US_ASCII);

    private PrivateKeyFile() {}

    /**
     * The key of a certificate.
     *
     * @param password what decrypts it; null: there is none
     * @throws TlsException if it is not there, cannot be read, or is another certificate's
     */
    static PrivateKey read(Path file, @Nullable String password, PublicKey certified) throws IOException {
        PemFile pem = PemFile.read(file);
        byte[] encoded = null;
        for (PemFile.Part part : pem.parts()) {
            switch (part.label()) {
                case "PRIVATE KEY" -> encoded = part.content();
                case "ENCRYPTED PRIVATE KEY" -> encoded = decrypt(file, part.content(), password);
                case "RSA PRIVATE KEY", "EC PRIVATE KEY", "DSA PRIVATE KEY" ->
                    throw new TlsException(
                            file,
                            "holds an old '" + part.label() + "', expected PKCS #8: convert it with"
                                    + " 'openssl pkcs8 -topk8 -nocrypt -in OLD -out NEW'");
                default -> {} // such as parameters of a curve, or a certificate in the same file
            }
        }
        if (encoded == null) {
            throw new TlsException(
                    file, "holds no private key: expected '-----BEGIN PRIVATE KEY-----', found " + pem.labels());
        }
        return parse(file, encoded, certified);
    }

    private static PrivateKey parse(Path file, byte[] encoded, PublicKey certified) throws TlsException {
        String algorithm = certified.getAlgorithm();
        try {
            PrivateKey key = KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(encoded));
            if (!belongs(key, certified)) {
                throw new TlsException(file, "is not the key of the certificate: another " + algorithm + " key");
            }
            return key;
        } catch (InvalidKeySpecException e) {
            throw new TlsException(file, "is no " + algorithm + " key, as the certificate's is", e);
        } catch (GeneralSecurityException e) {
            throw new TlsException(file, "cannot be used as a key: " + e.getMessage(), e);
        } finally {
            Arrays.fill(encoded, (byte) 0);
        }
    }

    private static boolean belongs(PrivateKey key, PublicKey certified) throws GeneralSecurityException {
        Signature signature = Signature.getInstance(
                switch (certified.getAlgorithm()) {
                    case "RSA" -> "SHA256withRSA";
                    case "EC" -> "SHA256withECDSA";
                    default -> certified.getAlgorithm();
                });
        signature.initSign(key);
        signature.update(PROBE);
        byte[] signed = signature.sign();
        signature.initVerify(certified);
        signature.update(PROBE);
        return signature.verify(signed);
    }

    private static byte[] decrypt(Path file, byte[] content, @Nullable String password) throws IOException {
        if (password == null) {
            throw new TlsException(
                    file, "is encrypted: set tls.key_password_file, or BLOCKDB_TLS_KEY_PASSWORD, to its password");
        }
        EncryptedPrivateKeyInfo info;
        try {
            info = new EncryptedPrivateKeyInfo(content);
        } catch (IOException e) {
            throw new TlsException(file, "is no encrypted PKCS #8 key: " + e.getMessage(), e);
        }
        PBEKeySpec spec = new PBEKeySpec(password.toCharArray());
        try {
            AlgorithmParameters parameters = info.getAlgParameters();
            // Under PBES2 the parameters' text, not the name of the scheme, says which algorithm it is.
            String algorithm =
                    info.getAlgName().equals("PBES2") || info.getAlgName().equals("1.2.840.113549.1.5.13")
                            ? String.valueOf(parameters)
                            : info.getAlgName();
            SecretKey secret = SecretKeyFactory.getInstance(algorithm).generateSecret(spec);
            Cipher cipher = Cipher.getInstance(algorithm);
            cipher.init(Cipher.DECRYPT_MODE, secret, parameters);
            return info.getKeySpec(cipher).getEncoded();
        } catch (GeneralSecurityException e) {
            throw new TlsException(file, "cannot be decrypted: wrong password, or a cipher that Java does not know", e);
        } finally {
            spec.clearPassword();
        }
    }

    /** The password in a file, without the end of its line. */
    static String password(Path file) throws IOException {
        String password = Files.readString(file, StandardCharsets.UTF_8).replaceFirst("\\R\\z", "");
        if (password.isEmpty() || password.lines().count() > 1) {
            throw new TlsException(file, "expected one line with a password");
        }
        return password;
    }
}
