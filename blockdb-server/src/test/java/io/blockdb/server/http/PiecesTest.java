package io.blockdb.server.http;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PiecesTest {
    @Test
    void whatIsWrittenIsRead() throws IOException {
        Random random = new Random(1);
        for (int round = 0; round < 200; round++) {
            Pieces pieces = new Pieces();
            ByteArrayOutputStream expected = new ByteArrayOutputStream();
            for (int i = random.nextInt(12); i > 0; i--) {
                byte[] bytes =
                        new byte[random.nextInt(3) == 0 ? random.nextInt(3 * Pieces.PIECE) : random.nextInt(9000)];
                random.nextBytes(bytes);
                int offset = random.nextInt(bytes.length + 1);
                pieces.write(bytes, offset, bytes.length - offset);
                expected.write(bytes, offset, bytes.length - offset);
                pieces.write(i);
                expected.write(i);
            }
            byte[] all = expected.toByteArray();
            assertEquals(all.length, pieces.stream().available());
            assertArrayEquals(all, pieces.toByteArray());
            assertArrayEquals(all, inParts(pieces.stream(), 1 + random.nextInt(2 * Pieces.PIECE)));
            assertArrayEquals(all, mixed(pieces.stream(), random));
        }
    }

    /** Each part is of one piece, and none is longer than was asked for. */
    private static byte[] inParts(Pieces.Stream stream, int most) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        while (stream.available() > 0) {
            ByteBuffer part = stream.next(most);
            assertTrue(part.remaining() > 0 && part.remaining() <= Math.min(most, Pieces.PIECE));
            all.write(part.array(), part.arrayOffset() + part.position(), part.remaining());
        }
        assertFalse(stream.next(most).hasRemaining());
        return all.toByteArray();
    }

    private static byte[] mixed(Pieces.Stream stream, Random random) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        int begin = random.nextInt(20);
        for (int i = 0; i < begin && stream.available() > 0; i++) {
            all.write(stream.read());
        }
        all.write(stream.readNBytes(random.nextInt(9000)));
        all.write(stream.readAllBytes());
        assertEquals(-1, stream.read());
        return all.toByteArray();
    }

    @Test
    void noPieceIsLong() {
        Pieces pieces = new Pieces();
        pieces.write(new byte[5 << 20], 0, 5 << 20);
        Pieces.Stream stream = pieces.stream();
        while (stream.available() > 0) {
            assertTrue(stream.next(Integer.MAX_VALUE).array().length <= Pieces.PIECE);
        }
    }

    @Test
    void aShortAnswerTakesNoMoreThanItsLength() {
        Pieces pieces = new Pieces();
        pieces.write(new byte[300], 100, 200);
        assertEquals(200, pieces.stream().next(Integer.MAX_VALUE).array().length);
    }

    @Test
    void whatIsThereIsNotCopied() {
        byte[] there = new byte[1 << 20];
        Arrays.fill(there, (byte) 7);
        assertSame(there, Pieces.of(there).stream().next(100).array());
        assertEquals(0, Pieces.of(new byte[0]).stream().available());
        assertEquals(0, new Pieces().stream().next(1).remaining());
    }
}
