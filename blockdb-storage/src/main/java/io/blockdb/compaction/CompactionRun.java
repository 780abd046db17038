package io.blockdb.compaction;

import io.blockdb.base.EntryCursor;
import io.blockdb.base.MergingCursor;
import io.blockdb.io.FileSystem;
import io.blockdb.manifest.SstableInfo;
import io.blockdb.sstable.SstableFormat;
import io.blockdb.sstable.SstableOptions;
import io.blockdb.sstable.SstableSummary;
import io.blockdb.sstable.SstableWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * Carries out compactions that are not trivial moves: merges the inputs and writes the outputs, synced, with their
 * names. The manifest is the caller's: until it names the outputs they do not count.
 *
 * <p>An output is ended where the next entry has another key, as soon as it has about the full size, or shares keys
 * with too many bytes of the grandparents.
 *
 * <p>Threading: one thread at a time, except for {@code cancelled}, which others may set.
 */
public final class CompactionRun {
    /** How many entries are written between two looks at {@code cancelled}. */
    private static final int ENTRIES_PER_LOOK = 256;

    private final FileSystem fileSystem;
    private final Path dataDirectory;
    private final CompactionOptions options;
    private final SstableOptions sstableOptions;
    private final LongSupplier fileNumbers;
    private final BooleanSupplier cancelled;

    /**
     * Prepares to run.
     *
     * @param fileNumbers gives the numbers of new files, none twice
     * @param cancelled whether to stop soon
     */
    public CompactionRun(
            FileSystem fileSystem,
            Path dataDirectory,
            CompactionOptions options,
            SstableOptions sstableOptions,
            LongSupplier fileNumbers,
            BooleanSupplier cancelled) {
        this.fileSystem = fileSystem;
        this.dataDirectory = dataDirectory;
        this.options = options;
        this.sstableOptions = sstableOptions;
        this.fileNumbers = fileNumbers;
        this.cancelled = cancelled;
    }

    /** What the manifest keeps of an SSTable that was written for that level. */
    public static SstableInfo info(SstableSummary summary, int level) {
        return new SstableInfo(
                summary.fileNumber(),
                level,
                summary.fileSize(),
                summary.entries(),
                summary.smallestKey(),
                summary.largestKey(),
                summary.smallestSequence(),
                summary.largestSequence());
    }

    /**
     * Writes the outputs. On any failure those begun or finished are deleted.
     *
     * @param cursors over {@link Compaction#inputs}, one for each, with whole index keys; closed in any case
     * @return the outputs, of {@link Compaction#outputLevel}, by key: with exactly the entries of the inputs
     * @throws CancellationException if {@code cancelled} said so
     * @throws IllegalStateException if the cursors do not bring as many entries as the manifest says
     */
    public List<SstableInfo> run(Compaction compaction, List<EntryCursor> cursors) throws IOException {
        Outputs outputs = new Outputs(compaction);
        try (MergingCursor merged = new MergingCursor(cursors)) {
            return outputs.write(merged);
        } catch (IOException | RuntimeException | Error e) {
            outputs.delete(e);
            throw e;
        }
    }

    /** The outputs of one compaction. */
    private final class Outputs {
        private final Compaction compaction;
        private final List<SstableInfo> finished = new ArrayList<>();
        private final GrandparentMeter meter;

        private byte[] lastKey = new byte[64];
        private int lastKeyLength;

        Outputs(Compaction compaction) {
            this.compaction = compaction;
            this.meter = new GrandparentMeter(compaction.grandparents());
        }

        List<SstableInfo> write(EntryCursor merged) throws IOException {
            boolean more = merged.first();
            while (more) {
                more = writeOne(merged);
            }
            long expected = entries(compaction.inputs());
            long found = entries(finished);
            if (expected != found) {
                throw new IllegalStateException(
                        "a compaction of " + expected + " entries has read " + found + ": " + compaction);
            }
            Path directory = SstableFormat.path(dataDirectory, 1).getParent();
            fileSystem.syncDirectory(Objects.requireNonNull(directory));
            return List.copyOf(finished);
        }

        /** Writes one file, beginning with the entry that the cursor is at. Returns whether there is more. */
        private boolean writeOne(EntryCursor merged) throws IOException {
            long number = fileNumbers.getAsLong();
            meter.beginFile();
            try (SstableWriter writer =
                    new SstableWriter(fileSystem, SstableFormat.path(dataDirectory, number), number, sstableOptions)) {
                boolean more = true;
                for (long count = 0; more && !isComplete(writer, merged, count); count++) {
                    if (count % ENTRIES_PER_LOOK == 0 && cancelled.getAsBoolean()) {
                        throw new CancellationException("the compaction was cancelled");
                    }
                    writer.add(
                            merged.keyArray(),
                            merged.keyOffset(),
                            merged.keyLength(),
                            merged.sequence(),
                            merged.valueArray(),
                            merged.valueOffset(),
                            merged.valueLength());
                    more = merged.next();
                }
                finished.add(info(writer.finish(), compaction.outputLevel()));
                return more;
            }
        }

        /** Whether the file, which has {@code count} entries, ends before the one that the cursor is at. */
        private boolean isComplete(SstableWriter writer, EntryCursor merged, long count) {
            byte[] key = merged.keyArray();
            int offset = merged.keyOffset();
            int length = merged.keyLength();
            if (count > 0 && Arrays.equals(lastKey, 0, lastKeyLength, key, offset, offset + length)) {
                return false;
            }
            if (length > lastKey.length) {
                lastKey = new byte[Math.max(length, 2 * lastKey.length)];
            }
            System.arraycopy(key, offset, lastKey, 0, length);
            lastKeyLength = length;
            long met = meter.moveTo(lastKey, length);
            return count > 0
                    && (writer.fileSizeEstimate() >= options.sstableSize() || met > options.grandparentBytesMax());
        }

        void delete(Throwable cause) {
            for (SstableInfo file : finished) {
                try {
                    fileSystem.delete(SstableFormat.path(dataDirectory, file.fileNumber()));
                } catch (IOException e) {
                    cause.addSuppressed(e);
                }
            }
        }

        private static long entries(List<SstableInfo> files) {
            return files.stream().mapToLong(SstableInfo::entries).sum();
        }
    }
}
