package io.blockdb.db;

import io.blockdb.base.LedgerPoint;
import io.blockdb.base.TableName;
import io.blockdb.ledger.LedgerBlock;
import io.blockdb.ledger.LedgerCursor;
import io.blockdb.ledger.ValuePlace;
import io.blockdb.proof.EntryLeaf;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * Reads the blocks that an index lacks, in parts which are inserted sorted: a skiplist takes neighbours many times faster than
 * entries in the order of the ledger. Where there is much to read, a thread of its own reads and checks the next part while
 * this one is inserted.
 *
 * <p>Parts are whole blocks in the order of the ledger. What fails while reading is thrown by {@link #next} once all before it
 * was handed out.
 *
 * <p>Threading: one thread at a time.
 */
final class Replay implements AutoCloseable {
    /** With fewer blocks to read a thread does not pay. */
    private static final int BLOCKS_MIN_FOR_THREAD = 2000;

    /** What an entry of a part takes besides its key and value. */
    private static final int ENTRY_OVERHEAD = 128;

    private static final byte[] NO_VALUE = {};

    private final LedgerCursor cursor;
    private final long partBytes;

    /** Null where the caller's thread reads. */
    private final @Nullable Thread reader;

    /** What the thread has read: one part waits while the next is read. */
    private final BlockingQueue<Step> read = new ArrayBlockingQueue<>(1);

    /** What ended the reading and is told once all before it was handed out. */
    private @Nullable Throwable failure;

    private TableName table = TableName.DEFAULT;

    /**
     * What came of reading a part: nothing at the end.
     *
     * @param failure why nothing could be read, or null
     */
    private record Step(@Nullable Part part, @Nullable Throwable failure) {}

    /** An entry, with the first bytes of its key as a number that sorts as they do. */
    private record Entry(
            long prefix,
            TableName table,
            byte[] key,
            long sequence,
            int kind,
            long expiresAt,
            byte[] value,
            @Nullable ValuePlace place) {
        static int compareKeys(Entry a, Entry b) {
            int order = Long.compareUnsigned(a.prefix, b.prefix);
            return order != 0 ? order : Arrays.compareUnsigned(a.key, b.key);
        }
    }

    /** Whole blocks that follow each other. */
    static final class Part {
        private final List<Entry> entries = new ArrayList<>();
        private @Nullable LedgerPoint end;
        private long blocks;
        private long frameBytes;

        /** The point behind the last block. */
        LedgerPoint end() {
            LedgerPoint known = end;
            if (known == null) {
                throw new IllegalStateException("a part without a block");
            }
            return known;
        }

        long blocks() {
            return blocks;
        }

        /** Bytes that the blocks take in the ledger. */
        long frameBytes() {
            return frameBytes;
        }

        /** Inserts the entries in the order of their keys; those of one table stand in a list of their own. */
        void insertInto(Index index) {
            entries.sort(Entry::compareKeys);
            for (Entry entry : entries) {
                index.insert(
                        entry.table,
                        entry.key,
                        0,
                        entry.key.length,
                        entry.sequence,
                        entry.kind,
                        entry.expiresAt,
                        entry.value,
                        entry.place);
            }
        }
    }

    /**
     * @param cursor is closed with this
     * @param blocks how many blocks it will read, about
     * @param partBytes how much memory a part may take, about; there are three at a time
     */
    Replay(LedgerCursor cursor, long blocks, long partBytes) {
        this.cursor = cursor;
        this.partBytes = partBytes;
        this.reader = blocks < BLOCKS_MIN_FOR_THREAD ? null : new Thread(this::readAll, "blockdb-open");
        if (reader != null) {
            reader.setDaemon(true);
            reader.start();
        }
    }

    /** The next part, or null at the end. */
    @Nullable
    Part next() throws IOException {
        Step step = reader == null ? read() : take();
        Throwable cause = step.failure();
        if (cause instanceof IOException e) {
            throw e;
        }
        if (cause instanceof RuntimeException e) {
            throw e;
        }
        if (cause instanceof Error e) {
            throw e;
        }
        return step.part();
    }

    private Step take() {
        boolean interrupted = false;
        try {
            for (; ; ) {
                try {
                    return read.take();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void readAll() {
        try {
            for (Step step = read(); ; step = read()) {
                read.put(step);
                if (step.part() == null) {
                    return;
                }
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt(); // Nobody takes what is read any more.
        }
    }

    private Step read() {
        Part part = new Part();
        long bytes = 0;
        int whole = 0;
        try {
            for (LedgerBlock block; failure == null && bytes < partBytes && (block = cursor.next()) != null; ) {
                bytes += add(part, block);
                whole = part.entries.size();
                part.end = cursor.point();
                part.blocks++;
                part.frameBytes += block.frameLength();
            }
        } catch (IOException | RuntimeException | Error e) {
            failure = e;
            part.entries.subList(whole, part.entries.size()).clear();
        }
        return part.blocks > 0 ? new Step(part, null) : new Step(null, failure);
    }

    private long add(Part part, LedgerBlock block) throws IOException {
        long sequence = block.header().firstSequence();
        long bytes = 0;
        for (int i = 0; i < block.entryCount(); i++) {
            EntryLeaf leaf = block.leaf(i);
            if (!leaf.isOf(table)) {
                table = leaf.table();
            }
            ValuePlace place = block.valuePlace(i);
            byte[] value = place == null ? block.value(i).value() : NO_VALUE;
            if (place == null && table.equals(SystemTables.FORMAT)) {
                SystemTables.checkLevel(SystemTables.level(value));
            }
            byte[] key = leaf.key();
            part.entries.add(
                    new Entry(prefix(key), table, key, sequence + i, leaf.kind(), leaf.expiresAt(), value, place));
            bytes += key.length + value.length + ENTRY_OVERHEAD;
        }
        return bytes;
    }

    private static long prefix(byte[] key) {
        long prefix = 0;
        for (int i = 0; i < Long.BYTES; i++) {
            prefix = prefix << Byte.SIZE | (i < key.length ? key[i] & 0xff : 0);
        }
        return prefix;
    }

    /** Ends the reading and closes the cursor. */
    @Override
    public void close() throws IOException {
        boolean interrupted = false;
        if (reader != null) {
            reader.interrupt();
            while (reader.isAlive()) {
                try {
                    reader.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        }
        try {
            cursor.close();
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
