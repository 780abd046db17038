package io.blockdb.sstable;

import static io.blockdb.sstable.SstableFormat.FILTER_BLOCKS_PER_CHUNK;
import static io.blockdb.sstable.SstableFormat.KIND_DATA;
import static io.blockdb.sstable.SstableFormat.KIND_FILTER;
import static io.blockdb.sstable.SstableFormat.KIND_INDEX;
import static io.blockdb.sstable.SstableFormat.MAX_SEQUENCE;

import io.blockdb.base.CorruptionException;
import io.blockdb.base.EntryCursor;
import io.blockdb.base.IndexHit;
import io.blockdb.base.TableName;
import io.blockdb.base.UnsupportedFormatException;
import io.blockdb.io.FileSystem;
import io.blockdb.io.MappedFile;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * An open SSTable: point reads, cursors, verification. Everything but {@link #verify} reads through the file's map: a
 * page is copied to the heap, checked, decompressed, and kept in the page cache; it is never looked at in mapped
 * memory. A page that fails its checksum is a {@link CorruptionException} each time it is wanted, never an entry that
 * is missing.
 *
 * <p>Threading: any thread, without locks; each cursor is for one. The owner closes it after the last reader has left
 * ({@link SstableCache} sees to that); whoever reads later gets an {@link IllegalStateException} where a page is not
 * cached.
 */
public final class Sstable implements Closeable {
    private final FileSystem fileSystem;
    private final Path path;
    private final MappedFile map;
    private final PageCache cache;
    private final FrameReader frames;
    private final SstableMetadata metadata;
    /** Kept here, since every read begins with it. */
    private final Page root;

    private Sstable(FileSystem fileSystem, Path path, long fileNumber, MappedFile map, PageCache cache)
            throws IOException {
        this.fileSystem = fileSystem;
        this.path = path;
        this.map = map;
        this.cache = cache;
        String name = SstableFormat.displayName(path);
        this.metadata = SstableMetadata.read(map::get, name, fileNumber, map.size());
        this.frames = new FrameReader(
                map::get, name, fileNumber, metadata.properties().offset());
        this.root = Page.ofEntries(
                fileNumber, metadata.root().offset(), frames.read(kind(metadata.height()), metadata.root()));
    }

    /**
     * Opens a file, reading its header, footer, properties and root page.
     *
     * @param fileNumber the number that the file must have
     * @throws CorruptionException if one of these is damaged, the file is cut, or it is another SSTable
     * @throws UnsupportedFormatException if it is of another version, or no SSTable
     */
    public static Sstable open(FileSystem fileSystem, Path path, long fileNumber, PageCache cache) throws IOException {
        long size = fileSystem.size(path);
        if (size == 0) {
            // An empty file cannot be mapped.
            throw new CorruptionException(SstableFormat.displayName(path), 0, 0, "the file is empty");
        }
        MappedFile map = fileSystem.map(path);
        boolean opened = false;
        try {
            Sstable table = read(fileSystem, path, fileNumber, map, cache);
            opened = true;
            return table;
        } finally {
            if (!opened) {
                map.close();
            }
        }
    }

    private static Sstable read(FileSystem fileSystem, Path path, long fileNumber, MappedFile map, PageCache cache)
            throws IOException {
        try {
            try {
                return new Sstable(fileSystem, path, fileNumber, map, cache);
            } catch (CorruptionException e) {
                enterRuntime();
                throw e;
            }
        } catch (InternalError e) {
            // As in load.
            throw map.damaged(e);
        }
    }

    /** What the file holds. */
    public SstableSummary summary() {
        return metadata.summary();
    }

    /** The file's number. */
    public long fileNumber() {
        return metadata.summary().fileNumber();
    }

    /**
     * The newest entry of an index key at or below a sequence, or null where there is none: no such key, or only newer
     * revisions. Takes at most one data page.
     *
     * @param indexKey table name, zero byte, key
     * @param maxSequence the highest sequence that counts; {@code Long.MAX_VALUE} for the newest entry
     */
    public @Nullable IndexHit get(byte[] indexKey, long maxSequence) throws IOException {
        if (maxSequence < metadata.summary().smallestSequence() || !mayContain(indexKey)) {
            return null;
        }
        PageCursor cursor = new PageCursor(false);
        cursor.reset(root);
        long sequence = clamp(maxSequence);
        for (int height = metadata.height(); height > 0; height--) {
            if (!cursor.seek(indexKey, indexKey.length, sequence)) {
                return null;
            }
            cursor.reset(page(height - 1, cursor.child(), true));
        }
        if (!cursor.seek(indexKey, indexKey.length, sequence) || !cursor.isExact()) {
            return null;
        }
        return new IndexHit(cursor.sequence(), cursor.bytes(), cursor.valueAt(), cursor.valueLength());
    }

    private boolean mayContain(byte[] indexKey) throws IOException {
        long hash = BloomFilter.hash(indexKey, 0, indexKey.length);
        int block = BloomFilter.block(hash, metadata.filterBlocks());
        FrameRef chunk = metadata.filterChunk(block / FILTER_BLOCKS_PER_CHUNK);
        return BloomFilter.mayContain(fetch(KIND_FILTER, chunk, true).bytes(), block, hash);
    }

    /** A sequence above all that there can be is the highest one: separators between keys rely on it. */
    static long clamp(long sequence) {
        return Math.min(sequence, MAX_SEQUENCE);
    }

    /**
     * A cursor over everything, with whole index keys. Meant for merging and checking: data pages that it brings are
     * not kept in the page cache, where they would push out what others read again.
     */
    public EntryCursor cursor() {
        return new SstableCursor(this, false);
    }

    /** A cursor over the entries of one table, with the keys as the user knows them, without the table's name. */
    public EntryCursor cursor(TableName table) {
        return new TableCursor(new SstableCursor(this, true), table);
    }

    /**
     * Reads every byte of the file, not through the map but by positional reads, and checks every checksum, that the
     * frames follow each other without a gap, order, separators, counts, and that the filter knows each key. Takes
     * memory for the filter, and leaves the page cache alone.
     *
     * @throws CorruptionException at the first thing that does not hold
     */
    public void verify() throws IOException {
        verify(fileSystem, path, fileNumber(), SstableSink.NONE);
    }

    /**
     * Reads a whole file from the disk, which need not be open, and checks all of it; nothing is taken from the page cache.
     *
     * @param sink hears of the entries, also those before damage
     * @throws CorruptionException if it is damaged, cut, or another SSTable than that number
     * @throws UnsupportedFormatException if it is of another version, or no SSTable
     */
    public static SstableSummary verify(FileSystem fileSystem, Path path, long fileNumber, SstableSink sink)
            throws IOException {
        return SstableVerifier.verify(fileSystem, path, fileNumber, sink);
    }

    int height() {
        return metadata.height();
    }

    Page root() {
        return root;
    }

    /**
     * The raw page at that height above the data; {@code keep} says whether it goes to the cache when it was not there.
     */
    Page page(int height, FrameRef frame, boolean keep) throws IOException {
        return fetch(kind(height), frame, keep);
    }

    private Page fetch(int kind, FrameRef frame, boolean keep) throws IOException {
        Page cached = cache.get(fileNumber(), frame.offset());
        if (cached != null) {
            return cached;
        }
        byte[] raw = load(kind, frame);
        Page page = kind == KIND_FILTER
                ? Page.ofFilter(fileNumber(), frame.offset(), raw)
                : Page.ofEntries(fileNumber(), frame.offset(), raw);
        return keep ? cache.put(page) : page;
    }

    /**
     * Reads a frame from the map. A fault in mapped memory is an {@link InternalError} that JDK 17 throws late, at the
     * next return from its runtime to Java, which may be far up in the caller. Until then there is only a checksum that
     * does not hold; so where one does not, the fault is made to surface here.
     */
    private byte[] load(int kind, FrameRef frame) throws IOException {
        try {
            try {
                return frames.read(kind, frame);
            } catch (CorruptionException e) {
                enterRuntime();
                throw e;
            }
        } catch (InternalError e) {
            // Around the inner catch as well: the fault can also surface on the way into it.
            throw map.damaged(e);
        }
    }

    /** Arrays of arrays of this size are made by the JVM's runtime in interpreted and in compiled code alike. */
    private static byte[][] enterRuntime() {
        return new byte[8][8];
    }

    private static int kind(int height) {
        return height == 0 ? KIND_DATA : KIND_INDEX;
    }

    /** Unmaps the file. Its pages stay in the cache until {@link PageCache#evict}. Closing twice is legal. */
    @Override
    public void close() {
        map.close();
    }
}
