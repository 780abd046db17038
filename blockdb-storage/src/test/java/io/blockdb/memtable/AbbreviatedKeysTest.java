package io.blockdb.memtable;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.base.Seed;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AbbreviatedKeysTest {
    private static int abbreviation(String common, String key) {
        byte[] bytes = key.getBytes(StandardCharsets.ISO_8859_1);
        return new AbbreviatedKeys(common.getBytes(StandardCharsets.ISO_8859_1)).of(bytes, 0, bytes.length);
    }

    @Test
    void keysThatBeginAsExpectedAreToldApartByWhatFollows() {
        assertTrue(abbreviation("order:2024-", "order:2024-0001") < abbreviation("order:2024-", "order:2024-0002"));
        assertEquals(0x30303031 ^ Integer.MIN_VALUE, abbreviation("order:2024-", "order:2024-0001"));
        assertEquals(0x6f726465 ^ Integer.MIN_VALUE, abbreviation("", "order:2024-0001"));
    }

    @Test
    void othersLieBeforeOrBehind() {
        assertEquals(Integer.MIN_VALUE, abbreviation("order:2024-", "order:2023-9999"));
        assertEquals(Integer.MIN_VALUE, abbreviation("order:2024-", "order:"));
        assertEquals(Integer.MIN_VALUE, abbreviation("order:2024-", "order:2024-"));
        assertEquals(Integer.MAX_VALUE, abbreviation("order:2024-", "order:2025-0001"));
        assertEquals(Integer.MAX_VALUE, abbreviation("order:2024-", "p"));
    }

    @Test
    void whereTheyDifferTheirOrderIsThatOfTheKeys() {
        Random random = Seed.random();
        for (int i = 0; i < 200_000; i++) {
            byte[] letters = random.nextBoolean() ? new byte[] {0, 1, 0x7f, -128, -1} : new byte[] {'a', 'b'};
            AbbreviatedKeys abbreviated = new AbbreviatedKeys(bytes(random, letters, 0));
            byte[] one = bytes(random, letters, 1);
            byte[] other = bytes(random, letters, 1);
            int order = Integer.compare(abbreviated.of(one, 0, one.length), abbreviated.of(other, 0, other.length));
            if (order != 0) {
                assertEquals(order, Integer.signum(Arrays.compareUnsigned(one, other)));
            }
        }
    }

    private static byte[] bytes(Random random, byte[] letters, int lengthMin) {
        byte[] bytes = new byte[lengthMin + random.nextInt(10)];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = letters[random.nextInt(letters.length)];
        }
        return bytes;
    }
}
