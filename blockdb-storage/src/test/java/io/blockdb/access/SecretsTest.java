package io.blockdb.access;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** What is kept of passwords and tokens, and what is not. */
class SecretsTest {
    private static final String ID = "0123456789abcdef";
    private static final String TOKEN = "fedcba9876543210";

    private static byte[] salt() {
        return "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    }

    @Test
    void aPasswordIsPbkdf2() {
        PasswordHash own = PasswordHash.of("correct horse".toCharArray(), salt(), PasswordHash.ROUNDS);
        assertEquals(600_000, own.rounds());
        // What Python's hashlib.pbkdf2_hmac makes of them.
        assertEquals(
                "91828083f760ed60bb550e24f3e89aa29bbcb27c4219d034c4c4f03c2e6db9d9",
                HexFormat.of().formatHex(own.hash()));
        assertTrue(own.matches("correct horse".toCharArray()));
        assertFalse(own.matches("correct hors".toCharArray()));
        assertFalse(own.matches(new char[0]));
        assertFalse(own.matches("x".repeat(5000).toCharArray()));
        PasswordHash kept = PasswordHash.kept(own.rounds(), own.salt(), own.hash());
        assertTrue(kept.matches("correct horse".toCharArray()));
    }

    @Test
    void theSameLettersAreTheSamePassword() {
        PasswordHash composed = PasswordHash.of("gr\u00fc\u00dfe an alle".toCharArray(), salt(), PasswordHash.ROUNDS);
        assertTrue(composed.matches("gru\u0308\u00dfe an alle".toCharArray()));
    }

    @Test
    void passwordsHaveEightToAThousandCharacters() {
        assertThrows(
                IllegalArgumentException.class,
                () -> PasswordHash.of("seven77".toCharArray(), salt(), PasswordHash.ROUNDS));
        assertThrows(
                IllegalArgumentException.class,
                () -> PasswordHash.of("x".repeat(1025).toCharArray(), salt(), PasswordHash.ROUNDS));
        assertThrows(IllegalArgumentException.class, () -> PasswordHash.kept(1 << 30, salt(), new byte[32]));
        assertFalse(PasswordHash.matchesNothing("anything at all".toCharArray(), 1));
    }

    @Test
    void noTextShowsAHash() {
        PasswordHash hash = PasswordHash.kept(1, salt(), new byte[32]);
        assertEquals("PBKDF2WithHmacSHA256 with 1 rounds", hash.toString());
        byte[] secret = new byte[32];
        TokenText text = TokenText.of(ID, TOKEN, secret);
        assertEquals("token " + TOKEN + " of " + ID, text.toString());
    }

    @Test
    void aTokenIsReadAsItWasShown() throws Exception {
        byte[] secret = new byte[32];
        secret[3] = -1;
        secret[31] = 7;
        TokenText text = TokenText.of(ID, TOKEN, secret);
        String shown = text.reveal();
        assertTrue(shown.startsWith("bdb_" + ID + "_" + TOKEN + "_"));
        TokenText read = TokenText.parse(shown);
        assertNotNull(read);
        assertEquals(ID, read.principal());
        assertEquals(TOKEN, read.id());
        assertTrue(read.matches(text.digest()));
        byte[] sha256 = MessageDigest.getInstance("SHA-256")
                .digest(shown.substring(shown.length() - 43).getBytes(StandardCharsets.US_ASCII));
        assertArrayEquals(sha256, read.digest());
        TokenText other = TokenText.parse(shown.substring(0, shown.length() - 1) + "A");
        assertNotNull(other);
        assertFalse(other.matches(text.digest()));
        for (String wrong : new String[] {"", "bdb_", shown + "A", " " + shown, shown.replace("bdb", "bds")}) {
            assertNull(TokenText.parse(wrong), wrong);
        }
    }

    @Test
    void tokensExpireAtTheirTime() {
        ApiToken token = new ApiToken(ID, TOKEN, "ci", 100, true);
        assertFalse(token.isExpired(99));
        assertTrue(token.isExpired(100));
        assertFalse(new ApiToken(ID, TOKEN, "ci", 0, true).isExpired(Long.MAX_VALUE));
        assertFalse(token.revoked().active());
        assertThrows(IllegalArgumentException.class, () -> new ApiToken(ID, TOKEN, "a\nb", 0, true));
        assertThrows(IllegalArgumentException.class, () -> new ApiToken(ID, TOKEN, "x".repeat(129), 0, true));
        assertThrows(IllegalArgumentException.class, () -> new ApiToken(ID, TOKEN, "x", -1, true));
    }
}
