package io.blockdb.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import io.blockdb.base.TableName;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Bytes as UTF-8 and as JSON, held against those who know. */
final class ByteTextTest {
    private final long seed = Long.getLong("blockdb.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final String reproduce =
            "reproduce with: mvn -pl blockdb-cli -am test -Dtest=ByteTextTest -Dblockdb.seed=" + seed;

    private static boolean isUtf8(byte[] bytes) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }

    @Test
    void utf8IsWhatTheJdkTakesForIt() {
        for (int first = 0; first < 256; first++) {
            for (int second = 0; second < 256; second++) {
                byte[] bytes = {(byte) first, (byte) second, (byte) 0x80, (byte) 0xbf};
                for (int length = 0; length <= bytes.length; length++) {
                    byte[] some = Arrays.copyOf(bytes, length);
                    assertEquals(isUtf8(some), Utf8.isValid(bytes, 0, length), () -> Arrays.toString(some));
                }
            }
        }
        for (int round = 0; round < 20_000; round++) {
            byte[] bytes = randomText(6);
            if (bytes.length > 0 && random.nextBoolean()) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            assertEquals(isUtf8(bytes), Utf8.isValid(bytes, 0, bytes.length), reproduce);
        }
    }

    @Test
    void whereItIsNotUtf8() {
        byte[] bytes = {'a', (byte) 0xc3, (byte) 0xa4, (byte) 0xed, (byte) 0xa0, (byte) 0x80};
        assertEquals(3, Utf8.invalidAt(bytes, 0, bytes.length));
        assertEquals(-1, Utf8.invalidAt(bytes, 0, 3));
        assertEquals(1, Utf8.invalidAt(bytes, 0, 2));
        assertEquals(2, Utf8.characters(bytes, 0, 3));
    }

    private byte[] randomText(int longest) {
        StringBuilder text = new StringBuilder();
        int[] bounds = {0x20, 0x80, 0x800, 0xd7ff, 0x10ffff};
        for (int i = random.nextInt(longest + 1); i > 0; i--) {
            int character = random.nextInt(bounds[random.nextInt(bounds.length)]);
            text.appendCodePoint(character >= 0xd800 && character < 0xe000 ? '"' : character);
        }
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void jsonIsReadBackToTheSame() throws IOException {
        JsonFactory factory = new JsonFactory();
        ByteText text = new ByteText();
        for (int round = 0; round < 3000; round++) {
            byte[] bytes = randomText(2000);
            text.clear().append((byte) '"');
            boolean ascii = text.appendJson(bytes, 0, bytes.length);
            text.append((byte) '"');
            try (JsonParser parser = factory.createParser(text.array(), 0, text.length())) {
                parser.nextToken();
                assertEquals(new String(bytes, StandardCharsets.UTF_8), parser.getText(), reproduce);
            }
            assertEquals(new String(bytes, StandardCharsets.UTF_8).chars().allMatch(c -> c < 128), ascii, reproduce);
        }
    }

    @Test
    void keysOfABatch() {
        KeySet set = new KeySet();
        for (int i = 0; i < 5000; i++) {
            OperationLine one = line("default", i);
            assertFalse(set.contains(one));
            set.add(one);
            assertTrue(set.contains(line("default", i)));
            assertFalse(set.contains(line("other", i)));
        }
    }

    private static OperationLine line(String table, int key) {
        byte[] bytes = ("key " + key).getBytes(StandardCharsets.UTF_8);
        return new OperationLine(key, false, TableName.of(table), bytes, bytes, 0);
    }
}
