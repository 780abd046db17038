package io.blockdb.db;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.blockdb.base.TableName;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * A random list of steps, the same for every set of options that it is run under.
 *
 * <p>Keys are few, so that they get many revisions; several are prefixes of others, or made of the least and the greatest
 * bytes. Values are of lengths around the limits that decide where they are kept.
 */
final class Script {
    static final TableName ONCE = TableName.DEFAULT;
    static final TableName VERSIONS = TableName.of("versions");
    static final TableName ERASABLE = TableName.of("erasable");
    /** Never created; sorts right behind {@link #VERSIONS}, whose name is a prefix of it. */
    static final TableName UNDECLARED = TableName.of("versions2");

    static final List<TableName> TABLES = List.of(ONCE, VERSIONS, ERASABLE, UNDECLARED);

    /** One step. */
    sealed interface Step {
        record Write(WriteBatch batch) implements Step {}

        /** Batches that are handed in without waiting for one another; how they share blocks is not determined. */
        record WriteTogether(List<WriteBatch> batches) implements Step {}

        record CreateTable(TableName table, TablePolicy policy, boolean erasable) implements Step {}

        record AlterTable(TableName table, boolean erasable) implements Step {}

        /** Erases what {@code pick} chooses among what can be erased. */
        record Erase(int pick) implements Step {}

        record Get(TableName table, byte[] key) implements Step {}

        record History(TableName table, byte[] key) implements Step {}

        record TakeSnapshot() implements Step {}

        /** Reads through a snapshot taken before. */
        record ReadSnapshot(int pick, TableName table, KeyRange range, byte[] key) implements Step {}

        /** Reads as of the height of some block. */
        record ReadHeight(int pick, TableName table, byte[] key) implements Step {}

        record Scan(TableName table, KeyRange range, boolean forward) implements Step {}

        /** Opens a cursor that is walked by later steps. */
        record OpenCursor(TableName table, KeyRange range) implements Step {}

        /** Walks a cursor that is open. */
        record Walk(int pick, List<Move> moves) implements Step {}

        record CloseCursor(int pick) implements Step {}

        record ListTables() implements Step {}

        /** Moves the clock; it may go back. */
        record Tick(long micros) implements Step {}

        /** Closes and opens again. */
        record Reopen(boolean dropIndex, boolean readOnlyBetween, boolean otherOptions) implements Step {}
    }

    /** A move of a cursor; the key is for a seek. */
    record Move(Kind kind, byte[] key) {
        enum Kind {
            NEXT,
            PREVIOUS,
            FIRST,
            LAST,
            SEEK
        }
    }

    private final Random random;
    private final List<Step> steps = new ArrayList<>();
    private int freshKeys;
    private int requests;
    private long clock;

    private Script(Random random, long clock) {
        this.random = random;
        this.clock = clock;
    }

    /** Draws a script of so many steps, for a clock that begins at {@code clockMicros}. */
    static List<Step> draw(Random random, int steps, long clockMicros) {
        Script script = new Script(random, clockMicros);
        script.steps.add(new Step.CreateTable(VERSIONS, TablePolicy.VERSIONED, false));
        script.steps.add(new Step.CreateTable(ERASABLE, TablePolicy.VERSIONED, true));
        while (script.steps.size() < steps) {
            script.steps.add(script.step());
        }
        return List.copyOf(script.steps);
    }

    private Step step() {
        int dice = random.nextInt(1000);
        if (dice < 330) {
            return new Step.Write(batch());
        }
        if (dice < 360) {
            List<WriteBatch> batches = new ArrayList<>();
            for (int i = 2 + random.nextInt(20); i > 0; i--) {
                batches.add(batch());
            }
            return new Step.WriteTogether(batches);
        }
        if (dice < 380) {
            return new Step.Erase(random.nextInt(1 << 20));
        }
        if (dice < 390) {
            return random.nextBoolean()
                    ? new Step.AlterTable(random.nextBoolean() ? VERSIONS : ERASABLE, random.nextInt(4) > 0)
                    : new Step.CreateTable(
                            TableName.of("new" + random.nextInt(5)),
                            random.nextBoolean() ? TablePolicy.VERSIONED : TablePolicy.WRITE_ONCE,
                            random.nextBoolean());
        }
        if (dice < 410) {
            long micros = random.nextInt(10) == 0 ? -random.nextInt(500) : random.nextInt(1000);
            clock += micros;
            return new Step.Tick(micros);
        }
        if (dice < 422) {
            return new Step.Reopen(random.nextInt(4) == 0, random.nextInt(2) == 0, random.nextInt(2) == 0);
        }
        return dice < 600 ? pointRead() : cursorStep();
    }

    private Step pointRead() {
        switch (random.nextInt(6)) {
            case 0:
                return new Step.History(table(), key());
            case 1:
                return new Step.TakeSnapshot();
            case 2:
                return new Step.ReadSnapshot(random.nextInt(1 << 20), table(), range(), key());
            case 3:
                return new Step.ReadHeight(random.nextInt(1 << 20), table(), key());
            default:
                return new Step.Get(table(), key());
        }
    }

    private Step cursorStep() {
        switch (random.nextInt(10)) {
            case 0:
                return new Step.ListTables();
            case 1:
            case 2:
                return new Step.Scan(table(), range(), random.nextBoolean());
            case 3:
                return new Step.OpenCursor(table(), range());
            case 4:
                return new Step.CloseCursor(random.nextInt(1 << 20));
            default:
                return new Step.Walk(random.nextInt(1 << 20), moves());
        }
    }

    private List<Move> moves() {
        List<Move> moves = new ArrayList<>();
        for (int i = 1 + random.nextInt(12); i > 0; i--) {
            int dice = random.nextInt(20);
            Move.Kind kind = dice < 8
                    ? Move.Kind.NEXT
                    : dice < 16
                            ? Move.Kind.PREVIOUS
                            : dice < 17 ? Move.Kind.FIRST : dice < 18 ? Move.Kind.LAST : Move.Kind.SEEK;
            moves.add(new Move(kind, key()));
        }
        return moves;
    }

    private TableName table() {
        return TABLES.get(random.nextInt(TABLES.size()));
    }

    /** Several operations have versioned tables or new keys only, so that what they are answered is simple to say. */
    private WriteBatch batch() {
        WriteBatch batch = new WriteBatch();
        if (random.nextInt(3) > 0) {
            addOne(batch);
        } else {
            List<byte[]> keys = new ArrayList<>();
            for (int i = 1 + random.nextInt(random.nextInt(10) == 0 ? 200 : 8); i > 0; i--) {
                addDistinct(batch, keys);
            }
        }
        if (random.nextInt(4) == 0) {
            batch.author("author" + random.nextInt(3));
        }
        if (random.nextInt(8) == 0) {
            batch.requestId("request" + requests++);
        }
        return batch;
    }

    private void addOne(WriteBatch batch) {
        int dice = random.nextInt(10);
        TableName table = table();
        if (table.equals(VERSIONS) || table.equals(ERASABLE)) {
            if (dice < 2) {
                batch.delete(table, key());
            } else {
                batch.put(table, key(), value(), dice < 4 ? clock + random.nextInt(3000) - 300 : 0);
            }
        } else {
            batch.put(table, key(), value());
        }
    }

    private void addDistinct(WriteBatch batch, List<byte[]> keys) {
        if (random.nextBoolean()) {
            byte[] key = ("fresh" + freshKeys++).getBytes(UTF_8);
            batch.put(random.nextBoolean() ? ONCE : UNDECLARED, key, value());
            return;
        }
        byte[] key = key();
        for (byte[] used : keys) {
            if (java.util.Arrays.equals(used, key)) {
                return;
            }
        }
        keys.add(key);
        batch.put(VERSIONS, key, value());
    }

    /** One of a few hundred keys. */
    private byte[] key() {
        switch (random.nextInt(8)) {
            case 0:
                return random.nextBoolean() ? new byte[] {0} : new byte[] {(byte) 0xff};
            case 1: {
                // Prefixes of each other, of the least byte or of the greatest.
                byte[] key = new byte[1 + random.nextInt(20)];
                java.util.Arrays.fill(key, (byte) (random.nextBoolean() ? 0 : 0xff));
                return key;
            }
            case 2: {
                byte[] key = new byte[1 + random.nextInt(3)];
                for (int i = 0; i < key.length; i++) {
                    key[i] = (byte) (random.nextInt(3) - 1);
                }
                return key;
            }
            case 3:
                return "longer than most, with one beginning for all of them "
                        .concat("" + random.nextInt(20))
                        .getBytes(UTF_8);
            case 4:
                return random.nextInt(20) == 0
                        ? "x".repeat(3000 + random.nextInt(3)).getBytes(UTF_8)
                        : "x".repeat(1 + random.nextInt(40)).getBytes(UTF_8);
            default:
                return ("key" + random.nextInt(100)).getBytes(UTF_8);
        }
    }

    private byte[] value() {
        int[] lengths = {0, 1, 63, 64, 65, 511, 512, 513};
        int dice = random.nextInt(20);
        int length = dice < 8 ? lengths[dice] : dice < 19 ? random.nextInt(40) : random.nextInt(9000);
        byte[] value = new byte[length];
        if (random.nextBoolean()) {
            random.nextBytes(value);
        } else {
            java.util.Arrays.fill(value, (byte) random.nextInt());
        }
        return value;
    }

    private KeyRange range() {
        switch (random.nextInt(5)) {
            case 0:
                return KeyRange.prefix(java.util.Arrays.copyOf(key(), 1 + random.nextInt(2)));
            case 1:
                return KeyRange.between(key(), null);
            case 2:
                return KeyRange.between(null, key());
            case 3:
                return KeyRange.between(key(), key());
            default:
                return KeyRange.all();
        }
    }
}
