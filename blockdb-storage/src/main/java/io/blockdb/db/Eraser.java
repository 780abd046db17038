package io.blockdb.db;

import io.blockdb.base.CorruptionException;
import io.blockdb.ledger.Ledger;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries out erasures: overwrites values and salts in the ledger once the entries of {@code _erasures} that say so are on disk.
 *
 * <ol>
 *   <li>The ledger is synced, and that is recorded beside it: recovery must not take a value that is half overwritten for a
 *       torn write.
 *   <li>The values are overwritten and synced.
 *   <li>The manifest is to say so: until it does, all of it is done again by the next open.
 * </ol>
 *
 * <p>Threading: the maintenance thread.
 */
final class Eraser {
    private static final Logger LOG = LoggerFactory.getLogger(Eraser.class);

    /** So many are carried out together: each segment is synced once for them, and the manifest written once. */
    private static final int TOGETHER_MAX = 1000;

    private final Ledger ledger;
    private final ErasureQueue queue;

    Eraser(Ledger ledger, ErasureQueue queue) {
        this.ledger = ledger;
        this.queue = queue;
    }

    /** Carries out some of what is due; answers up to which entry the ledger is synced for it, or -1 where nothing is due. */
    long step() throws IOException {
        SortedMap<Long, Long> due = queue.due(TOGETHER_MAX);
        if (due.isEmpty()) {
            return -1;
        }
        ledger.recordHead();
        Map<Long, CorruptionException> notFound = ledger.eraseValues(new TreeSet<>(due.values()));
        List<Long> done = new ArrayList<>();
        due.forEach((erasure, erased) -> {
            CorruptionException reason = notFound.get(erased);
            if (reason == null) {
                done.add(erasure);
            } else {
                LOG.error("sequence {} cannot be erased as sequence {} says: {}", erased, erasure, reason.getMessage());
                queue.cannot(erasure, reason);
            }
        });
        queue.carriedOut(done);
        return due.lastKey() + 1;
    }
}
