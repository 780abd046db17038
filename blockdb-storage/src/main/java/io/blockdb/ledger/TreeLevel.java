package io.blockdb.ledger;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.blockdb.base.CorruptionException;
import io.blockdb.base.Hash;
import io.blockdb.io.FileSystem;
import io.blockdb.io.ReadableFile;
import io.blockdb.io.WritableFile;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The nodes of the ledger tree at one height, as one file has them: an array of hashes that grows at its end. The newest stand
 * in memory until there are enough of them for a write.
 *
 * <p>Threading: one thread appends; any thread reads what was appended before, without a lock; {@link #writeThrough} and
 * {@link #sync} from any thread.
 */
final class TreeLevel implements Closeable {
    private static final int LENGTH = Hash.LENGTH;

    private final FileSystem fileSystem;
    private final Path path;
    private final int height;
    /** How many hashes are held back for one write. */
    private final int capacity;

    /** How many hashes there are; written by the one who appends. */
    private final AtomicLong count = new AtomicLong();

    private volatile Tail tail = new Tail(0, new byte[0]);

    @GuardedBy("this")
    private @Nullable WritableFile writer;

    /** How many hashes were written to the file. */
    @GuardedBy("this")
    private long written;

    @GuardedBy("this")
    private boolean dirty;

    private volatile @Nullable ReadableFile reader;

    /**
     * The newest hashes. A place is written once, before the count says that it is there.
     *
     * @param first number of the first one, a multiple of the group's size
     */
    @SuppressWarnings("ArrayRecordComponent") // Shared on purpose, and never compared.
    private record Tail(long first, byte[] bytes) {}

    TreeLevel(FileSystem fileSystem, Path directory, int height, int capacity) {
        this.fileSystem = fileSystem;
        this.path = directory.resolve(TreeFormat.fileName(height));
        this.height = height;
        this.capacity = capacity;
    }

    int height() {
        return height;
    }

    /** How the file is called in errors. */
    String name() {
        return TreeFormat.displayName(height);
    }

    /** How many hashes there are. */
    long count() {
        return count.get();
    }

    /**
     * Begins with the hashes that the file is known to have.
     *
     * @param known how many
     * @param room how many more will stand in memory at least, before one is written; a multiple of the group's size
     * @throws CorruptionException if the file is shorter
     */
    void startAt(long known, int room) throws IOException {
        long first = known & -TreeFormat.GROUP;
        int rest = (int) (known - first);
        byte[] bytes = new byte[(TreeFormat.GROUP + Math.max(capacity, room)) * LENGTH];
        if (known > 0) {
            readFile(first, rest, bytes);
            if (rest == 0) {
                readFile(known - 1, 1, bytes);
            }
        }
        tail = new Tail(first, bytes);
        count.set(known);
        synchronized (this) {
            written = known;
        }
    }

    /** Cuts off what the file has behind the hashes it is known to have: nothing, yet. */
    void cut() throws IOException {
        synchronized (this) {
            if (fileSystem.exists(path) && fileSystem.size(path) > written * LENGTH) {
                openWriter().truncate(written * LENGTH);
                dirty = true;
            }
        }
    }

    /** Appends a hash. */
    void append(Hash hash) throws IOException {
        long number = count.getPlain();
        Tail current = tail;
        int at = (int) (number - current.first) * LENGTH;
        if (at == current.bytes.length) {
            current = nextTail(current, number);
            at = 0;
        }
        hash.copyTo(current.bytes, at);
        count.lazySet(number + 1);
    }

    private Tail nextTail(Tail full, long first) throws IOException {
        synchronized (this) {
            write(full, first);
            Tail next = new Tail(first, new byte[capacity * LENGTH]);
            tail = next;
            return next;
        }
    }

    @GuardedBy("this")
    private void write(Tail from, long through) throws IOException {
        long start = Math.max(from.first, written);
        if (start < through) {
            int offset = (int) (start - from.first) * LENGTH;
            openWriter().write(start * LENGTH, from.bytes, offset, (int) (through - start) * LENGTH);
            written = through;
            dirty = true;
        }
    }

    @GuardedBy("this")
    private WritableFile openWriter() throws IOException {
        WritableFile file = writer;
        if (file == null) {
            file = fileSystem.exists(path) ? fileSystem.openForWriting(path) : fileSystem.create(path);
            writer = file;
        }
        return file;
    }

    /** Writes the first {@code through} hashes, as far as they were not written before. */
    synchronized void writeThrough(long through) throws IOException {
        write(tail, through);
    }

    /** How many hashes stand in memory alone. */
    synchronized long unwritten() {
        return count() - written;
    }

    /** Syncs what was written before the call. */
    void sync() throws IOException {
        WritableFile file;
        synchronized (this) {
            if (!dirty) {
                return;
            }
            dirty = false;
            file = writer;
        }
        if (file != null) {
            file.sync();
        }
    }

    /**
     * Reads hashes that were appended before.
     *
     * @param from number of the first one; with {@code howMany}, within one group
     * @throws CorruptionException if the file has become shorter
     */
    void read(long from, int howMany, byte[] target) throws IOException {
        Tail current = tail;
        if (from >= current.first) {
            System.arraycopy(current.bytes, (int) (from - current.first) * LENGTH, target, 0, howMany * LENGTH);
        } else {
            readFile(from, howMany, target);
        }
    }

    private void readFile(long from, int howMany, byte[] target) throws IOException {
        int wanted = howMany * LENGTH;
        int found = openReader().read(from * LENGTH, target, 0, wanted);
        if (found < wanted) {
            throw new CorruptionException(
                    name(),
                    from * LENGTH,
                    wanted,
                    "the file ends " + found + " bytes into these " + howMany + " hashes");
        }
    }

    private ReadableFile openReader() throws IOException {
        ReadableFile file = reader;
        if (file == null) {
            synchronized (this) {
                file = reader;
                if (file == null) {
                    file = fileSystem.openForReading(path);
                    reader = file;
                }
            }
        }
        return file;
    }

    @Override
    public synchronized void close() throws IOException {
        WritableFile openWriter = writer;
        ReadableFile openReader = reader;
        try (openWriter;
                openReader) {
            writer = null;
        }
    }
}
