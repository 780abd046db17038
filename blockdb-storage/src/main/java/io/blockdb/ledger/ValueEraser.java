package io.blockdb.ledger;

import io.blockdb.base.CorruptionException;
import io.blockdb.io.FileSystem;
import io.blockdb.io.WritableFile;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/**
 * Overwrites values and their salts where they stand in the segments, with the erased state of their frames. Whatever stands
 * there is overwritten, also where it is erased already: what an earlier attempt wrote may never have reached the disk.
 *
 * <p>It writes through handles of its own, where nobody else writes: who appends writes behind the last frame. Who reads
 * meanwhile may see a mixture.
 *
 * <p>Threading: one thread at a time.
 */
final class ValueEraser implements Closeable {
    private final FileSystem fileSystem;
    private final Path directory;
    private long segment;
    private @Nullable WritableFile file;

    /** Finds the block of a sequence. */
    @FunctionalInterface
    interface Blocks {
        LedgerBlock of(long sequence) throws IOException;
    }

    /** Makes what was written to a segment safe against power failure. */
    @FunctionalInterface
    interface Syncing {
        void sync(WritableFile file) throws IOException;
    }

    ValueEraser(FileSystem fileSystem, Path directory) {
        this.fileSystem = fileSystem;
        this.directory = directory;
    }

    /**
     * As {@link Ledger#eraseValues}. Each segment is synced once.
     *
     * @param entries how many entries the ledger has
     */
    Map<Long, CorruptionException> erase(SortedSet<Long> sequences, long entries, Blocks blocks, Syncing syncing)
            throws IOException {
        Map<Long, CorruptionException> notFound = new HashMap<>();
        for (long sequence : sequences) {
            try {
                if (sequence < 0 || sequence >= entries) {
                    throw new CorruptionException(
                            "ledger/",
                            0,
                            0,
                            "an entry of _erasures names sequence " + sequence + ", the ledger has " + entries);
                }
                LedgerBlock block = blocks.of(sequence);
                int index = (int) (sequence - block.header().firstSequence());
                ValuePlace place = block.erasablePlace(index);
                byte[] erased = block.erasedFrame(index);
                segment(place.segment(), syncing).write(place.offset(), erased, 0, erased.length);
            } catch (CorruptionException e) {
                notFound.put(sequence, e);
            }
        }
        finish(syncing);
        return notFound;
    }

    private WritableFile segment(long number, Syncing syncing) throws IOException {
        WritableFile current = file;
        if (current != null && segment == number) {
            return current;
        }
        finish(syncing);
        current = fileSystem.openForWriting(directory.resolve(SegmentFormat.fileName(number)));
        file = current;
        segment = number;
        return current;
    }

    private void finish(Syncing syncing) throws IOException {
        WritableFile written = file;
        if (written != null) {
            syncing.sync(written);
            close();
        }
    }

    @Override
    public void close() throws IOException {
        WritableFile written = file;
        file = null;
        if (written != null) {
            written.close();
        }
    }
}
