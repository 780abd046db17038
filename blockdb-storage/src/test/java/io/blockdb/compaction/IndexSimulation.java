package io.blockdb.compaction;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.base.BlockPlace;
import io.blockdb.base.Hash;
import io.blockdb.base.LedgerId;
import io.blockdb.base.LedgerPoint;
import io.blockdb.base.Position;
import io.blockdb.manifest.SstableInfo;
import io.blockdb.manifest.Version;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An index without files: versions, and for each file the entries that it would hold, each of the same size. */
final class IndexSimulation {
    static final int ENTRY_BYTES = 10;

    /** An entry of a numbered key. */
    record Entry(int key, long sequence) {
        static final Comparator<Entry> ORDER =
                Comparator.comparingInt(Entry::key).thenComparing(Entry::sequence, Comparator.reverseOrder());
    }

    private final CompactionOptions options;
    private final CompactionPicker picker;
    private final Map<Long, List<Entry>> contents = new HashMap<>();
    private static final LedgerId LEDGER = LedgerId.of(new byte[LedgerId.LENGTH]);

    private Version version = Version.empty();
    private long sequence;
    private long flushes;
    private long flushedBytes;
    private long mergedBytes;
    private long largestInput;

    IndexSimulation(CompactionOptions options) {
        this.options = options;
        this.picker = new CompactionPicker(options);
    }

    Version version() {
        return version;
    }

    /** Bytes that merges have written. */
    long mergedBytes() {
        return mergedBytes;
    }

    long flushedBytes() {
        return flushedBytes;
    }

    /** The most bytes that one merge has read. */
    long largestInput() {
        return largestInput;
    }

    /** Flushes one entry for each of the keys, in the order of their sequences. */
    void flush(List<Integer> keys) {
        List<Entry> entries = new ArrayList<>();
        for (int key : keys) {
            entries.add(new Entry(key, sequence++));
        }
        entries.sort(Entry.ORDER);
        SstableInfo file = file(version.nextFileNumber(), 0, entries);
        flushedBytes += file.fileSize();
        flushes++;
        version = version.afterFlush(List.of(file), LEDGER, point());
    }

    /** Flushes, and moves the file to a level, whatever the picker thinks of it. */
    void put(int level, List<Integer> keys) {
        flush(keys);
        SstableInfo file = version.level(0).get(0);
        version = version.afterCompaction(List.of(file), List.of(file.movedTo(level)));
    }

    private LedgerPoint point() {
        return new LedgerPoint(
                flushes, sequence, Hash.of(new byte[Hash.LENGTH]), 0, Position.NONE, new BlockPlace(1, 0));
    }

    @Nullable
    Compaction pick() {
        Compaction picked = picker.pick(version);
        assertEquals(picked, picker.pick(version), "the same version, the same choice");
        assertEquals(picked == null, picker.compactionDebt(version) == 0, "debt is what there is to pick");
        return picked;
    }

    /** Does what was picked. */
    void apply(Compaction compaction) {
        if (compaction.isTrivialMove()) {
            assertEquals(List.of(), compaction.lower());
            version = compaction.applyTo(version, compaction.moved());
            return;
        }
        List<Entry> merged = new ArrayList<>();
        for (SstableInfo input : compaction.inputs()) {
            merged.addAll(contents.get(input.fileNumber()));
        }
        merged.sort(Entry.ORDER);
        mergedBytes += (long) merged.size() * ENTRY_BYTES;
        largestInput = Math.max(largestInput, compaction.inputBytes());
        version = compaction.applyTo(version, outputs(compaction, merged));
        compaction.inputs().forEach(input -> contents.remove(input.fileNumber()));
    }

    /** Cuts as {@link CompactionRun} does. */
    private List<SstableInfo> outputs(Compaction compaction, List<Entry> merged) {
        List<SstableInfo> outputs = new ArrayList<>();
        GrandparentMeter meter = new GrandparentMeter(compaction.grandparents());
        long number = version.nextFileNumber();
        int from = 0;
        for (int i = 0; i < merged.size(); i++) {
            byte[] key = key(merged.get(i).key());
            long met = meter.moveTo(key, key.length);
            boolean newKey =
                    i > from && merged.get(i).key() != merged.get(i - 1).key();
            boolean full = (long) (i - from) * ENTRY_BYTES >= options.sstableSize();
            if (newKey && (full || met > options.grandparentBytesMax())) {
                outputs.add(file(number++, compaction.outputLevel(), new ArrayList<>(merged.subList(from, i))));
                from = i;
                meter.beginFile();
                meter.moveTo(key, key.length);
            }
        }
        outputs.add(file(number, compaction.outputLevel(), new ArrayList<>(merged.subList(from, merged.size()))));
        return outputs;
    }

    private SstableInfo file(long number, int level, List<Entry> entries) {
        contents.put(number, entries);
        return new SstableInfo(
                number,
                level,
                (long) entries.size() * ENTRY_BYTES,
                entries.size(),
                key(entries.get(0).key()),
                key(entries.get(entries.size() - 1).key()),
                entries.stream().mapToLong(Entry::sequence).min().orElseThrow(),
                entries.stream().mapToLong(Entry::sequence).max().orElseThrow());
    }

    private static byte[] key(int key) {
        return "%08d".formatted(key).getBytes(StandardCharsets.UTF_8);
    }

    /** Everything that was flushed is there once, and of each key a reader meets the revisions from new to old. */
    void check() {
        Map<Integer, Long> oldestMet = new HashMap<>();
        long entries = 0;
        for (SstableInfo file : version.files()) {
            for (Entry entry : contents.get(file.fileNumber())) {
                entries++;
                Long met = oldestMet.put(entry.key(), entry.sequence());
                assertTrue(met == null || entry.sequence() < met, () -> entry + " is met after " + met + " in " + file);
            }
        }
        assertEquals(sequence, entries);
    }
}
