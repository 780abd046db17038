package io.blockdb.base;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Numbers that make the array grow arrive in the new one. */
final class ByteWriterTest {
    @Test
    void growsUnderEveryNumber() throws CorruptionException {
        for (int before = 8; before <= 16; before++) {
            assertEquals(0xfe, reader(before, out -> out.u8(0xfe)).u8());
            assertEquals(0xfedc, reader(before, out -> out.u16(0xfedc)).u16());
            assertEquals(0xfedcba98, reader(before, out -> out.i32(0xfedcba98)).i32());
            assertEquals(
                    0xfedcba9876543210L,
                    reader(before, out -> out.i64(0xfedcba9876543210L)).i64());
            assertEquals(
                    Long.MAX_VALUE,
                    reader(before, out -> out.varint(Long.MAX_VALUE)).varint());
        }
    }

    /** Reads what was written behind that many bytes of a writer that has room for 16. */
    private static ByteReader reader(int before, Consumer<ByteWriter> write) {
        ByteWriter out = new ByteWriter(0);
        out.zeros(before);
        write.accept(out);
        return new ByteReader("test", 0, out.array(), before, out.size() - before);
    }
}
