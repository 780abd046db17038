package io.blockdb.ledger;

import io.blockdb.base.CorruptionException;
import io.blockdb.base.Hash;
import io.blockdb.proof.BlockHeader;
import io.blockdb.proof.MalformedException;
import io.blockdb.proof.MerkleTree;
import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads a segment by positional reads, through a window of memory so that frames which follow each other cost few of
 * them.
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

    /** For reading from front to back. */
    static final int WINDOW = 256 << 10;

    /** For reading one block somewhere. */
    static final int SMALL_WINDOW = 8 << 10;

    private final Segment segment;
    private final byte[] window;
    private long windowStart;
    private int windowLength;

    /** Reads through a window of so many bytes, at least a few times a frame's head. */
    FrameReader(Segment segment, int windowSize) {
        this.segment = segment;
        this.window = new byte[windowSize];
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
        int magic = available < 4 ? 0 : SegmentFormat.getInt(window, indexOf(offset));
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
    private long firstNonZero(long offset) throws IOException {
        long next = offset;
        for (; ; ) {
            int available = load(next, window.length);
            if (available == 0) {
                return -1;
            }
            int at = indexOf(next);
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
                segment.name(), window, indexOf(offset), segment.header().nonce(), offset);
    }

    /** Reads the whole block at an offset. */
    LedgerBlock blockAt(long offset) throws IOException {
        return rawBlockAt(offset).decode();
    }

    /** Reads the bytes of the block at an offset, and checks its head. */
    RawBlock rawBlockAt(long offset) throws IOException {
        FrameFormat.Head head = headAt(offset);
        return raw(offset, head, new byte[head.frameLength()]);
    }

    /** Reads the block at an offset without the values that are framed by themselves. */
    LedgerBlock bodyAt(long offset) throws IOException {
        FrameFormat.Head head = headAt(offset);
        return raw(offset, head, new byte[head.valueAreaStart()]).decode();
    }

    private RawBlock raw(long offset, FrameFormat.Head head, byte[] frame) throws IOException {
        int length = copy(offset, frame);
        if (length < frame.length) {
            throw cutOff(offset, length, frame.length, "block");
        }
        return new RawBlock(segment.name(), segment.header(), head, frame);
    }

    /**
     * Walks over heads, from the nearest frame that the index knows, to the frame of a height or to the one that holds a
     * sequence. Of the block headers on the way no checksum is taken; that each goes on where the one before ends is.
     *
     * @param height the height to look for, or {@link Long#MAX_VALUE}
     * @param sequence the sequence to look for, or {@link Long#MAX_VALUE}
     * @return the frame's offset
     */
    long find(FrameIndex index, long height, long sequence) throws IOException {
        FrameIndex.Start start = height == Long.MAX_VALUE ? index.atSequence(sequence) : index.atHeight(height);
        long nextHeight = start.height();
        long nextSequence = start.sequence();
        long offset = start.offset();
        long before = -1;
        for (; ; ) {
            need(offset, FrameFormat.HEAD_LENGTH, "block head");
            int available = load(offset, FrameFormat.HEAD_LENGTH + BlockHeader.LENGTH);
            int at = indexOf(offset);
            int length = FrameFormat.frameLength(window, at, segment.header().nonce(), offset);
            long entryCount = length < 0 || available < FrameFormat.HEAD_LENGTH + BlockHeader.LENGTH
                    ? -1
                    : BlockHeader.entryCount(window, at + FrameFormat.HEAD_LENGTH, nextHeight, nextSequence);
            if (entryCount < 0) {
                length = headAt(offset).frameLength();
                entryCount = checkedEntryCount(before, offset, nextHeight, nextSequence);
            }
            index.note(nextHeight, nextSequence, offset);
            nextHeight++;
            nextSequence += entryCount;
            if (nextHeight > height || nextSequence > sequence) {
                return offset;
            }
            before = offset;
            offset += length;
        }
    }

    /** What walking over frames does not take as it is: says what is wrong. */
    private long checkedEntryCount(long before, long offset, long height, long sequence) throws IOException {
        BlockHeader header = uncheckedHeaderAt(offset);
        if (headAt(offset).height() != height || header.firstSequence() != sequence) {
            throw brokenOff(before, offset, height, sequence);
        }
        return header.entryCount();
    }

    private BlockHeader uncheckedHeaderAt(long offset) throws IOException {
        need(offset, FrameFormat.HEAD_LENGTH + BlockHeader.LENGTH, "block");
        try {
            return BlockHeader.parse(window, indexOf(offset) + FrameFormat.HEAD_LENGTH, BlockHeader.LENGTH);
        } catch (MalformedException e) {
            blockAt(offset);
            throw new CorruptionException(segment.name(), offset, FrameFormat.HEAD_LENGTH, e.getMessage(), e);
        }
    }

    /** Whether the block at an offset, whose head was read already, names this hash as that of the block before. */
    boolean headerFollows(long offset, byte[] previousHash) throws IOException {
        need(offset, FrameFormat.HEAD_LENGTH + BlockHeader.LENGTH, "block");
        int at = indexOf(offset) + FrameFormat.HEAD_LENGTH + BlockHeader.PREVIOUS_HASH_OFFSET;
        return Arrays.equals(window, at, at + Hash.LENGTH, previousHash, 0, Hash.LENGTH);
    }

    /** Writes the hash of the block at an offset, whose head was read already, to {@code target}. */
    void hashHeader(long offset, byte[] target) throws IOException {
        need(offset, FrameFormat.HEAD_LENGTH + BlockHeader.LENGTH, "block");
        MerkleTree.leafHash(window, indexOf(offset) + FrameFormat.HEAD_LENGTH, BlockHeader.LENGTH, target, 0);
    }

    /** Two frames do not fit to each other: reading them whole tells which one is damaged. */
    private CorruptionException brokenOff(long before, long offset, long height, long sequence) throws IOException {
        if (before >= 0) {
            blockAt(before);
        }
        BlockHeader header = blockAt(offset).header();
        return new CorruptionException(
                segment.name(),
                offset,
                0,
                "expected the block of height " + height + " with first sequence " + sequence + ", found "
                        + header.height() + " with " + header.firstSequence());
    }

    /**
     * The block whose frame ends at an offset, looked for backwards from there; null where none does. Found by the nonce,
     * which nobody but the ledger can write.
     */
    @Nullable
    LedgerBlock blockEndingAt(long end) throws IOException {
        if (end % 8 != 0) {
            return null;
        }
        long floor = Math.max(SegmentFormat.HEADER_LENGTH, end - FrameFormat.LENGTH_MAX);
        long nonce = segment.header().nonce();
        byte[] bytes = new byte[SMALL_WINDOW + FrameFormat.HEAD_LENGTH];
        for (long high = end - FrameFormat.HEAD_LENGTH; high >= floor; ) {
            // All but the last round begin at a multiple of 8 below the one before; the floor is one too.
            long low = Math.max(floor, high - SMALL_WINDOW + 8);
            int length = segment.read(low, bytes, 0, (int) (high - low) + FrameFormat.HEAD_LENGTH);
            for (int at = (int) (high - low); at >= 0; at -= 8) {
                if (at + FrameFormat.HEAD_LENGTH <= length && FrameFormat.isHead(bytes, at, nonce, low + at)) {
                    boolean endsHere = low + at + headAt(low + at).frameLength() == end;
                    return endsHere ? blockAt(low + at) : null;
                }
            }
            high = low - 8;
        }
        return null;
    }

    /** Reads the seal at an offset. */
    SegmentFormat.Seal sealAt(long offset) throws IOException {
        need(offset, SegmentFormat.SEAL_LENGTH, "seal");
        return SegmentFormat.parseSeal(
                segment.name(), window, indexOf(offset), segment.header().nonce(), offset);
    }

    private void need(long offset, int length, String what) throws IOException {
        int available = load(offset, length);
        if (available < length) {
            throw cutOff(offset, available, length, what);
        }
    }

    private CorruptionException cutOff(long offset, int available, int length, String what) {
        return new CorruptionException(
                segment.name(),
                offset,
                length,
                "the segment ends " + available + " bytes into this " + what + " of " + length);
    }

    private int indexOf(long offset) {
        return (int) (offset - windowStart);
    }

    /** Fills {@code target} from {@code offset} on, from the window as far as that goes; returns how much there was. */
    private int copy(long offset, byte[] target) throws IOException {
        int there = Math.min(target.length, load(offset, Math.min(target.length, window.length)));
        System.arraycopy(window, indexOf(offset), target, 0, there);
        if (there == target.length) {
            return there;
        }
        return there + segment.read(offset + there, target, there, target.length - there);
    }

    /**
     * Sees to it that {@code length} bytes from {@code offset} are in the window, which is at least as large; returns how
     * many there are from there on, fewer than {@code length} only at the end of the file.
     */
    private int load(long offset, int length) throws IOException {
        long end = windowStart + windowLength;
        if (offset < windowStart || offset + length > end) {
            windowStart = offset;
            windowLength = segment.read(offset, window, 0, window.length);
            end = offset + windowLength;
        }
        return (int) (end - offset);
    }
}
