package io.blockdb.sstable;

import static io.blockdb.sstable.SstableFormat.FILTER_BLOCKS_PER_CHUNK;
import static io.blockdb.sstable.SstableFormat.FRAME_HEAD_LENGTH;
import static io.blockdb.sstable.SstableFormat.HEADER_LENGTH;
import static io.blockdb.sstable.SstableFormat.KIND_DATA;
import static io.blockdb.sstable.SstableFormat.KIND_FILTER;
import static io.blockdb.sstable.SstableFormat.KIND_INDEX;
import static io.blockdb.sstable.SstableFormat.MAX_KEY_LENGTH;
import static io.blockdb.sstable.SstableFormat.MAX_SEQUENCE;
import static io.blockdb.sstable.SstableFormat.MAX_VALUE_LENGTH;

import io.blockdb.base.ByteReader;
import io.blockdb.base.CorruptionException;
import io.blockdb.io.FileSystem;
import io.blockdb.io.UncachedFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads a whole SSTable by positional reads and believes nothing, also not what a good checksum covers: the tree is
 * walked from the root, children before their parent, which is the order in which they were written, so that each frame
 * must begin where the one before ended.
 *
 * <p>Threading: one thread at a time; used once.
 */
final class SstableVerifier {
    private final String file;
    private final SstableMetadata metadata;
    private final FrameReader frames;
    private final byte[][] filter;
    private final SstableSink sink;

    /** Where the next frame must begin. */
    private long expectedOffset = HEADER_LENGTH;

    private long entries;
    private long keys;
    private long rawBytes;
    private long smallestSequence = Long.MAX_VALUE;
    private long largestSequence = -1;
    private @Nullable Entry last;

    /** The separator that the walk has passed: all that follows must be behind it. */
    private @Nullable Entry bound;

    /** An entry as it stands in a page; only that of an index page has a child. */
    private record Entry(
            byte[] key,
            long sequence,
            int valueOffset,
            int valueLength,
            @Nullable FrameRef child) {
        boolean isBefore(Entry other) {
            int order = Arrays.compareUnsigned(key, other.key);
            return order < 0 || (order == 0 && sequence > other.sequence);
        }
    }

    private SstableVerifier(ByteSource source, String file, long fileNumber, long size, SstableSink sink)
            throws IOException {
        this.file = file;
        this.sink = sink;
        this.metadata = SstableMetadata.read(source, file, fileNumber, size);
        this.frames =
                new FrameReader(source, file, fileNumber, metadata.properties().offset());
        this.filter = readFilter();
    }

    static SstableSummary verify(FileSystem fileSystem, Path path, long fileNumber, SstableSink sink)
            throws IOException {
        String name = SstableFormat.displayName(path);
        try (UncachedFile opened = fileSystem.openUncached(path)) {
            sink.opened(opened.isDirect());
            ByteSource source = (position, target, offset, length) -> {
                int count = opened.read(position, target, offset, length);
                if (count < length) {
                    throw new CorruptionException(
                            name, position, length, "the file ends after " + count + " of these bytes");
                }
            };
            SstableVerifier verifier = new SstableVerifier(source, name, fileNumber, opened.size(), sink);
            verifier.verify();
            return verifier.metadata.summary();
        }
    }

    private byte[][] readFilter() throws IOException {
        FrameRef lastChunk = metadata.filterChunk(BloomFilter.chunks(metadata.filterBlocks()) - 1);
        long begin = metadata.filterOffset();
        if (begin < HEADER_LENGTH || lastChunk.end() != metadata.properties().offset()) {
            throw corrupt(
                    metadata.properties(),
                    "filter of " + metadata.filterBlocks() + " blocks at " + begin + " does not end at the properties");
        }
        byte[][] chunks = new byte[BloomFilter.chunks(metadata.filterBlocks())][];
        for (int i = 0; i < chunks.length; i++) {
            chunks[i] = frames.read(KIND_FILTER, metadata.filterChunk(i));
            if (chunks[i].length != BloomFilter.chunkLength(metadata.filterBlocks(), i)) {
                throw corrupt(metadata.filterChunk(i), "filter chunk has " + chunks[i].length + " bytes");
            }
        }
        return chunks;
    }

    private void verify() throws IOException {
        verifyPage(metadata.root(), metadata.height(), null);
        SstableSummary summary = metadata.summary();
        if (expectedOffset != metadata.filterOffset()) {
            throw corrupt(
                    metadata.properties(),
                    "pages end at " + expectedOffset + ", the filter begins at " + metadata.filterOffset());
        }
        expect("entries", summary.entries(), entries);
        expect("keys", metadata.keys(), keys);
        expect("raw bytes", metadata.rawBytes(), rawBytes);
        expect("smallest sequence", summary.smallestSequence(), smallestSequence);
        expect("largest sequence", summary.largestSequence(), largestSequence);
        if (last == null || !Arrays.equals(summary.largestKey(), last.key)) {
            throw corrupt(metadata.properties(), "the largest key is not the last entry's");
        }
    }

    private void expect(String what, long stated, long counted) throws CorruptionException {
        if (stated != counted) {
            throw corrupt(metadata.properties(), what + ": expected " + stated + ", found " + counted);
        }
    }

    /** Verifies a page and all below it; no entry may be behind {@code separator}. */
    private void verifyPage(FrameRef page, int height, @Nullable Entry separator) throws IOException {
        byte[] raw = frames.read(height == 0 ? KIND_DATA : KIND_INDEX, page);
        List<Entry> found = decode(page, raw, height > 0);
        for (Entry entry : found) {
            if (height == 0) {
                verifyEntry(page, entry);
                sink.entry(page.offset(), entry.key, entry.sequence, raw, entry.valueOffset, entry.valueLength);
            } else {
                verifyChild(page, height, entry);
            }
        }
        if (page.offset() != expectedOffset) {
            throw corrupt(page, "expected a page at " + expectedOffset + ", found one here");
        }
        expectedOffset = page.end();
        Entry end = found.get(found.size() - 1);
        if (separator != null && separator.isBefore(end)) {
            throw corrupt(page, "the last entry is behind the page's separator");
        }
    }

    private void verifyChild(FrameRef page, int height, Entry entry) throws IOException {
        FrameRef child = entry.child;
        // Strictly before the parent: damage cannot lead the walk round in circles.
        if (child == null || child.offset() < HEADER_LENGTH || child.end() > page.offset()) {
            throw corrupt(page, "points to a page at " + child);
        }
        verifyPage(child, height - 1, entry);
        bound = entry;
    }

    private void verifyEntry(FrameRef page, Entry entry) throws CorruptionException {
        Entry before = last;
        if (before == null) {
            if (!Arrays.equals(metadata.summary().smallestKey(), entry.key)) {
                throw corrupt(metadata.properties(), "the smallest key is not the first entry's");
            }
        } else if (!before.isBefore(entry)) {
            throw corrupt(page, "entry of sequence " + entry.sequence + " is out of order");
        }
        if (bound != null && !bound.isBefore(entry)) {
            throw corrupt(page, "entry of sequence " + entry.sequence + " is not behind the separator before the page");
        }
        if (before == null || !Arrays.equals(before.key, entry.key)) {
            keys++;
            long hash = BloomFilter.hash(entry.key, 0, entry.key.length);
            int block = BloomFilter.block(hash, metadata.filterBlocks());
            if (!BloomFilter.mayContain(filter[block / FILTER_BLOCKS_PER_CHUNK], block, hash)) {
                throw corrupt(page, "the filter does not know the key of sequence " + entry.sequence);
            }
        }
        entries++;
        rawBytes += entry.key.length + (long) entry.valueLength;
        smallestSequence = Math.min(smallestSequence, entry.sequence);
        largestSequence = Math.max(largestSequence, entry.sequence);
        last = entry;
    }

    /** Takes a page apart, with bounds and restarts checked. */
    private List<Entry> decode(FrameRef page, byte[] raw, boolean isIndex) throws CorruptionException {
        if (raw.length < 8) {
            throw corrupt(page, "page of " + raw.length + " bytes");
        }
        int restartCount = new ByteReader(file, page.offset(), raw, raw.length - 4, 4).i32();
        if (restartCount < 1 || restartCount > (raw.length - 4) / 5) {
            throw corrupt(page, restartCount + " restarts in a page of " + raw.length + " bytes");
        }
        int entriesEnd = raw.length - 4 - 4 * restartCount;
        ByteReader restarts = new ByteReader(file, page.offset(), raw, entriesEnd, 4 * restartCount);
        // Errors show offsets in the raw page, counted on from the frame: stored bytes may be compressed.
        ByteReader in = new ByteReader(file, page.offset() + FRAME_HEAD_LENGTH, raw, 0, entriesEnd);
        List<Entry> found = new ArrayList<>();
        byte[] key = new byte[0];
        int nextRestart = restarts.i32();
        while (in.remaining() > 0) {
            boolean atRestart = in.position() == nextRestart;
            if (atRestart) {
                nextRestart = restarts.remaining() > 0 ? restarts.i32() : -1;
            }
            int shared = in.varint(atRestart ? 0 : key.length, "shared key length");
            int unshared = in.varint(MAX_KEY_LENGTH - shared, "key length");
            int valueLength = in.varint(MAX_VALUE_LENGTH, "value length");
            long sequence = in.varint();
            if (sequence > MAX_SEQUENCE) {
                throw in.corrupt(0, "sequence " + sequence + " is over the limit of " + MAX_SEQUENCE);
            }
            byte[] previous = key;
            key = Arrays.copyOf(key, shared + unshared);
            System.arraycopy(raw, in.skip(unshared), key, shared, unshared);
            if (!atRestart && (found.isEmpty() || shared < commonLength(previous, key))) {
                throw in.corrupt(0, "an entry shares less with the one before than it could, or is at no restart");
            }
            FrameRef child = isIndex ? pointer(in, valueLength) : null;
            int valueOffset = isIndex ? 0 : in.skip(valueLength);
            found.add(new Entry(key, sequence, valueOffset, valueLength, child));
        }
        if (nextRestart != -1 || found.isEmpty()) {
            throw corrupt(page, "restart " + nextRestart + " is at no entry");
        }
        return found;
    }

    private FrameRef pointer(ByteReader in, int valueLength) throws CorruptionException {
        int begin = in.position();
        FrameRef child = new FrameRef(in.varint(), in.varint(Integer.MAX_VALUE, "frame length"));
        if (in.position() - begin != valueLength) {
            throw in.corrupt(0, "pointer of " + (in.position() - begin) + " bytes, expected " + valueLength);
        }
        return child;
    }

    private static int commonLength(byte[] a, byte[] b) {
        int mismatch = Arrays.mismatch(a, b);
        return mismatch < 0 ? a.length : mismatch;
    }

    private CorruptionException corrupt(FrameRef frame, String reason) {
        return new CorruptionException(file, frame.offset(), frame.length(), reason);
    }
}
