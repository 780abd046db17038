package io.blockdb.sstable;

import static io.blockdb.sstable.SstableFormat.KIND_DATA;
import static io.blockdb.sstable.SstableFormat.KIND_FILTER;
import static io.blockdb.sstable.SstableFormat.KIND_INDEX;
import static io.blockdb.sstable.SstableFormat.KIND_PROPERTIES;
import static io.blockdb.sstable.SstableFormat.MAX_KEY_LENGTH;
import static io.blockdb.sstable.SstableFormat.MAX_SEQUENCE;
import static io.blockdb.sstable.SstableFormat.MAX_VALUE_LENGTH;

import io.blockdb.base.ByteWriter;
import io.blockdb.io.FileSystem;
import io.blockdb.io.WritableFile;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes one SSTable from entries that come in order. Memory stays at a page for each index level, 8 bytes for each
 * distinct key, and a write buffer, however large the file grows.
 *
 * <ol>
 *   <li>A data page is ended by the entry that no longer fits, so that the separator behind it is known.
 *   <li>Its separator goes to the page builder of level 1, and an index page that is full goes to the level above.
 *   <li>{@link #finish} ends the open pages from the bottom up; what is left alone on top is the root. Then come
 *       filter, properties, footer, one sync.
 * </ol>
 *
 * <p>A writer that was not finished leaves no file: {@link #close} deletes it. After an {@link IOException} only
 * {@link #close} makes sense.
 *
 * <p>Threading: one thread at a time.
 */
public final class SstableWriter implements Closeable {
    /** With fewer children a page of long separators would not narrow the tree. */
    private static final int LEAST_CHILDREN = 4;

    private final FileSystem fileSystem;
    private final Path path;
    private final long fileNumber;
    private final SstableOptions options;
    private final WritableFile file;
    private final FrameWriter frames;

    private final PageBuilder data;
    /** Element i collects the separators of the pages at height i; those at height 0 are the data pages. */
    private final List<PageBuilder> index = new ArrayList<>();

    /** The data or index page that was written last. */
    private FrameRef lastPage = new FrameRef(0, 0);

    private final BloomFilter.Builder filter = new BloomFilter.Builder();
    private final ByteWriter pointer = new ByteWriter(16);

    private byte @Nullable [] smallestKey;
    private long entries;
    private long rawBytes;
    private long smallestSequence = Long.MAX_VALUE;
    private long largestSequence = -1;

    private boolean finished;
    private boolean closed;

    /**
     * Creates the file, which must not exist.
     *
     * @param fileNumber at least 1, never used before in this database
     */
    public SstableWriter(FileSystem fileSystem, Path path, long fileNumber, SstableOptions options) throws IOException {
        if (fileNumber < 1) {
            throw new IllegalArgumentException("file number must be at least 1, is " + fileNumber);
        }
        this.fileSystem = fileSystem;
        this.path = path;
        this.fileNumber = fileNumber;
        this.options = options;
        this.data = new PageBuilder(options.pageSize(), options.restartInterval());
        this.file = fileSystem.create(path);
        this.frames = new FrameWriter(file, fileNumber);
    }

    /**
     * Adds an entry behind the ones before: its key greater, or equal with a lower sequence. Nothing is kept of the
     * arrays.
     *
     * @throws IllegalArgumentException if the entry is out of order, or a length or the sequence out of range
     */
    public void add(
            byte[] key, int keyOffset, int keyLength, long sequence, byte[] value, int valueOffset, int valueLength)
            throws IOException {
        requireOpen();
        requireLimits(keyLength, sequence, valueLength);
        int shared = 0;
        boolean newKey = true;
        if (entries == 0) {
            smallestKey = Arrays.copyOfRange(key, keyOffset, keyOffset + keyLength);
            frames.append(SstableMetadata.header(fileNumber));
        } else {
            shared = mismatch(key, keyOffset, keyLength);
            newKey = shared >= 0;
            shared = newKey ? shared : keyLength;
            requireOrder(key, keyOffset, keyLength, shared, newKey, sequence);
            if (data.fill() + data.growth(keyLength, shared, valueLength) > options.pageSize()) {
                endDataPage(key, keyOffset, newKey ? shared : -1);
            }
        }
        if (newKey) {
            filter.add(BloomFilter.hash(key, keyOffset, keyLength));
        }
        data.add(key, keyOffset, keyLength, shared, sequence, value, valueOffset, valueLength);
        entries++;
        rawBytes += keyLength + (long) valueLength;
        smallestSequence = Math.min(smallestSequence, sequence);
        largestSequence = Math.max(largestSequence, sequence);
    }

    private static void requireLimits(int keyLength, long sequence, int valueLength) {
        if (keyLength > MAX_KEY_LENGTH || valueLength > MAX_VALUE_LENGTH) {
            throw new IllegalArgumentException("index key of " + keyLength + " bytes, index value of " + valueLength
                    + " bytes: the limits are " + MAX_KEY_LENGTH + " and " + MAX_VALUE_LENGTH);
        }
        if (sequence < 0 || sequence > MAX_SEQUENCE) {
            throw new IllegalArgumentException("sequence " + sequence + " is not between 0 and " + MAX_SEQUENCE);
        }
    }

    /** How much the key shares with the one before; -1 when they are equal. */
    private int mismatch(byte[] key, int keyOffset, int keyLength) {
        return Arrays.mismatch(data.lastKey(), 0, data.lastKeyLength(), key, keyOffset, keyOffset + keyLength);
    }

    private void requireOrder(byte[] key, int keyOffset, int keyLength, int shared, boolean newKey, long sequence) {
        boolean ordered;
        if (newKey) {
            ordered = shared == data.lastKeyLength()
                    || (shared < keyLength && (data.lastKey()[shared] & 0xff) < (key[keyOffset + shared] & 0xff));
        } else {
            ordered = sequence < data.lastSequence();
        }
        if (!ordered) {
            throw new IllegalArgumentException("entry " + entries + " of " + SstableFormat.displayName(path)
                    + " is out of order: sequence " + sequence + " after " + data.lastSequence()
                    + (newKey ? ", with a smaller key" : " of the same key"));
        }
    }

    /** Bytes that the file would have if it were finished now, roughly: what is still to be compressed counts whole. */
    public long fileSizeEstimate() {
        long open = data.fill();
        for (PageBuilder level : index) {
            open += level.fill();
        }
        return frames.offset() + open + filter.estimatedLength(options.filterBitsPerKey());
    }

    /** Ends the data page before an entry whose key shares {@code shared} bytes with its last key, -1 for all. */
    private void endDataPage(byte[] nextKey, int nextKeyOffset, int shared) throws IOException {
        writePage(KIND_DATA, data);
        FrameRef page = lastPage;
        int length = data.lastKeyLength();
        if (shared < 0 || shared == length) {
            // The next entry is of the same key, or of one that continues it: nothing shorter separates them.
            addSeparator(0, data.lastKey(), length, shared < 0 ? data.lastSequence() : 0, page);
            return;
        }
        addShortened(data.lastKey(), length, nextKey[nextKeyOffset + shared] & 0xff, shared, page);
    }

    /**
     * Adds the shortest separator: the last key up to a byte that can be raised by one and stays below the next key.
     * That is the first byte in which they differ, if there is room between, else the next one that is not 0xff.
     *
     * @param nextByte the next key's byte where they differ; 0x100 where there is no next key
     * @param shared how many bytes the two share
     */
    private void addShortened(byte[] last, int length, int nextByte, int shared, FrameRef page) throws IOException {
        int raised = shared;
        if (raised < length && (last[raised] & 0xff) + 1 >= nextByte) {
            raised++;
            while (raised < length && last[raised] == (byte) 0xff) {
                raised++;
            }
        }
        if (raised >= length) {
            addSeparator(0, last, length, 0, page);
            return;
        }
        byte[] separator = Arrays.copyOf(last, raised + 1);
        separator[raised]++;
        addSeparator(0, separator, raised + 1, 0, page);
    }

    private void addSeparator(int level, byte[] key, int length, long sequence, FrameRef page) throws IOException {
        if (level == index.size()) {
            index.add(new PageBuilder(options.pageSize(), options.restartInterval()));
        }
        PageBuilder builder = index.get(level);
        int shared =
                builder.isEmpty() ? 0 : Arrays.mismatch(builder.lastKey(), 0, builder.lastKeyLength(), key, 0, length);
        pointer.clear();
        pointer.varint(page.offset()).varint(page.length());
        builder.add(key, 0, length, shared < 0 ? length : shared, sequence, pointer.array(), 0, pointer.size());
        if (builder.fill() >= options.pageSize() && builder.entries() >= LEAST_CHILDREN) {
            endIndexPage(level);
        }
    }

    private void endIndexPage(int level) throws IOException {
        PageBuilder builder = index.get(level);
        writePage(KIND_INDEX, builder);
        addSeparator(level + 1, builder.lastKey(), builder.lastKeyLength(), builder.lastSequence(), lastPage);
    }

    private void writePage(int kind, PageBuilder builder) throws IOException {
        ByteWriter raw = builder.finish();
        lastPage = frames.appendFrame(kind, raw.array(), raw.size(), options.compress());
        builder.reset();
    }

    /**
     * Completes the file, syncs it and closes it. Its name is safe only once the caller has synced the directory.
     *
     * @throws IllegalStateException if there is no entry: an SSTable has at least one
     */
    public SstableSummary finish() throws IOException {
        requireOpen();
        byte[] smallest = smallestKey;
        if (smallest == null) {
            throw new IllegalStateException(path + ": an SSTable has at least one entry");
        }
        byte[] largest = Arrays.copyOf(data.lastKey(), data.lastKeyLength());
        writePage(KIND_DATA, data);
        int height = 0;
        if (!index.isEmpty()) {
            addShortened(largest, largest.length, 0x100, 0, lastPage);
            height = endIndex();
        }
        FrameRef root = lastPage;
        long filterOffset = frames.offset();
        for (byte[] chunk : filter.build(options.filterBitsPerKey())) {
            frames.appendFrame(KIND_FILTER, chunk, chunk.length, false);
        }
        SstableMetadata metadata = new SstableMetadata(
                new SstableSummary(fileNumber, 0, entries, smallest, largest, smallestSequence, largestSequence),
                filter.keys(),
                rawBytes,
                root,
                height,
                filterOffset,
                BloomFilter.blocks(filter.keys(), options.filterBitsPerKey()),
                new FrameRef(0, 0));
        ByteWriter properties = metadata.encode();
        FrameRef at = frames.appendFrame(KIND_PROPERTIES, properties.array(), properties.size(), false);
        frames.append(SstableMetadata.footer(fileNumber, at));
        frames.flush();
        file.sync();
        file.close();
        finished = true;
        return new SstableSummary(
                fileNumber, frames.offset(), entries, smallest, largest, smallestSequence, largestSequence);
    }

    /**
     * Ends the open index pages from the bottom up, until a level would hold a single page: that one is the root, and
     * the last page written. Returns its height.
     */
    private int endIndex() throws IOException {
        int level = 0;
        while (level + 1 < index.size() || index.get(level).entries() > 1) {
            if (!index.get(level).isEmpty()) {
                endIndexPage(level);
            }
            level++;
        }
        return level;
    }

    private void requireOpen() {
        if (finished || closed) {
            throw new IllegalStateException(path + " is finished or closed");
        }
    }

    /** Abandons the file and deletes it, unless it was finished. Closing twice is legal. */
    @Override
    public void close() throws IOException {
        if (finished || closed) {
            return;
        }
        closed = true;
        try {
            file.close();
        } finally {
            fileSystem.delete(path);
        }
    }
}
