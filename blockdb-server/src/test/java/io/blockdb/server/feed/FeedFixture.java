package io.blockdb.server.feed;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.blockdb.base.TableName;
import io.blockdb.db.BlockDb;
import io.blockdb.db.Commit;
import io.blockdb.db.LedgerEntries;
import io.blockdb.db.LedgerFeed;
import io.blockdb.db.Options;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A database with a feed. */
final class FeedFixture implements AutoCloseable {
    static final Rights EVERYTHING = table -> Rights.Extent.WITH_VALUE;

    private final Path directory;
    private final Options options;
    private volatile @Nullable LedgerFeed now;
    private volatile BlockDb database;
    final Feed feed;

    private FeedFixture(Path directory, Options options, FeedLimits limits) throws IOException {
        this.directory = directory;
        this.options = options;
        this.database = BlockDb.open(directory, options);
        this.now = new LedgerFeed(database.engine());
        this.feed = new Feed(() -> now, limits);
    }

    static FeedLimits limits() {
        return new FeedLimits(
                100, 64 << 10, 16 << 20, Duration.ofSeconds(60), Duration.ofSeconds(60), Duration.ofSeconds(60), 2);
    }

    /** Syncs are left out: no test of the feed loses power. */
    static Options options() {
        return Options.defaults().withWalSyncIntervalMillis(60_000).withCheckpointIntervalMillis(0);
    }

    static FeedFixture in(Path directory) throws IOException {
        return new FeedFixture(directory, options(), limits());
    }

    static FeedFixture in(Path directory, FeedLimits limits) throws IOException {
        return new FeedFixture(directory, options(), limits);
    }

    BlockDb database() {
        return database;
    }

    boolean isOpen() {
        return now != null;
    }

    LedgerFeed ledger() {
        LedgerFeed feedNow = now;
        if (feedNow == null) {
            throw new AssertionError("not open");
        }
        return feedNow;
    }

    /** Closes the database and opens it again, as a server does after a failure. */
    void reopen() throws IOException {
        close(database);
        open(directory);
    }

    /** Closes the database; what is open after it is another. */
    void close(BlockDb old) throws IOException {
        now = null;
        old.close();
    }

    void open(Path other) throws IOException {
        database = BlockDb.open(other, options);
        now = new LedgerFeed(database.engine());
    }

    Commit put(String key, String value) throws IOException {
        return database.put(key.getBytes(UTF_8), value.getBytes(UTF_8));
    }

    /** Watches with all rights. */
    Wire watch(Selection selection, long from) throws Exception {
        return watch(new WatchRequest(selection, EVERYTHING, false, from, null), Wire.open());
    }

    Wire watch(WatchRequest request, Wire wire) throws Exception {
        feed.watch(request, () -> wire);
        return wire;
    }

    /** Goes on behind an id. */
    Wire resume(Selection selection, String id) throws Exception {
        return watch(new WatchRequest(selection, EVERYTHING, false, -1, id), Wire.open());
    }

    static Selection key(String key) {
        return Selection.ofKey(TableName.DEFAULT, key.getBytes(UTF_8));
    }

    static Selection prefix(String prefix) {
        return Selection.ofPrefix(TableName.DEFAULT, prefix.getBytes(UTF_8));
    }

    static Selection table() {
        return Selection.ofTable(TableName.DEFAULT);
    }

    /** The sequences that the ledger has from one on for a selection, read without a feed. */
    List<Long> expected(long from, Predicate<LedgerEntries> selected) throws IOException {
        List<Long> sequences = new ArrayList<>();
        try (LedgerEntries entries = database.ledgerEntries(Long.MAX_VALUE)) {
            while (entries.next()) {
                if (entries.sequence() >= from && selected.test(entries)) {
                    sequences.add(entries.sequence());
                }
            }
        }
        return sequences;
    }

    @Override
    public void close() throws IOException {
        feed.close();
        database.close();
    }
}
