package io.blockdb.ledger;

import io.blockdb.base.LedgerId;
import java.io.IOException;

/**
 * The bytes of a block's frame, of which only the head was checked: so that one thread can read and others take apart.
 *
 * <p>Threading: immutable; may be handed from thread to thread.
 */
public final class RawBlock {
    private final String file;
    private final long segment;
    private final LedgerId ledgerId;
    private final FrameFormat.Head head;
    private final byte[] frame;

    RawBlock(String file, SegmentFormat.Header header, FrameFormat.Head head, byte[] frame) {
        this.file = file;
        this.segment = header.fileNumber();
        this.ledgerId = header.ledgerId();
        this.head = head;
        this.frame = frame;
    }

    /** The segment's file, as errors call it. */
    public String file() {
        return file;
    }

    /** Where the frame begins in the segment, in bytes. */
    public long offset() {
        return head.offset();
    }

    /** The block's height, as the head has it. */
    public long height() {
        return head.height();
    }

    /** Bytes that the frame takes. */
    public int frameLength() {
        return head.frameLength();
    }

    /** Id of the ledger that the segment is of. */
    LedgerId ledgerId() {
        return ledgerId;
    }

    /**
     * Checks and reads the block.
     *
     * @throws io.blockdb.base.CorruptionException if it is damaged
     */
    public LedgerBlock decode() throws IOException {
        return LedgerBlock.decode(file, segment, head, frame);
    }
}
