package io.blockdb.ledger;

import io.blockdb.base.CorruptionException;
import io.blockdb.proof.BlockHeader;
import io.blockdb.proof.MalformedException;
import java.io.IOException;
import java.util.Arrays;

/**
 * Reads a segment from front to back by positional reads through a window of memory.
 *
 * <p>Threading: one thread at a time.
 */
final class FrameReader {
    /** What stands at an offset. */
    enum Kind {
        BLOCK,
        SEAL,
        /** Nothing, or zeros, to the end of the file. */
        END
    }

    private static final int WINDOW = 256 << 10;

    private final Segment segment;
    private byte[] window = new byte[WINDOW];
    private long windowStart;
    private int windowLength;

    FrameReader(Segment segment) {
        this.segment = segment;
    }

    Segment segment() {
        return segment;
    }

    /**
     * What stands at an offset.
     *
     * @throws CorruptionException if it is neither the begin of a block or seal nor the end
     */
    Kind kindAt(long offset) throws IOException {
        int available = load(offset, SegmentFormat.SEAL_LENGTH);
        int at = (int) (offset - windowStart);
        int magic = available < 4 ? 0 : SegmentFormat.getInt(window, at);
        if (magic == FrameFormat.MAGIC) {
            return Kind.BLOCK;
        }
        if (magic == SegmentFormat.SEAL_MAGIC) {
            return Kind.SEAL;
        }
        if (magic != 0) {
            throw new CorruptionException(
                    segment.name(),
                    offset,
                    FrameFormat.HEAD_LENGTH,
                    "expected a block with magic %08x, found %08x".formatted(FrameFormat.MAGIC, magic));
        }
        long stray = firstNonZero(offset);
        if (stray >= 0) {
            throw new CorruptionException(
                    segment.name(),
                    offset,
                    stray - offset + 1,
                    "expected a block, found zeros that end at offset " + stray);
        }
        return Kind.END;
    }

    /** Offset of the first byte from {@code offset} on that is not zero, or -1. */
    long firstNonZero(long offset) throws IOException {
        long next = offset;
        for (; ; ) {
            int available = load(next, WINDOW);
            if (available == 0) {
                return -1;
            }
            int at = (int) (next - windowStart);
            for (int i = 0; i < available; i++) {
                if (window[at + i] != 0) {
                    return next + i;
                }
            }
            next += available;
        }
    }

    /** Fails unless there is nothing but zeros from {@code offset}, behind a seal, to the end of the file. */
    void expectZeros(long offset) throws IOException {
        long stray = firstNonZero(offset);
        if (stray >= 0) {
            throw new CorruptionException(segment.name(), stray, 0, "bytes behind the seal of the segment");
        }
    }

    /** Reads the head of the frame at an offset. */
    FrameFormat.Head headAt(long offset) throws IOException {
        need(offset, FrameFormat.HEAD_LENGTH, "block head");
        return FrameFormat.parseHead(
                segment.name(),
                window,
                (int) (offset - windowStart),
                segment.header().nonce(),
                offset);
    }

    /** Reads the block header of the frame at an offset without the rest, nothing of it checked by a checksum. */
    BlockHeader headerAt(long offset) throws IOException {
        need(offset, FrameFormat.HEAD_LENGTH + FrameFormat.BLOCK_HEADER_LENGTH, "block");
        int at = (int) (offset - windowStart) + FrameFormat.HEAD_LENGTH;
        try {
            return BlockHeader.parse(window, at, FrameFormat.BLOCK_HEADER_LENGTH);
        } catch (MalformedException e) {
            throw new CorruptionException(segment.name(), offset, FrameFormat.HEAD_LENGTH, e.getMessage(), e);
        }
    }

    /** Reads the whole block at an offset. */
    LedgerBlock blockAt(long offset) throws IOException {
        FrameFormat.Head head = headAt(offset);
        need(offset, head.frameLength(), "block");
        int at = (int) (offset - windowStart);
        byte[] frame = Arrays.copyOfRange(window, at, at + head.frameLength());
        return LedgerBlock.decode(segment.name(), segment.number(), head, frame);
    }

    /** Reads the seal at an offset. */
    SegmentFormat.Seal sealAt(long offset) throws IOException {
        need(offset, SegmentFormat.SEAL_LENGTH, "seal");
        return SegmentFormat.parseSeal(
                segment.name(),
                window,
                (int) (offset - windowStart),
                segment.header().nonce(),
                offset);
    }

    /** A copy of up to {@code length} bytes from {@code offset} on, fewer only at the end of the file. */
    byte[] bytesAt(long offset, int length) throws IOException {
        int available = Math.min(length, load(offset, length));
        int at = (int) (offset - windowStart);
        return Arrays.copyOfRange(window, at, at + available);
    }

    private void need(long offset, int length, String what) throws IOException {
        int available = load(offset, length);
        if (available < length) {
            throw new CorruptionException(
                    segment.name(),
                    offset,
                    length,
                    "the segment ends " + available + " bytes into this " + what + " of " + length);
        }
    }

    /** Sees to it that {@code length} bytes from {@code offset} are in the window; returns how many there are. */
    private int load(long offset, int length) throws IOException {
        long end = windowStart + windowLength;
        if (offset >= windowStart && offset + length <= end) {
            return (int) (end - offset);
        }
        if (length > window.length) {
            window = new byte[Math.max(length, 2 * window.length)];
        } else if (length <= WINDOW && window.length > 4 * WINDOW) {
            window = new byte[WINDOW];
        }
        windowStart = offset;
        windowLength = segment.read(offset, window, 0, window.length);
        return windowLength;
    }
}
