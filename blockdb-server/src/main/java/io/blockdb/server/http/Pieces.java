package io.blockdb.server.http;

import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Bytes of an answer, in pieces. One array of some megabytes would need as many regions of the heap in a row, which a small heap has
 * no more once it holds a few such arrays, however much of it is free.
 *
 * <p>Threading: written by one thread, then read by any.
 */
final class Pieces extends OutputStream {
    /** The longest piece that is made here, far below what G1 takes for humongous. */
    static final int PIECE = 64 << 10;

    private final List<byte[]> pieces = new ArrayList<>(1);
    /** How much of the last piece is written. */
    private int taken;

    private int length;

    /** An answer that is there already, as one piece. The array is not copied. */
    static Pieces of(byte[] bytes) {
        Pieces pieces = new Pieces();
        pieces.pieces.add(bytes);
        pieces.taken = bytes.length;
        pieces.length = bytes.length;
        return pieces;
    }

    @Override
    public void write(int next) {
        write(new byte[] {(byte) next}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int count) {
        Objects.checkFromIndexSize(offset, count, bytes.length);
        int from = offset;
        int end = offset + count;
        while (from < end) {
            byte[] last = pieces.isEmpty() ? null : pieces.get(pieces.size() - 1);
            if (last == null || taken == last.length) {
                // Who writes has a buffer of its own: what comes first is all of a short answer.
                last = new byte[length == 0 ? Math.min(PIECE, end - from) : PIECE];
                pieces.add(last);
                taken = 0;
            }
            int part = Math.min(end - from, last.length - taken);
            System.arraycopy(bytes, from, last, taken, part);
            taken += part;
            length = Math.addExact(length, part);
            from += part;
        }
    }

    /** Reads them from the begin, as often as wanted. */
    Stream stream() {
        return new Stream(this);
    }

    /** All of them in one array. */
    byte[] toByteArray() {
        return stream().readAllBytes();
    }

    /** Reads the bytes, or hands them out where they stand. */
    static final class Stream extends InputStream {
        private final Pieces pieces;
        private int piece;
        private int at;
        private int left;

        private Stream(Pieces pieces) {
            this.pieces = pieces;
            this.left = pieces.length;
        }

        @Override
        public int available() {
            return left;
        }

        @Override
        public int read() {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] target, int offset, int count) {
            Objects.checkFromIndexSize(offset, count, target.length);
            if (count == 0) {
                return 0;
            }
            if (left == 0) {
                return -1;
            }
            byte[] current = pieces.pieces.get(piece);
            int part = Math.min(left, Math.min(count, current.length - at));
            System.arraycopy(current, at, target, offset, part);
            skipped(part, current.length);
            return part;
        }

        private void skipped(int count, int ofPiece) {
            left -= count;
            at += count;
            if (at == ofPiece) {
                piece++;
                at = 0;
            }
        }

        /** The next bytes, at most so many, where they stand: none at the end. */
        ByteBuffer next(int most) {
            if (left == 0) {
                return ByteBuffer.allocate(0);
            }
            byte[] current = pieces.pieces.get(piece);
            int part = Math.min(left, Math.min(most, current.length - at));
            ByteBuffer buffer = ByteBuffer.wrap(current, at, part);
            skipped(part, current.length);
            return buffer;
        }

        @Override
        public byte[] readAllBytes() {
            byte[] all = new byte[left];
            for (int to = 0; to < all.length; ) {
                to += read(all, to, all.length - to);
            }
            return all;
        }
    }
}
