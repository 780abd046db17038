package io.blockdb.proof;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.base.LedgerId;
import io.blockdb.base.Seed;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Private keys, public keys and the names of ledgers. */
class SigningKeyTest {
    private static final Origin ORIGIN =
            new Origin(Origin.DEFAULT_NAME, LedgerId.parse("000102030405060708090a0b0c0d0e0f"));
    /** The example of RFC 8410, section 10.3, and the public key of section 10.1 that belongs to it. */
    private static final String RFC_8410_PEM = """
            -----BEGIN PRIVATE KEY-----
            MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC
            -----END PRIVATE KEY-----
            """;

    private static final String RFC_8410_PUBLIC = "MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=";
    /** The same key as section 10.3 has it with an attribute and the public key, which is another version. */
    private static final String RFC_8410_VERSION_1 = """
            -----BEGIN PRIVATE KEY-----
            MHICAQEwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC
            oB8wHQYKKoZIhvcNAQkJFDEPDA1DdXJkbGUgQ2hhaXJzgSEAGb9ECWmEzf6FQbrB
            Z9w7lshQhqowtrbLDFw4rXAxZuE=
            -----END PRIVATE KEY-----
            """;

    private final Random random = Seed.random();

    @Test
    void theExampleOfRfc8410IsReadAndWritten() throws Exception {
        SigningKey key = SigningKey.parsePem(RFC_8410_PEM);
        byte[] x509 = Base64.getDecoder().decode(RFC_8410_PUBLIC);
        byte[] expected = Arrays.copyOfRange(x509, x509.length - 32, x509.length);
        assertArrayEquals(expected, key.verifierKey(ORIGIN).publicKey());
        assertEquals(RFC_8410_PEM, key.toPem());
    }

    @Test
    void otherLineBreaksMeanTheSameKey() throws Exception {
        VerifierKey expected = SigningKey.parsePem(RFC_8410_PEM).verifierKey(ORIGIN);
        String broken = RFC_8410_PEM.replace("nwoy", "nw\noy");
        for (String pem : new String[] {
            RFC_8410_PEM.strip(), RFC_8410_PEM.replace("\n", "\r\n"), "\n" + RFC_8410_PEM + "\n", broken
        }) {
            assertEquals(expected, SigningKey.parsePem(pem).verifierKey(ORIGIN));
        }
    }

    @Test
    void whatIsNoPlainEd25519KeyIsRefusedAndNotShown() {
        String body = RFC_8410_PEM.lines().toList().get(1);
        for (String pem : new String[] {
            "",
            "-----BEGIN PRIVATE KEY-----",
            body,
            RFC_8410_PEM.replace("PRIVATE", "PUBLIC"),
            RFC_8410_PEM.replace("dVhC", ""),
            RFC_8410_PEM.replace("dVhC", "dVhCAAAA"),
            RFC_8410_PEM.replace("dVhC", "dVh"),
            RFC_8410_PEM.replace("dVhC", "dV-C"),
            RFC_8410_PEM.replace("MC4C", "MC5C"),
            RFC_8410_PEM.replace("K2Vw", "K2Vx"),
            RFC_8410_VERSION_1,
        }) {
            MalformedException e = assertThrows(MalformedException.class, () -> SigningKey.parsePem(pem), pem);
            assertFalse(e.getMessage().contains("INTu"), e.getMessage());
        }
        assertThrows(IllegalArgumentException.class, () -> SigningKey.of(new byte[31]));
    }

    @Test
    void theJdkSignsWithWhatIsWrittenAndVerifiesWithWhatIsPublished() throws Exception {
        byte[] seed = new byte[SigningKey.SEED_LENGTH];
        random.nextBytes(seed);
        SigningKey key = SigningKey.of(seed);
        seed[0]++;
        byte[] pkcs8 = Base64.getDecoder().decode(key.toPem().lines().toList().get(1));
        byte[] publicKey = key.verifierKey(ORIGIN).publicKey();
        byte[] x509 = Base64.getDecoder().decode(RFC_8410_PUBLIC);
        System.arraycopy(publicKey, 0, x509, x509.length - publicKey.length, publicKey.length);

        KeyFactory factory = KeyFactory.getInstance("Ed25519");
        PrivateKey jdkPrivate = factory.generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
        PublicKey jdkPublic = factory.generatePublic(new X509EncodedKeySpec(x509));
        byte[] message = "message".getBytes(StandardCharsets.UTF_8);
        Signature signer = Signature.getInstance("Ed25519");
        signer.initSign(jdkPrivate);
        signer.update(message);
        byte[] signature = signer.sign();
        Signature verifier = Signature.getInstance("Ed25519");
        verifier.initVerify(jdkPublic);
        verifier.update(message);
        assertTrue(verifier.verify(signature));
    }

    @Test
    void publicKeysOfRfc8032() {
        assertPublicKey(
                "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
                "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
        assertPublicKey(
                "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
                "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
    }

    private static void assertPublicKey(String seed, String publicKey) {
        byte[] found = Ed25519.publicKey(HexFormat.of().parseHex(seed));
        assertEquals(publicKey, HexFormat.of().formatHex(found));
        assertNull(Ed25519.problem(found));
    }

    @Test
    void publicKeysThatAreNoPointsOrHaveSmallOrderAreToldApart() {
        String y8 = "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a";
        String minusY8 = "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05";
        for (String key : new String[] {littleEndian(0), littleEndian(1), littleEndian(-1), y8, minusY8}) {
            assertEquals(
                    "public key has small order", Ed25519.problem(HexFormat.of().parseHex(key)), key);
        }
        // Everything from p to 2^255 - 1 stands for a number that has a shorter encoding.
        for (int i = 0; i < 19; i++) {
            byte[] key = HexFormat.of().parseHex(littleEndian(0));
            Arrays.fill(key, (byte) 0xff);
            key[0] = (byte) (0xed + i);
            key[31] = 0x7f;
            assertEquals("public key is not encoded canonically", Ed25519.problem(key));
            key[31] = (byte) 0xff;
            assertEquals("public key is not encoded canonically", Ed25519.problem(key));
        }
        assertEquals(
                "public key is not a point of the curve",
                Ed25519.problem(HexFormat.of().parseHex(littleEndian(2))));
        assertThrows(IllegalArgumentException.class, () -> VerifierKey.of(ORIGIN, new byte[32]));
        assertThrows(IllegalArgumentException.class, () -> VerifierKey.of(ORIGIN, new byte[33]));
    }

    /** The number modulo p, as a public key whose sign bit is 0. */
    private static String littleEndian(long y) {
        BigInteger p = BigInteger.ONE.shiftLeft(255).subtract(BigInteger.valueOf(19));
        String bigEndian = "%064x".formatted(BigInteger.valueOf(y).mod(p));
        byte[] bytes = HexFormat.of().parseHex(bigEndian);
        byte[] reversed = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            reversed[i] = bytes[bytes.length - 1 - i];
        }
        return HexFormat.of().formatHex(reversed);
    }

    @Test
    void aVerifierKeyIsReadStrictly() throws Exception {
        String text = SigningKey.parsePem(RFC_8410_PEM).verifierKey(ORIGIN).toString();
        assertNotNull(VerifierKey.parse(text));
        int plus = text.indexOf('+');
        for (String wrong : new String[] {
            "",
            "+",
            "++",
            text.substring(plus),
            " " + text,
            text + " ",
            text + "\n",
            text + "=",
            text.substring(0, plus),
            text.substring(0, plus + 9),
            text.substring(0, plus + 9) + "+",
            text.substring(0, plus + 1)
                    + text.substring(plus + 1, plus + 9).toUpperCase(Locale.ROOT)
                    + text.substring(plus + 9),
            "x" + text,
            text.substring(0, text.length() - 1) + (text.endsWith("A") ? "B" : "A"),
        }) {
            assertThrows(MalformedException.class, () -> VerifierKey.parse(wrong), wrong);
        }
    }

    @Test
    void namesOfLedgers() throws Exception {
        String id = "/000102030405060708090a0b0c0d0e0f";
        for (String name : new String[] {"blockdb", "a/b", "/", "!~", "x".repeat(300)}) {
            assertEquals(name + id, Origin.parse(name + id).toString());
            assertEquals(name, Origin.parse(name + id).name());
        }
        for (String wrong : new String[] {
            "", "blockdb", id, "a b" + id, "a+b" + id, "ä" + id, "a\u007f" + id, "blockdb" + id + "0", "blockdb/"
        }) {
            assertThrows(MalformedException.class, () -> Origin.parse(wrong), wrong);
        }
        assertThrows(MalformedException.class, () -> Origin.parse("blockdb" + id.toUpperCase(Locale.ROOT)));
        assertThrows(IllegalArgumentException.class, () -> new Origin("", ORIGIN.ledgerId()));
    }
}
