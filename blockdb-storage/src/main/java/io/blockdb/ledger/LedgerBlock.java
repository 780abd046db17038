package io.blockdb.ledger;

import io.blockdb.base.BlockPlace;
import io.blockdb.base.CorruptionException;
import io.blockdb.base.Hash;
import io.blockdb.base.LedgerPoint;
import io.blockdb.base.Position;
import io.blockdb.proof.BlockHeader;
import io.blockdb.proof.EntryLeaf;
import io.blockdb.proof.MalformedException;
import io.blockdb.proof.MerkleTree;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One block as it stands in the ledger: header, leaf data and values, its checksums checked, its hashes not
 * ({@link #checkEntriesRoot} does that).
 *
 * <p>Threading: one thread at a time.
 */
public final class LedgerBlock {
    private static final int V_OFFSET = 12;
    private static final int SALT_LENGTH_OFFSET = 2;

    private final String file;
    private final long segment;
    private final FrameFormat.Head head;
    /** The frame, from index 0. */
    private final byte[] frame;

    private final BlockHeader header;
    /** Where the leaf data of each entry begins in the frame; one more, for the end. */
    private final int[] leafOffsets;
    /** Where the value of each entry begins: in the frame where it is framed by itself, else among the small values. */
    private final int[] valueOffsets;

    private final int smallOffset;
    private byte @Nullable [] smallValues;

    private LedgerBlock(
            String file,
            long segment,
            FrameFormat.Head head,
            byte[] frame,
            BlockHeader header,
            int[] leafOffsets,
            int[] valueOffsets,
            int smallOffset) {
        this.file = file;
        this.segment = segment;
        this.head = head;
        this.frame = frame;
        this.header = header;
        this.leafOffsets = leafOffsets;
        this.valueOffsets = valueOffsets;
        this.smallOffset = smallOffset;
    }

    /** Reads a whole frame whose head was parsed already. The array is not copied. */
    static LedgerBlock decode(String file, long segment, FrameFormat.Head head, byte[] frame)
            throws CorruptionException {
        SegmentFormat.check(
                file,
                head.offset(),
                head.frameLength(),
                "block",
                head.bodyCrc(),
                SegmentFormat.crc(frame, FrameFormat.HEAD_LENGTH, head.bodyLength()));
        int bodyEnd = FrameFormat.HEAD_LENGTH + head.bodyLength();
        ValueFrameFormat.checkZeros(file, head.offset(), frame, 0, bodyEnd, head.valueAreaStart());
        BlockHeader header;
        try {
            header = BlockHeader.parse(frame, FrameFormat.HEAD_LENGTH, FrameFormat.BLOCK_HEADER_LENGTH);
        } catch (MalformedException e) {
            throw corrupt(file, head, "block header: " + e.getMessage(), e);
        }
        if (header.height() != head.height()) {
            throw corrupt(file, head, "frame of height " + head.height() + " holds block " + header.height(), null);
        }
        int table = FrameFormat.HEAD_LENGTH + FrameFormat.BLOCK_HEADER_LENGTH;
        int leaves = table + 4 * head.valueCount();
        int[] leafOffsets = walkLeaves(file, head, frame, leaves, header.entryCount());
        int[] valueOffsets = placeValues(file, head, frame, table, leafOffsets);
        return new LedgerBlock(
                file, segment, head, frame, header, leafOffsets, valueOffsets, leaves + head.leafLength());
    }

    private static int[] walkLeaves(String file, FrameFormat.Head head, byte[] frame, int start, long entryCount)
            throws CorruptionException {
        int end = start + head.leafLength();
        int count = (int) Math.min(entryCount, Integer.MAX_VALUE);
        if (count > head.leafLength() / EntryLeaf.FIXED) {
            throw corrupt(file, head, entryCount + " entries do not fit into the block's leaf data", null);
        }
        int[] offsets = new int[count + 1];
        int at = start;
        for (int i = 0; i < count; i++) {
            offsets[i] = at;
            try {
                at += EntryLeaf.lengthAt(frame, at, end - at);
            } catch (MalformedException e) {
                throw corrupt(file, head, "entry " + i + ": " + e.getMessage(), e);
            }
        }
        offsets[count] = at;
        if (at != end) {
            throw corrupt(file, head, "leaf data of " + count + " entries ends at " + at + ", not at " + end, null);
        }
        return offsets;
    }

    private static int[] placeValues(String file, FrameFormat.Head head, byte[] frame, int table, int[] leafOffsets)
            throws CorruptionException {
        int[] offsets = new int[leafOffsets.length - 1];
        int framed = 0;
        long small = 0;
        int expected = head.valueAreaStart();
        for (int i = 0; i < offsets.length; i++) {
            int length = SegmentFormat.getInt(frame, leafOffsets[i] + V_OFFSET);
            if (!isFramed(frame, leafOffsets[i], head.inlineValueLimit())) {
                offsets[i] = (int) small;
                small += length;
                continue;
            }
            int at = framed < head.valueCount() ? SegmentFormat.getInt(frame, table + 4 * framed) : -1;
            boolean inOrder = framed == 0 ? at == expected : at > expected;
            if (!inOrder || at % 8 != 0 || at + ValueFrameFormat.HEAD_LENGTH > head.frameLength()) {
                throw corrupt(file, head, "value of entry " + i + " cannot begin at " + at, null);
            }
            expected = at;
            offsets[i] = at;
            framed++;
        }
        if (framed != head.valueCount() || small != head.smallRawLength()) {
            throw corrupt(
                    file,
                    head,
                    "entries have %d framed values and %d bytes of small ones, the frame %d and %d"
                            .formatted(framed, small, head.valueCount(), head.smallRawLength()),
                    null);
        }
        return offsets;
    }

    private static boolean isFramed(byte[] frame, int leaf, int inlineValueLimit) {
        return frame[leaf + SALT_LENGTH_OFFSET] != 0 || SegmentFormat.getInt(frame, leaf + V_OFFSET) > inlineValueLimit;
    }

    private static CorruptionException corrupt(
            String file, FrameFormat.Head head, String reason, @Nullable Exception cause) {
        return new CorruptionException(file, head.offset(), head.frameLength(), reason, cause);
    }

    /** The block's header. */
    public BlockHeader header() {
        return header;
    }

    /** A copy of the header's 112 bytes. */
    public byte[] headerBytes() {
        return Arrays.copyOfRange(
                frame, FrameFormat.HEAD_LENGTH, FrameFormat.HEAD_LENGTH + FrameFormat.BLOCK_HEADER_LENGTH);
    }

    /** Where the block stands. */
    public BlockPlace place() {
        return new BlockPlace(segment, head.offset());
    }

    /** The consensus position of the proposal that made the block. */
    public Position position() {
        return head.position();
    }

    /** How many blocks were known to be synced when this one was written. */
    public long durableBlocks() {
        return head.durableBlocks();
    }

    /** Bytes that the block takes in its segment. */
    public int frameLength() {
        return head.frameLength();
    }

    /** Number of entries. */
    public int entryCount() {
        return leafOffsets.length - 1;
    }

    /** A copy of the leaf data of an entry. */
    public byte[] leafBytes(int index) {
        return Arrays.copyOfRange(frame, leafOffsets[index], leafOffsets[index + 1]);
    }

    /** The leaf data of an entry, parsed and held against every rule of LEDGER.md. */
    public EntryLeaf leaf(int index) throws CorruptionException {
        try {
            return EntryLeaf.parse(frame, leafOffsets[index], leafOffsets[index + 1] - leafOffsets[index]);
        } catch (MalformedException e) {
            throw corrupt(file, head, "entry " + index + ": " + e.getMessage(), e);
        }
    }

    /** Where the value of an entry stands, or null where it is one of the block's small values. */
    public @Nullable ValuePlace valuePlace(int index) {
        int leaf = leafOffsets[index];
        if (!isFramed(frame, leaf, head.inlineValueLimit())) {
            return null;
        }
        return new ValuePlace(
                segment,
                head.offset() + valueOffsets[index],
                SegmentFormat.getInt(frame, leaf + V_OFFSET),
                frame[leaf + SALT_LENGTH_OFFSET]);
    }

    /** The value of an entry, its checksum checked where it has one of its own. */
    public StoredValue value(int index) throws CorruptionException {
        int leaf = leafOffsets[index];
        int length = SegmentFormat.getInt(frame, leaf + V_OFFSET);
        int at = valueOffsets[index];
        if (!isFramed(frame, leaf, head.inlineValueLimit())) {
            return new StoredValue(Arrays.copyOfRange(smallValues(), at, at + length), new byte[0]);
        }
        return ValueFrameFormat.parse(
                file,
                head.offset() + at,
                frame,
                at,
                valueFrameEnd(index) - at,
                length,
                frame[leaf + SALT_LENGTH_OFFSET],
                true);
    }

    private int valueFrameEnd(int index) {
        for (int i = index + 1; i < valueOffsets.length; i++) {
            if (isFramed(frame, leafOffsets[i], head.inlineValueLimit())) {
                return valueOffsets[i];
            }
        }
        return head.frameLength();
    }

    private byte[] smallValues() throws CorruptionException {
        byte[] values = smallValues;
        if (values == null) {
            values = head.lz4()
                    ? Lz4.decompress(
                            file, head.offset(), frame, smallOffset, head.smallStoredLength(), head.smallRawLength())
                    : storedSmallValues();
            smallValues = values;
        }
        return values;
    }

    private byte[] storedSmallValues() throws CorruptionException {
        if (head.smallStoredLength() != head.smallRawLength()) {
            throw corrupt(
                    file,
                    head,
                    "small values are not compressed, yet their stored length " + head.smallStoredLength()
                            + " is not their raw length " + head.smallRawLength(),
                    null);
        }
        return Arrays.copyOfRange(frame, smallOffset, smallOffset + head.smallRawLength());
    }

    /** The entries as they would be appended elsewhere, hashed anew from their bytes. */
    public List<BlockEntry> entries() throws CorruptionException {
        List<BlockEntry> entries = new ArrayList<>(entryCount());
        for (int i = 0; i < entryCount(); i++) {
            byte[] leafHash = new byte[Hash.LENGTH];
            MerkleTree.leafHash(frame, leafOffsets[i], leafOffsets[i + 1] - leafOffsets[i], leafHash, 0);
            entries.add(new BlockEntry(leafBytes(i), leafHash, value(i)));
        }
        return entries;
    }

    /** Recomputes the root over the entries' leaf data and holds it against the header. */
    public void checkEntriesRoot() throws CorruptionException {
        byte[] hashes = new byte[entryCount() * Hash.LENGTH];
        for (int i = 0; i < entryCount(); i++) {
            MerkleTree.leafHash(frame, leafOffsets[i], leafOffsets[i + 1] - leafOffsets[i], hashes, i * Hash.LENGTH);
        }
        Hash found = MerkleTree.root(hashes, entryCount());
        if (!found.equals(header.entriesRoot())) {
            throw corrupt(
                    file, head, "entries root mismatch: expected " + header.entriesRoot() + ", found " + found, null);
        }
    }

    /** Holds the value of every entry that was not erased against the digest that its entry commits to. */
    public void checkValues() throws CorruptionException {
        for (int i = 0; i < entryCount(); i++) {
            EntryLeaf leaf = leaf(i);
            StoredValue value = value(i);
            if (!value.isErased() && !leaf.digestMatches(value.salt(), value.value())) {
                throw corrupt("entry " + i + " (sequence " + (header.firstSequence() + i)
                        + "): the value is not the one that the entry commits to: expected digest "
                        + leaf.valueDigest());
            }
        }
    }

    /** Checks the values that are framed by themselves, which the block's own checksum does not cover. */
    void checkFramedValues() throws CorruptionException {
        for (int i = 0; i < entryCount(); i++) {
            if (isFramed(frame, leafOffsets[i], head.inlineValueLimit())) {
                value(i);
            }
        }
    }

    /** Damage of this block. */
    public CorruptionException corrupt(String reason) {
        return corrupt(file, head, reason, null);
    }

    /** Holds the block against the point that it must follow: height, sequence, previous hash, time. */
    public void checkFollows(LedgerPoint before) throws CorruptionException {
        follow(before);
    }

    /**
     * Holds the block against the point that it must follow: height, sequence, previous hash, time.
     *
     * @return the point behind the block, in the same segment
     */
    LedgerPoint follow(LedgerPoint before) throws CorruptionException {
        expect("height", before.blocks(), header.height());
        expect("first sequence", before.entries(), header.firstSequence());
        if (!before.lastHash().equals(header.previousHash())) {
            throw corrupt(
                    file,
                    head,
                    "block " + header.height() + " does not follow the one before: expected previous hash "
                            + before.lastHash() + ", found " + header.previousHash(),
                    null);
        }
        if (header.timestamp() < before.timestamp()) {
            throw corrupt(
                    file,
                    head,
                    "timestamp " + header.timestamp() + " is before the previous block's " + before.timestamp(),
                    null);
        }
        return new LedgerPoint(
                header.height() + 1,
                header.firstSequence() + header.entryCount(),
                header.hash(),
                header.timestamp(),
                head.position(),
                new BlockPlace(segment, head.offset() + head.frameLength()));
    }

    private void expect(String what, long expected, long found) throws CorruptionException {
        if (expected != found) {
            throw corrupt(file, head, what + ": expected " + expected + ", found " + found, null);
        }
    }
}
