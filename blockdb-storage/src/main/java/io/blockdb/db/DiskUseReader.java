package io.blockdb.db;

import io.blockdb.base.CorruptionException;
import io.blockdb.io.FileSystem;
import io.blockdb.ledger.LedgerSurvey;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out {@link DiskUse}. What takes longer than a look at sizes, the share of the values, is kept until the ledger has grown
 * by a sixteenth.
 *
 * <p>Threading: any thread.
 */
final class DiskUseReader {
    private static final Logger LOG = LoggerFactory.getLogger(DiskUseReader.class);
    private static final long MICROS_PER_DAY = 24L * 60 * 60 * 1_000_000;

    /** Over less than this nothing is said about a day: what a first import writes is no rate. */
    private static final long MICROS_MIN = 60L * 1_000_000;

    private final DataDirectory directory;
    private final FileSystem fileSystem;
    private final Engine engine;

    private volatile ValueShare share = new ValueShare(0, 0);

    /** The share of values as it was found when the ledger had so many bytes. */
    private record ValueShare(long ledgerBytes, double share) {}

    DiskUseReader(DataDirectory directory, FileSystem fileSystem, Engine engine) {
        this.directory = directory;
        this.fileSystem = fileSystem;
        this.engine = engine;
    }

    /** @param nowMicros in microseconds since the Unix epoch */
    DiskUse read(long indexBytes, long nowMicros) throws IOException {
        LedgerSurvey survey = engine.ledger().survey();
        long ledger = survey.bytes();
        long tree = bytesIn(directory.tree());
        long values = -1;
        long since = 0;
        long perDay = 0;
        try {
            values = Math.round(ledger * valueShare(survey, ledger));
            LedgerSurvey.Growth growth = survey.growthSince(nowMicros - MICROS_PER_DAY);
            if (growth != null && nowMicros - growth.sinceMicros() >= MICROS_MIN) {
                since = growth.sinceMicros();
                double withIndex = (double) (ledger + indexBytes + tree) / ledger;
                perDay = Math.round(growth.bytes() * withIndex * MICROS_PER_DAY / (nowMicros - since));
            }
        } catch (CorruptionException e) {
            // Figures are shown of a damaged ledger too. What is damaged is told by whoever needs it, and by verify.
            LOG.debug("nothing is said of the ledger's growth: {}", e.toString());
        }
        return new DiskUse(
                ledger,
                values,
                indexBytes,
                tree,
                bytesIn(directory.quarantine()),
                fileSystem.usableSpace(directory.root()),
                engine.writableBytes(),
                since,
                perDay);
    }

    private double valueShare(LedgerSurvey survey, long ledgerBytes) throws IOException {
        ValueShare known = share;
        if (known.ledgerBytes() == 0 || ledgerBytes - known.ledgerBytes() > known.ledgerBytes() / 16) {
            known = new ValueShare(ledgerBytes, survey.valueShare());
            share = known;
        }
        return known.share();
    }

    /** Bytes of all files below a directory; those that go away meanwhile do not count. */
    private long bytesIn(Path path) throws IOException {
        long sum = 0;
        try {
            if (!fileSystem.exists(path)) {
                return 0;
            }
            for (String name : fileSystem.list(path)) {
                Path child = path.resolve(name);
                sum += fileSystem.isDirectory(child) ? bytesIn(child) : sizeOf(child);
            }
        } catch (NoSuchFileException goneMeanwhile) {
            LOG.trace("{} is gone", path);
        }
        return sum;
    }

    private long sizeOf(Path file) throws IOException {
        try {
            return fileSystem.size(file);
        } catch (NoSuchFileException goneMeanwhile) {
            return 0;
        }
    }
}
