package io.blockdb.db;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.blockdb.base.TableName;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;

/** The process that {@link KillTest} kills: writes for ever, and prints the number of each batch that was answered. */
final class KillTarget {
    static final int WRITERS = 3;
    static final int BATCH_SIZE = 4;
    static final TableName COUNTERS = TableName.of("counters");

    private KillTarget() {}

    static Options options() {
        return Options.defaults()
                .withMemtableSizeLimit(16 << 10)
                .withSegmentSize(16 << 10)
                .withSstableSize(16 << 10)
                .withCompactionThreshold(2)
                .withInlineValueLimit(64);
    }

    static String key(int writer, int number, int part) {
        return "w" + writer + "-" + number + "-" + part;
    }

    static byte[] value(int writer, int number, int part) {
        return (key(writer, number, part) + "=").repeat(1 + number % 20).getBytes(UTF_8);
    }

    static byte[] counter(int writer) {
        return ("counter" + writer).getBytes(UTF_8);
    }

    /** Arguments: the directory, and for each writer the number to begin with. */
    public static void main(String[] arguments) throws IOException {
        BlockDb db = BlockDb.open(Path.of(arguments[0]), options());
        db.createTable(COUNTERS, TablePolicy.VERSIONED, false);
        PrintStream out = new PrintStream(System.out, true, UTF_8);
        for (int writer = 0; writer < WRITERS; writer++) {
            int number = writer;
            new Thread(() -> write(db, number, Integer.parseInt(arguments[1 + number]), out)).start();
        }
    }

    private static void write(BlockDb db, int writer, int from, PrintStream out) {
        try {
            for (int number = from; ; number++) {
                WriteBatch batch = new WriteBatch();
                for (int part = 0; part < BATCH_SIZE; part++) {
                    batch.put(key(writer, number, part).getBytes(UTF_8), value(writer, number, part));
                }
                batch.put(COUNTERS, counter(writer), Integer.toString(number).getBytes(UTF_8));
                db.write(batch);
                out.println(writer + " " + number);
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
