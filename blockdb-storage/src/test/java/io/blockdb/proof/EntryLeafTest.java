package io.blockdb.proof;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.base.Hash;
import io.blockdb.base.Seed;
import io.blockdb.base.TableName;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class EntryLeafTest {
    private static final byte[] NONE = {};
    private static final List<String> TEXTS = List.of("a", "alice", "größe", "✓", "用户", "😀", "x".repeat(255));

    private final Random random = Seed.random();

    @Test
    void everyBitFlippedIsRefusedOrMeansWhatItSays() throws Exception {
        for (int i = 0; i < 20; i++) {
            byte[] leaf = randomLeaf();
            assertArrayEquals(leaf, encodeAgain(EntryLeaf.parse(leaf, 0, leaf.length)));
            for (int at = 0; at < leaf.length; at++) {
                byte before = leaf[at];
                for (int bit = 0; bit < 8; bit++) {
                    leaf[at] = (byte) (before ^ 1 << bit);
                    checkRefusedOrEncodedAlike(leaf);
                }
                leaf[at] = (byte) random.nextInt();
                checkRefusedOrEncodedAlike(leaf);
                leaf[at] = before;
            }
        }
    }

    private void checkRefusedOrEncodedAlike(byte[] leaf) {
        EntryLeaf parsed;
        try {
            parsed = EntryLeaf.parse(leaf, 0, leaf.length);
        } catch (MalformedException e) {
            assertFalse(e.getMessage().isEmpty());
            return;
        }
        assertArrayEquals(leaf, encodeAgain(parsed));
    }

    /** The leaf data of an entry with the same fields; the digest is carried over, since the value is not known. */
    private static byte[] encodeAgain(EntryLeaf leaf) {
        byte[] encoded = EntryLeaf.encode(
                leaf.kind(),
                leaf.author().getBytes(StandardCharsets.UTF_8),
                leaf.table(),
                leaf.key(),
                new byte[leaf.valueLength()],
                new byte[leaf.saltLength()],
                leaf.expiresAt(),
                leaf.joined());
        leaf.valueDigest().copyTo(encoded, encoded.length - Hash.LENGTH);
        return encoded;
    }

    @Test
    void anyOtherLengthIsRefused() throws Exception {
        byte[] leaf = randomLeaf();
        byte[] longer = Arrays.copyOf(leaf, leaf.length + 1);
        for (int length = 0; length <= longer.length; length++) {
            int cut = length;
            if (length != leaf.length) {
                assertThrows(MalformedException.class, () -> EntryLeaf.parse(longer, 0, cut), () -> "length " + cut);
            }
        }
        assertEquals(leaf.length, EntryLeaf.parse(longer, 0, leaf.length).length());
    }

    @Test
    void leavesOneBehindTheOtherAreWalked() throws Exception {
        byte[] all = new byte[1_000_000];
        int end = 7;
        int count = 0;
        while (end < all.length - EntryLeaf.LEAF_LENGTH_MAX) {
            byte[] leaf = randomLeaf();
            System.arraycopy(leaf, 0, all, end, leaf.length);
            end += leaf.length;
            count++;
        }
        int walked = 0;
        int at = 7;
        while (at < end) {
            int length = EntryLeaf.lengthAt(all, at, end - at);
            EntryLeaf leaf = EntryLeaf.parse(all, at, length);
            assertArrayEquals(
                    leaf.key(), Arrays.copyOfRange(all, leaf.keyOffset(), leaf.keyOffset() + leaf.keyLength()));
            assertEquals(MerkleTree.leafHash(Arrays.copyOfRange(all, at, at + length)), leaf.hash());
            at += length;
            walked++;
        }
        assertEquals(count, walked);
        assertEquals(end, at);
    }

    @Test
    void isWrittenIntoAGivenArray() {
        byte[] key = {1, 2, 3};
        byte[] value = {4, 5};
        byte[] salt = new byte[EntryLeaf.SALT_LENGTH];
        byte[] author = utf8("alice");
        byte[] expected = EntryLeaf.encode(EntryLeaf.KIND_PUT, author, TableName.DEFAULT, key, value, salt, 17, true);
        byte[] target = new byte[expected.length + 10];
        Arrays.fill(target, (byte) 0x55);
        int length =
                EntryLeaf.encode(EntryLeaf.KIND_PUT, author, TableName.DEFAULT, key, value, salt, 17, true, target, 4);
        assertEquals(expected.length, length);
        assertEquals(EntryLeaf.encodedLength(author.length, TableName.DEFAULT, key.length), length);
        assertArrayEquals(expected, Arrays.copyOfRange(target, 4, 4 + length));
        assertEquals(0x55, target[3]);
        assertEquals(0x55, target[4 + length]);
    }

    @Test
    void theDigestHoldsForExactlyThatSaltAndValue() throws Exception {
        byte[] salt = new byte[EntryLeaf.SALT_LENGTH];
        random.nextBytes(salt);
        byte[] value = utf8("value");
        byte[] encoded =
                EntryLeaf.encode(EntryLeaf.KIND_PUT, NONE, TableName.DEFAULT, utf8("k"), value, salt, 0, false);
        EntryLeaf leaf = EntryLeaf.parse(encoded, 0, encoded.length);
        assertTrue(leaf.digestMatches(salt, value));
        assertFalse(leaf.digestMatches(NONE, value));
        assertFalse(leaf.digestMatches(salt, utf8("walue")));
        byte[] both = Arrays.copyOf(salt, salt.length + value.length);
        System.arraycopy(value, 0, both, salt.length, value.length);
        assertFalse(leaf.digestMatches(NONE, both), "same bytes to hash, but the salt ends elsewhere");
    }

    @Test
    void limitsAreAcceptedAndWhatExceedsThemIsRefused() throws Exception {
        byte[] longest = new byte[EntryLeaf.KEY_LENGTH_MAX];
        byte[] author = utf8("a".repeat(EntryLeaf.AUTHOR_LENGTH_MAX));
        TableName table = TableName.of("t".repeat(TableName.MAX_LENGTH));
        byte[] value = new byte[EntryLeaf.KEY_PLUS_VALUE_MAX - longest.length];
        byte[] leaf =
                EntryLeaf.encode(EntryLeaf.KIND_PUT, author, table, longest, value, NONE, EntryLeaf.NUMBER_MAX, false);
        assertTrue(leaf.length <= EntryLeaf.LEAF_LENGTH_MAX);
        assertEquals(EntryLeaf.NUMBER_MAX, EntryLeaf.parse(leaf, 0, leaf.length).expiresAt());

        byte[] k = utf8("k");
        assertRefused(3, NONE, k, NONE, NONE, 0);
        assertRefused(1, new byte[256], k, NONE, NONE, 0);
        assertRefused(1, utf8("a\nb"), k, NONE, NONE, 0);
        assertRefused(1, NONE, NONE, NONE, NONE, 0);
        assertRefused(1, NONE, new byte[EntryLeaf.KEY_LENGTH_MAX + 1], NONE, NONE, 0);
        assertRefused(1, NONE, k, new byte[EntryLeaf.KEY_PLUS_VALUE_MAX], NONE, 0);
        assertRefused(1, NONE, k, NONE, new byte[15], 0);
        assertRefused(1, NONE, k, NONE, NONE, -1);
        assertRefused(1, NONE, k, NONE, NONE, EntryLeaf.NUMBER_MAX + 1);
        assertRefused(2, NONE, k, new byte[1], NONE, 0);
        assertRefused(2, NONE, k, NONE, new byte[16], 0);
        assertRefused(2, NONE, k, NONE, NONE, 1);
    }

    private static void assertRefused(int kind, byte[] author, byte[] key, byte[] value, byte[] salt, long expiresAt) {
        assertThrows(
                IllegalArgumentException.class,
                () -> EntryLeaf.encode(kind, author, TableName.DEFAULT, key, value, salt, expiresAt, false));
    }

    @Test
    void numbersAreReadWithoutSign() {
        byte[] leaf = EntryLeaf.encode(EntryLeaf.KIND_PUT, NONE, TableName.DEFAULT, utf8("key"), NONE, NONE, 0, false);
        for (int at : new int[] {4, 6, 8, 12, 16}) {
            byte[] changed = leaf.clone();
            changed[at] = (byte) 0x80;
            assertThrows(MalformedException.class, () -> EntryLeaf.parse(changed, 0, changed.length), "byte " + at);
            assertThrows(
                    MalformedException.class,
                    () -> EntryLeaf.parse(changed, 0, EntryLeaf.lengthAt(changed, 0, changed.length)));
        }
    }

    @Test
    void aNewerFormatIsToldFromDamage() {
        byte[] leaf = EntryLeaf.encode(EntryLeaf.KIND_PUT, NONE, TableName.DEFAULT, utf8("key"), NONE, NONE, 0, false);
        leaf[0] = 2;
        assertTrue(assertThrows(MalformedException.class, () -> EntryLeaf.parse(leaf, 0, leaf.length))
                .isTooNew());
        leaf[0] = 0;
        assertFalse(assertThrows(MalformedException.class, () -> EntryLeaf.parse(leaf, 0, leaf.length))
                .isTooNew());
    }

    @Test
    void textIsJudgedAsUnicodeHasIt() {
        for (int first = 0; first < 256; first++) {
            checkText((byte) first);
            for (int second = 0; second < 256; second++) {
                checkText((byte) first, (byte) second);
                checkText((byte) first, (byte) second, (byte) random.nextInt());
                checkText((byte) first, (byte) second, (byte) 0x80, (byte) (0x80 | random.nextInt(64)));
            }
        }
    }

    /** Holds the judgement against another statement of the rule: decoded and encoded again it is the same text. */
    private void checkText(byte... text) {
        boolean expected;
        try {
            String decoded = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(text))
                    .toString();
            expected = Arrays.equals(text, decoded.getBytes(StandardCharsets.UTF_8))
                    && decoded.chars().noneMatch(c -> c < 0x20 || (c >= 0x7f && c < 0xa0));
        } catch (CharacterCodingException e) {
            expected = false;
        }
        String found = PlainText.problem(text, 0, text.length, "text");
        assertEquals(expected, found == null, () -> Arrays.toString(text) + ": " + found);
    }

    private byte[] randomLeaf() {
        boolean put = random.nextInt(4) != 0;
        byte[] key = new byte[1 + random.nextInt(random.nextInt(10) == 0 ? 300 : 20)];
        byte[] value = new byte[put ? random.nextInt(1000) : 0];
        byte[] salt = new byte[put && random.nextBoolean() ? EntryLeaf.SALT_LENGTH : 0];
        random.nextBytes(key);
        random.nextBytes(value);
        random.nextBytes(salt);
        return EntryLeaf.encode(
                put ? EntryLeaf.KIND_PUT : EntryLeaf.KIND_DELETE,
                random.nextBoolean() ? NONE : utf8(TEXTS.get(random.nextInt(TEXTS.size()))),
                TableName.of(TEXTS.get(random.nextInt(TEXTS.size()))),
                key,
                value,
                salt,
                put && random.nextBoolean() ? random.nextLong() & EntryLeaf.NUMBER_MAX : 0,
                random.nextBoolean());
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
