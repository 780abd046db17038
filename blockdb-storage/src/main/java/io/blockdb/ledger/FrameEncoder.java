package io.blockdb.ledger;

import io.blockdb.base.ByteWriter;
import io.blockdb.base.Position;
import io.blockdb.proof.BlockHeader;
import java.util.List;

/**
 * Builds the frame of a block in a buffer that it keeps.
 *
 * <p>Threading: the committer only.
 */
final class FrameEncoder {
    /** Buffers above this are not kept: one large batch must not hold its memory for ever. */
    private static final int KEPT_MAX = 4 << 20;

    private final int inlineValueLimit;
    private ByteWriter frame = new ByteWriter(64 << 10);
    private ByteWriter small = new ByteWriter(64 << 10);
    private int[] valueOffsets = new int[64];

    /** What the head of the frame encoded last has to say of it. */
    private long height;

    private int bodyCrc;
    private boolean lz4;
    private int valueCount;
    private int leafLength;
    private int smallStoredLength;
    private int valueAreaLength;

    FrameEncoder(int inlineValueLimit) {
        this.inlineValueLimit = inlineValueLimit;
    }

    /**
     * Builds the frame of one block, all but its head: nothing of it depends on where it will stand.
     *
     * @param header the block header
     * @return the length of the frame
     */
    int encode(BlockHeader header, List<BlockEntry> entries) {
        reset(entries.size());
        int framed = 0;
        int leaves = 0;
        for (BlockEntry entry : entries) {
            leaves += entry.leaf().length;
            if (entry.isFramed(inlineValueLimit)) {
                framed++;
            } else {
                small.bytes(entry.value().value());
            }
        }
        header.encode(
                frame.array(), frame.grow(FrameFormat.HEAD_LENGTH + BlockHeader.LENGTH) + FrameFormat.HEAD_LENGTH);
        int table = frame.grow(4 * framed);
        for (BlockEntry entry : entries) {
            frame.bytes(entry.leaf());
        }
        int smallAt = frame.size();
        lz4 = putSmallValues();
        int bodyEnd = frame.size();
        frame.zeros(SegmentFormat.padded(bodyEnd) - bodyEnd);
        int valueArea = frame.size();
        putValueFrames(entries, table);
        height = header.height();
        bodyCrc = SegmentFormat.crc(frame.array(), FrameFormat.HEAD_LENGTH, bodyEnd - FrameFormat.HEAD_LENGTH);
        valueCount = framed;
        leafLength = leaves;
        smallStoredLength = bodyEnd - smallAt;
        valueAreaLength = frame.size() - valueArea;
        return frame.size();
    }

    /**
     * Completes the frame encoded last for the place where it is to stand.
     *
     * @return the frame; the encoder's own, valid until the next call
     */
    ByteWriter placed(long nonce, long offset, long durableBlocks, Position position) {
        FrameFormat.Head head = new FrameFormat.Head(
                offset,
                height,
                durableBlocks,
                position,
                bodyCrc,
                lz4,
                valueCount,
                leafLength,
                smallStoredLength,
                small.size(),
                inlineValueLimit,
                valueAreaLength);
        FrameFormat.encodeHead(head, nonce, frame.array(), 0);
        return frame;
    }

    /** Where the value of entry {@code index} of the block encoded last begins in its frame, 0 where it is a small one. */
    int valueOffset(int index) {
        return valueOffsets[index];
    }

    private void reset(int entries) {
        if (frame.array().length > KEPT_MAX) {
            frame = new ByteWriter(64 << 10);
        }
        if (small.array().length > KEPT_MAX) {
            small = new ByteWriter(64 << 10);
        }
        if (valueOffsets.length < entries) {
            valueOffsets = new int[Math.max(entries, 2 * valueOffsets.length)];
        }
        frame.clear();
        small.clear();
    }

    private boolean putSmallValues() {
        int start = frame.grow(Lz4.bound(small.size()));
        int stored = Lz4.compress(small.array(), 0, small.size(), frame.array(), start);
        if (stored == 0) {
            System.arraycopy(small.array(), 0, frame.array(), start, small.size());
        }
        frame.truncate(start + (stored == 0 ? small.size() : stored));
        return stored > 0;
    }

    private void putValueFrames(List<BlockEntry> entries, int table) {
        int next = table;
        for (int i = 0; i < entries.size(); i++) {
            BlockEntry entry = entries.get(i);
            valueOffsets[i] = 0;
            if (!entry.isFramed(inlineValueLimit)) {
                continue;
            }
            int at = frame.size();
            valueOffsets[i] = at;
            frame.setI32(next, at);
            next += 4;
            putValueFrame(entry, at);
        }
    }

    private void putValueFrame(BlockEntry entry, int at) {
        StoredValue value = entry.value();
        int rawLength = entry.valueLength();
        int saltLength = entry.saltLength();
        if (value.isErased()) {
            int length = ValueFrameFormat.lengthMax(rawLength, saltLength);
            frame.grow(length);
            ValueFrameFormat.encodeErased(rawLength, saltLength, frame.array(), at, length);
            return;
        }
        frame.grow(ValueFrameFormat.encodeBound(rawLength, saltLength));
        int length = ValueFrameFormat.encode(value.value(), value.salt(), frame.array(), at);
        frame.truncate(at + length);
    }
}
