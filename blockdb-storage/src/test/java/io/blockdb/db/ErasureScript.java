package io.blockdb.db;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.base.TableName;
import io.blockdb.io.MemoryFileSystem;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Puts values of an erasable table over several segments and erases some of them, in a file system that may crash or fail; and
 * what must be found afterwards: an erasure that was answered holds for ever, and everything else is as it was.
 *
 * <p>Threading: one thread at a time.
 */
final class ErasureScript {
    static final TableName TABLE = TableName.of("people");

    private final Options options;
    private final List<Item> items = new ArrayList<>();

    /** A key, and what is known of it. */
    static final class Item {
        final byte[] key;
        final byte[] value;
        /** Where it was put, on disk or not. */
        @Nullable
        Commit written;
        /** Where it was put, once that is known to be on disk. */
        @Nullable
        Commit put;
        /** Whether an erasure was asked for: it may be there. */
        boolean asked;
        /** The answered erasure. */
        @Nullable
        Commit erased;

        Item(String key, byte[] value) {
            this.key = key.getBytes(UTF_8);
            this.value = value;
        }
    }

    /** @param walSyncIntervalMillis where it is not 0, what was written counts only once it was synced, after each erasure */
    ErasureScript(MemoryFileSystem files, long seed, long walSyncIntervalMillis) {
        this.options = Workload.options(files, seed).withWalSyncIntervalMillis(walSyncIntervalMillis);
        // Salts and nonces are drawn with the seed itself: the same bytes must not occur twice.
        Random random = new Random(~seed * 31);
        for (int i = 0; i < 10; i++) {
            byte[] value = new byte[i == 3 ? 0 : i == 5 ? 3000 : 40 + random.nextInt(60)];
            random.nextBytes(value);
            items.add(new Item("key" + i, value));
        }
    }

    /** Puts, erases, closes, opens again, erases more. */
    void run() throws IOException {
        try (BlockDb db = BlockDb.open(Workload.ROOT, options)) {
            db.createTable(TABLE, TablePolicy.WRITE_ONCE, true);
            put(db, 0, 6);
            erase(db, 1);
            erase(db, 3);
            db.engine().index().freeze(db.engine().head());
            new Quiet(db).await();
            put(db, 6, 9);
            erase(db, 5);
        }
        try (BlockDb db = BlockDb.open(Workload.ROOT, options)) {
            erase(db, 8);
            db.awaitErased(items.get(8).erased);
            erase(db, 0);
            put(db, 9, 10);
            erase(db, 9);
        }
    }

    private void put(BlockDb db, int from, int to) throws IOException {
        for (Item item : items.subList(from, to)) {
            item.written = db.put(TABLE, item.key, item.value);
            if (options.walSyncIntervalMillis() == 0) {
                item.put = item.written;
            }
        }
    }

    private void erase(BlockDb db, int number) throws IOException {
        Item item = items.get(number);
        item.asked = true;
        Commit erased = db.erase(TABLE, item.key, item.written.sequence(), "asked for", "dpo");
        if (options.walSyncIntervalMillis() > 0) {
            db.engine().sync();
            items.forEach(each -> each.put = each.written);
        }
        item.erased = erased;
    }

    /** Opens a disk as it was found, and checks it, before and after what is pending was carried out. */
    void check(MemoryFileSystem disk, long seed) throws IOException {
        Options reopening = Workload.options(disk, seed);
        boolean born = disk.exists(Workload.ROOT.resolve("ledger/0000000001.seg"));
        if (born) {
            VerifyReport report = BlockDb.verify(Workload.ROOT, reopening, (done, total, blocks) -> {});
            assertTrue(report.valid() || report.failures().get(0).reason().contains("torn"), report::toString);
        }
        for (int round = 0; round < 2; round++) {
            try (BlockDb db = BlockDb.open(Workload.ROOT, reopening)) {
                checkReads(db);
                db.erasures(false, erasure -> db.engine().index().erasures().await(erasure.sequence()));
                db.erasures(true, erasure -> {
                    throw new AssertionError(erasure + " is pending");
                });
                checkReads(db);
                VerifyReport report = db.verify((done, total, blocks) -> {});
                assertTrue(report.valid(), report::toString);
            }
            disk.assertNoOpenFiles();
        }
        for (Item item : items) {
            if (item.erased != null) {
                assertNull(holder(disk, item.value), "an erased value came back");
            }
        }
    }

    private void checkReads(BlockDb db) throws IOException {
        for (Item item : items) {
            if (item.erased != null) {
                Commit erased = item.erased;
                ErasedException thrown = assertThrows(ErasedException.class, () -> db.get(TABLE, item.key));
                assertEquals(erased.sequence(), thrown.erasureSequence());
                continue;
            }
            Revision found = db.find(TABLE, item.key);
            if (item.put != null) {
                assertNotNull(found, "a value that was put is gone");
            }
            if (found != null && found.state() == Revision.State.ERASED) {
                assertTrue(item.asked, "nobody asked to erase this");
            } else if (found != null) {
                assertArrayEquals(item.value, found.value());
            }
        }
    }

    /** The first file that holds the beginning, the middle or the end of a value; null where none does. */
    static @Nullable String holder(MemoryFileSystem disk, byte[] value) throws IOException {
        return holder(disk, value, path -> true);
    }

    /** As {@link #holder(MemoryFileSystem, byte[])}, of some files. */
    static @Nullable String holder(MemoryFileSystem disk, byte[] value, Predicate<String> of) throws IOException {
        // Of one moment: the database may be open, and its maintenance write and rename files meanwhile.
        MemoryFileSystem still = disk.processCrashClone();
        for (String path : still.snapshot().keySet()) {
            Path file = Path.of(path);
            if (!of.test(path) || still.isDirectory(file)) {
                continue;
            }
            byte[] content = still.content(file);
            for (int at : new int[] {0, value.length / 2 - 8, value.length - 16}) {
                if (value.length >= 16 && contains(content, value, at)) {
                    return path;
                }
            }
        }
        return null;
    }

    private static boolean contains(byte[] content, byte[] value, int from) {
        for (int at = 0; at + 16 <= content.length; at++) {
            int same = 0;
            while (same < 16 && content[at + same] == value[from + same]) {
                same++;
            }
            if (same == 16) {
                return true;
            }
        }
        return false;
    }
}
