package io.blockdb.ledger;

import io.blockdb.base.ByteWriter;
import io.blockdb.base.Hash;
import io.blockdb.base.LedgerId;
import io.blockdb.base.Position;
import io.blockdb.proof.BlockHeader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/** Makes blocks as they are read from a segment, whatever they say. */
public final class Blocks {
    private static final BlockHeader ANY =
            new BlockHeader(1, 0, 0, 0, LedgerId.of(new byte[LedgerId.LENGTH]), Hash.ZERO, Hash.ZERO);

    private Blocks() {}

    /**
     * The block of a header and entries, in a frame whose checksums are right.
     *
     * @param header 112 bytes
     * @throws io.blockdb.base.CorruptionException if they are none that a frame can hold
     */
    public static LedgerBlock of(byte[] header, List<BlockEntry> entries, Position position) throws IOException {
        FrameEncoder encoder = new FrameEncoder(64);
        encoder.encode(ANY, entries);
        ByteWriter frame = encoder.placed(1, SegmentFormat.HEADER_LENGTH, 0, position);
        byte[] bytes = Arrays.copyOf(frame.array(), frame.size());
        FrameFormat.Head head = FrameFormat.parseHead("block", bytes, 0, 1, SegmentFormat.HEADER_LENGTH);
        System.arraycopy(header, 0, bytes, FrameFormat.HEAD_LENGTH, BlockHeader.LENGTH);
        FrameFormat.Head honest = new FrameFormat.Head(
                head.offset(),
                ByteBuffer.wrap(header).getLong(8),
                0,
                position,
                SegmentFormat.crc(bytes, FrameFormat.HEAD_LENGTH, head.bodyLength()),
                head.lz4(),
                head.valueCount(),
                head.leafLength(),
                head.smallStoredLength(),
                head.smallRawLength(),
                head.inlineValueLimit(),
                head.valueAreaLength());
        return LedgerBlock.decode("block", 1, honest, bytes);
    }
}
