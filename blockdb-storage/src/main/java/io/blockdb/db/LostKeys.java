package io.blockdb.db;

import io.blockdb.base.CorruptionException;
import io.blockdb.base.EntryCursor;
import io.blockdb.base.TableName;
import io.blockdb.base.UnsupportedFormatException;
import io.blockdb.io.FileSystem;
import io.blockdb.manifest.Manifest;
import io.blockdb.manifest.SstableInfo;
import io.blockdb.manifest.Version;
import io.blockdb.sstable.PageCache;
import io.blockdb.sstable.Sstable;
import io.blockdb.sstable.SstableFormat;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks the index which keys the ledger has lost: it knows those that were flushed. Damaged and missing files are passed over. */
final class LostKeys {
    private static final Logger LOG = LoggerFactory.getLogger(LostKeys.class);
    private static final int CACHE_BYTES = 1 << 20;

    private final FileSystem fileSystem;
    private final Path root;
    private final List<RepairReport.LostKey> found = new ArrayList<>();

    LostKeys(FileSystem fileSystem, Path root) {
        this.fileSystem = fileSystem;
        this.root = root;
    }

    /** The keys of entries from a sequence on, up to another one, that is left out; in order of their sequences. */
    List<RepairReport.LostKey> find(long from, long to) throws IOException {
        Version version;
        try {
            version = Manifest.read(fileSystem, root.resolve("index"));
        } catch (CorruptionException | UnsupportedFormatException e) {
            LOG.warn("no lost key is known: {}", e.getMessage());
            return List.of();
        }
        if (version != null) {
            for (SstableInfo file : version.files()) {
                if (file.smallestSequence() < to && file.largestSequence() >= from) {
                    read(file, from, to);
                }
            }
        }
        found.sort(Comparator.comparingLong(RepairReport.LostKey::sequence));
        return List.copyOf(found.subList(0, Math.min(RepairReport.Loss.KEYS_MAX, found.size())));
    }

    private void read(SstableInfo file, long from, long to) throws IOException {
        Path path = SstableFormat.path(root, file.fileNumber());
        if (!fileSystem.exists(path)) {
            LOG.warn("not all lost keys are known: {} is missing", path);
            return;
        }
        try (Sstable table = Sstable.open(fileSystem, path, file.fileNumber(), new PageCache(CACHE_BYTES));
                EntryCursor cursor = table.cursor()) {
            for (boolean there = cursor.first(); there; there = cursor.next()) {
                if (cursor.sequence() >= from && cursor.sequence() < to) {
                    add(cursor);
                }
            }
        } catch (CorruptionException | UnsupportedFormatException e) {
            LOG.warn("not all lost keys are known: {}", e.getMessage());
        }
    }

    private void add(EntryCursor cursor) {
        TableName table = TableName.ofIndexKey(cursor.keyArray(), cursor.keyOffset(), cursor.keyLength());
        byte[] key = Arrays.copyOfRange(
                cursor.keyArray(),
                cursor.keyOffset() + table.indexPrefixLength(),
                cursor.keyOffset() + cursor.keyLength());
        found.add(new RepairReport.LostKey(table.toString(), key, cursor.sequence()));
    }
}
