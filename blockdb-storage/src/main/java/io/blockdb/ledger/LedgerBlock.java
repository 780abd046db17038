package io.blockdb.ledger;

import io.blockdb.base.BlockPlace;
import io.blockdb.base.CorruptionException;
import io.blockdb.base.Hash;
import io.blockdb.base.LedgerPoint;
import io.blockdb.base.Position;
import io.blockdb.base.UnsupportedFormatException;
import io.blockdb.proof.BlockHeader;
import io.blockdb.proof.EntryLeaf;
import io.blockdb.proof.MalformedException;
import io.blockdb.proof.MerkleTree;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One block as it stands in the ledger: header, leaf data and values, its checksums checked, its hashes not
 * ({@link #checkEntriesRoot} does that).
 *
 * <p>Threading: one thread at a time; after {@link #settle} any.
 */
public final class LedgerBlock {
    /** Where the flags of an entry stand in its leaf data (LEDGER.md, section Entry). */
    private static final int FLAGS_OFFSET = 3;

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
    private @Nullable Hash hash;

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
    static LedgerBlock decode(String file, long segment, FrameFormat.Head head, byte[] frame) throws IOException {
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
            header = BlockHeader.parse(frame, FrameFormat.HEAD_LENGTH, BlockHeader.LENGTH);
        } catch (MalformedException e) {
            throw malformed(file, head, "block header", e);
        }
        if (header.height() != head.height()) {
            throw corrupt(file, head, "frame of height " + head.height() + " holds block " + header.height(), null);
        }
        int table = FrameFormat.HEAD_LENGTH + BlockHeader.LENGTH;
        int leaves = table + 4 * head.valueCount();
        int[] leafOffsets = walkLeaves(file, head, frame, leaves, header.entryCount());
        int[] valueOffsets = placeValues(file, head, frame, table, leafOffsets);
        return new LedgerBlock(
                file, segment, head, frame, header, leafOffsets, valueOffsets, leaves + head.leafLength());
    }

    /** Bytes whose checksum holds and which break a rule: of a newer version, or wrong. */
    private static IOException malformed(String file, FrameFormat.Head head, String what, MalformedException cause) {
        return cause.isTooNew()
                ? new UnsupportedFormatException(file + " @" + head.offset() + ": " + what + ": " + cause.getMessage())
                : corrupt(file, head, what + ": " + cause.getMessage(), cause);
    }

    private static int[] walkLeaves(String file, FrameFormat.Head head, byte[] frame, int start, long entryCount)
            throws IOException {
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
                throw malformed(file, head, "entry " + i, e);
            }
        }
        offsets[count] = at;
        if ((frame[offsets[count - 1] + FLAGS_OFFSET] & EntryLeaf.FLAG_JOINED) != 0) {
            throw corrupt(file, head, "the last entry is joined to a next one, which a block cannot have", null);
        }
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
            int length = checkedValueLength(file, head, frame, leafOffsets[i], i);
            if (!isFramed(frame, leafOffsets[i], head.inlineValueLimit())) {
                offsets[i] = (int) small;
                small += length;
                continue;
            }
            int at = framed < head.valueCount() ? SegmentFormat.getInt(frame, table + 4 * framed) : -1;
            boolean inOrder = framed == 0 ? at == expected : at > expected;
            if (!inOrder || at % 8 != 0 || at > head.frameLength() - ValueFrameFormat.HEAD_LENGTH) {
                throw corrupt(file, head, "value of entry " + i + " cannot begin at " + at, null);
            }
            expected = at;
            offsets[i] = at;
            framed++;
        }
        if (framed != head.valueCount()
                || small != head.smallRawLength()
                || (framed == 0 && head.valueAreaLength() != 0)) {
            throw corrupt(
                    file,
                    head,
                    "entries have %s framed values and %s bytes of small ones, the frame %s and %s"
                            .formatted(framed, small, head.valueCount(), head.smallRawLength()),
                    null);
        }
        if (!head.lz4() && head.smallStoredLength() != head.smallRawLength()) {
            throw corrupt(
                    file,
                    head,
                    "small values are not compressed, yet their stored length " + head.smallStoredLength()
                            + " is not their raw length " + head.smallRawLength(),
                    null);
        }
        return offsets;
    }

    /** Raw length of an entry's value, its salt's length looked at as well: all that reading values rests on. */
    private static int checkedValueLength(String file, FrameFormat.Head head, byte[] frame, int leaf, int index)
            throws CorruptionException {
        int length = BlockEntry.valueLength(frame, leaf);
        int saltLength = BlockEntry.saltLength(frame, leaf);
        if (length < 0
                || length > EntryLeaf.KEY_PLUS_VALUE_MAX
                || (saltLength != 0 && saltLength != EntryLeaf.SALT_LENGTH)) {
            throw corrupt(
                    file,
                    head,
                    "entry " + index + " states a value of " + Integer.toUnsignedString(length) + " bytes with "
                            + saltLength + " bytes of salt",
                    null);
        }
        return length;
    }

    private static boolean isFramed(byte[] frame, int leaf, int inlineValueLimit) {
        return BlockEntry.isFramed(frame, leaf, inlineValueLimit);
    }

    private static CorruptionException corrupt(
            String file, FrameFormat.Head head, String reason, @Nullable Exception cause) {
        return new CorruptionException(file, head.offset(), head.frameLength(), reason, cause);
    }

    /** The block's header. */
    public BlockHeader header() {
        return header;
    }

    /** The block's hash. */
    public Hash hash() {
        Hash known = hash;
        if (known == null) {
            known = MerkleTree.leafHash(frame, FrameFormat.HEAD_LENGTH, BlockHeader.LENGTH);
            hash = known;
        }
        return known;
    }

    /** A copy of the header's 112 bytes. */
    public byte[] headerBytes() {
        return Arrays.copyOfRange(frame, FrameFormat.HEAD_LENGTH, FrameFormat.HEAD_LENGTH + BlockHeader.LENGTH);
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

    /** Whether the value of an entry has a salt, so that it may be erased one day. */
    boolean hasSaltedValues() {
        for (int i = 0; i < entryCount(); i++) {
            if (BlockEntry.saltLength(frame, leafOffsets[i]) > 0) {
                return true;
            }
        }
        return false;
    }

    /** A copy of the leaf data of an entry. */
    public byte[] leafBytes(int index) {
        return Arrays.copyOfRange(frame, leafOffsets[index], leafOffsets[index + 1]);
    }

    /** The array that what {@link #leaf} gives stands in, with all else of the block; not to be written. */
    public byte[] array() {
        return frame;
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
                BlockEntry.valueLength(frame, leaf),
                BlockEntry.saltLength(frame, leaf));
    }

    /** The value of an entry, its checksum checked where it has one of its own. */
    public StoredValue value(int index) throws CorruptionException {
        int leaf = leafOffsets[index];
        int length = BlockEntry.valueLength(frame, leaf);
        int at = valueOffsets[index];
        if (!isFramed(frame, leaf, head.inlineValueLimit())) {
            byte[] values = smallValues();
            int from = values == frame ? smallOffset + at : at;
            return StoredValue.unsalted(Arrays.copyOfRange(values, from, from + length));
        }
        return ValueFrameFormat.parse(
                file,
                head.offset() + at,
                frame,
                at,
                valueFrameEnd(index) - at,
                length,
                BlockEntry.saltLength(frame, leaf),
                true);
    }

    /**
     * Checks the values that are framed by themselves, whose checksums reading a block leaves alone: those that have a salt, or
     * those that have none and so can never be erased.
     */
    void checkValueFrames(boolean salted) throws CorruptionException {
        for (int i = 0; i < entryCount(); i++) {
            if (isFramed(frame, leafOffsets[i], head.inlineValueLimit())
                    && BlockEntry.saltLength(frame, leafOffsets[i]) > 0 == salted) {
                ValueFrameFormat.check(
                        file,
                        head.offset() + valueOffsets[i],
                        frame,
                        valueOffsets[i],
                        valueFrameEnd(i) - valueOffsets[i],
                        BlockEntry.valueLength(frame, leafOffsets[i]),
                        BlockEntry.saltLength(frame, leafOffsets[i]),
                        true);
            }
        }
    }

    private int valueFrameEnd(int index) {
        for (int i = index + 1; i < valueOffsets.length; i++) {
            if (isFramed(frame, leafOffsets[i], head.inlineValueLimit())) {
                return valueOffsets[i];
            }
        }
        return head.frameLength();
    }

    /** The small values, raw: an array of their own where they were compressed, else the frame. */
    private byte[] smallValues() throws CorruptionException {
        byte[] values = smallValues;
        if (values == null) {
            values = head.lz4()
                    ? Lz4.decompress(
                            file, head.offset(), frame, smallOffset, head.smallStoredLength(), head.smallRawLength())
                    : frame;
            smallValues = values;
        }
        return values;
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

    /** Hashes of the entries from {@code from} to before {@code to}, 32 bytes each, computed anew from their leaf data. */
    public byte[] leafHashes(int from, int to) {
        byte[] hashes = new byte[(to - from) * Hash.LENGTH];
        for (int i = from; i < to; i++) {
            int length = leafOffsets[i + 1] - leafOffsets[i];
            MerkleTree.leafHash(frame, leafOffsets[i], length, hashes, (i - from) * Hash.LENGTH);
        }
        return hashes;
    }

    /**
     * Computes what is else computed at first use, so that many threads may then read the block at once.
     *
     * @return bytes of memory that the block takes, about
     */
    public int settle() throws CorruptionException {
        hash();
        byte[] values = smallValues();
        return frame.length + (values == frame ? 0 : values.length) + 2 * Integer.BYTES * leafOffsets.length;
    }

    /** Recomputes the root over the entries' leaf data and holds it against the header. */
    public void checkEntriesRoot() throws CorruptionException {
        byte[] hashes = leafHashes(0, entryCount());
        Hash found = MerkleTree.root(hashes, entryCount());
        if (!found.equals(header.entriesRoot())) {
            throw corrupt(
                    file, head, "entries root mismatch: expected " + header.entriesRoot() + ", found " + found, null);
        }
    }

    /**
     * Holds the value of every entry against the digest that its entry commits to. An erased state is taken as it is: whether an
     * entry of {@code _erasures} accounts for it is not known here.
     */
    public void checkValues() throws CorruptionException {
        for (int i = 0; i < entryCount(); i++) {
            checkValue(i);
        }
    }

    /**
     * As {@link #checkValues()}, with what is known of erasures: a value that was erased is not looked at, since it may be
     * overwritten right now; an erased state that no erasure accounts for is damage.
     */
    public void checkValues(ErasedValues erased) throws IOException {
        for (int i = 0; i < entryCount(); i++) {
            boolean mayBeGone =
                    BlockEntry.saltLength(frame, leafOffsets[i]) > 0 && erased.isErased(header.firstSequence() + i);
            if (!mayBeGone && checkValue(i)) {
                throw erasedWithoutEntry(i);
            }
        }
    }

    /**
     * Holds the value of an entry against the digest that its entry commits to.
     *
     * @return whether it is in the erased state, which has nothing to be held against it
     */
    public boolean checkValue(int index) throws CorruptionException {
        EntryLeaf leaf = leaf(index);
        StoredValue value = value(index);
        if (value.isErased()) {
            return true;
        }
        if (!leaf.digestMatches(value.salt(), value.value())) {
            throw corrupt("entry " + index + " (sequence " + (header.firstSequence() + index)
                    + "): the value is not the one that the entry commits to: expected digest " + leaf.valueDigest());
        }
        return false;
    }

    /** The damage of an erased state that no entry of {@code _erasures} accounts for. */
    public CorruptionException erasedWithoutEntry(int index) {
        return corrupt("entry " + index + " (sequence " + (header.firstSequence() + index)
                + "): the value is erased, yet no entry of _erasures says so");
    }

    /** Length of the salt of an entry's value, 0 or 16: with one the value can be erased. */
    public int saltLength(int index) {
        return BlockEntry.saltLength(frame, leafOffsets[index]);
    }

    /** Where a value stands that is to be erased. */
    ValuePlace erasablePlace(int index) throws CorruptionException {
        ValuePlace place = valuePlace(index);
        if (place == null || place.saltLength() == 0) {
            throw corrupt("entry " + index + " (sequence " + (header.firstSequence() + index)
                    + ") was erased by an entry of _erasures, yet it has no salt");
        }
        return place;
    }

    /** Bytes that the frame of a value takes that has one, padding included. */
    int valueFrameLength(int index) {
        return valueFrameEnd(index) - valueOffsets[index];
    }

    /** The frame of a salted value as it is once the value is erased: it takes the same place. */
    byte[] erasedFrame(int index) {
        byte[] erased = new byte[valueFrameLength(index)];
        ValueFrameFormat.encodeErased(
                BlockEntry.valueLength(frame, leafOffsets[index]), saltLength(index), erased, 0, erased.length);
        return erased;
    }

    /**
     * Takes erased values out of this copy of the block, whether they are gone from the disk already or not, whole or in part.
     *
     * @throws CorruptionException if a value is in the erased state that was not erased
     */
    void hideErased(ErasedValues erased) throws IOException {
        for (int i = 0; i < entryCount(); i++) {
            if (saltLength(i) == 0) {
                continue;
            }
            if (erased.isErased(header.firstSequence() + i)) {
                byte[] hidden = erasedFrame(i);
                System.arraycopy(hidden, 0, frame, valueOffsets[i], hidden.length);
            } else if (ValueFrameFormat.isErased(frame, valueOffsets[i])) {
                throw erasedWithoutEntry(i);
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
        return pointBehind();
    }

    /** The point behind the block, in the same segment. */
    LedgerPoint pointBehind() {
        return new LedgerPoint(
                header.height() + 1,
                header.firstSequence() + header.entryCount(),
                hash(),
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
