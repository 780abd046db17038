package io.blockdb.server.feed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.base.TableName;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Who is found by a key, against asking everyone. */
final class TableWatchersTest {
    private static final TableName TABLE = TableName.of("t");

    private final long seed = Long.getLong("blockdb.seed", System.nanoTime());
    private final String reproduce =
            "reproduce with: mvn -pl blockdb-server -am test -Dtest=TableWatchersTest -Dblockdb.seed=" + seed;

    private static final class Nobody implements Watcher.Owner {
        @Override
        public void sent(Watcher watcher) {}

        @Override
        public void gone(Watcher watcher) {}
    }

    private static Watcher watcher(Selection selection) {
        WatchRequest request = new WatchRequest(selection, FeedFixture.EVERYTHING, false, -1, null);
        return new Watcher(request, Wire.open(), new HeapRoom(1), 1, new Nobody());
    }

    private static byte[] bytes(Random random, int lengthMax) {
        byte[] bytes = new byte[random.nextInt(lengthMax + 1)];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (random.nextBoolean() ? 0x80 : random.nextInt(3));
        }
        return bytes;
    }

    private static boolean takes(Selection selection, byte[] key) {
        byte @Nullable [] exact = selection.key();
        byte @Nullable [] prefix = selection.prefix();
        if (exact != null) {
            return Arrays.equals(exact, key);
        }
        return prefix == null
                || (key.length >= prefix.length && Arrays.equals(prefix, Arrays.copyOf(key, prefix.length)));
    }

    @Test
    void findsExactlyThoseWhoWatchTheKey() {
        Random random = new Random(seed);
        for (int round = 0; round < 200; round++) {
            TableWatchers watchers = new TableWatchers();
            List<Watcher> there = new ArrayList<>();
            for (int step = 0; step < 60; step++) {
                if (!there.isEmpty() && random.nextInt(3) == 0) {
                    Watcher gone = there.remove(random.nextInt(there.size()));
                    watchers.remove(gone);
                } else {
                    byte[] bytes = bytes(random, 4);
                    Watcher added = watcher(
                            random.nextBoolean() ? Selection.ofKey(TABLE, bytes) : Selection.ofPrefix(TABLE, bytes));
                    watchers.add(added);
                    there.add(added);
                }
                byte[] key = bytes(random, 6);
                byte[] around = new byte[key.length + 7];
                System.arraycopy(key, 0, around, 3, key.length);
                Set<Watcher> found = new HashSet<>();
                watchers.match(around, 3, key.length, watcher -> assertTrue(found.add(watcher), reproduce));
                Set<Watcher> expected = new HashSet<>();
                there.stream()
                        .filter(watcher -> takes(watcher.selection(), key))
                        .forEach(expected::add);
                assertEquals(expected, found, reproduce);
                assertEquals(there.isEmpty(), watchers.isEmpty(), reproduce);
            }
        }
    }
}
