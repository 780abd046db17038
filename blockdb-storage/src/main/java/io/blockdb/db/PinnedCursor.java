package io.blockdb.db;

import io.blockdb.base.CorruptionException;
import io.blockdb.base.EntryCursor;
import java.io.IOException;
import java.util.function.Consumer;

/**
 * A cursor that gives back what it reads from when it is closed, and tells of damage that it meets.
 *
 * <p>Threading: one thread at a time.
 */
final class PinnedCursor implements EntryCursor {
    private final EntryCursor cursor;
    private final Runnable release;
    private final Consumer<IOException> onDamage;
    private boolean closed;

    PinnedCursor(EntryCursor cursor, Runnable release, Consumer<IOException> onDamage) {
        this.cursor = cursor;
        this.release = release;
        this.onDamage = onDamage;
    }

    private interface Move {
        boolean run() throws IOException;
    }

    private boolean move(Move move) throws IOException {
        try {
            return move.run();
        } catch (CorruptionException e) {
            onDamage.accept(e);
            throw e;
        }
    }

    @Override
    public boolean valid() {
        return cursor.valid();
    }

    @Override
    public boolean first() throws IOException {
        return move(cursor::first);
    }

    @Override
    public boolean last() throws IOException {
        return move(cursor::last);
    }

    @Override
    public boolean seek(byte[] key, long sequence) throws IOException {
        return move(() -> cursor.seek(key, sequence));
    }

    @Override
    public boolean seekBefore(byte[] key, long sequence) throws IOException {
        return move(() -> cursor.seekBefore(key, sequence));
    }

    @Override
    public boolean next() throws IOException {
        return move(cursor::next);
    }

    @Override
    public boolean previous() throws IOException {
        return move(cursor::previous);
    }

    @Override
    public byte[] keyArray() {
        return cursor.keyArray();
    }

    @Override
    public int keyOffset() {
        return cursor.keyOffset();
    }

    @Override
    public int keyLength() {
        return cursor.keyLength();
    }

    @Override
    public long sequence() {
        return cursor.sequence();
    }

    @Override
    public byte[] valueArray() {
        return cursor.valueArray();
    }

    @Override
    public int valueOffset() {
        return cursor.valueOffset();
    }

    @Override
    public int valueLength() {
        return cursor.valueLength();
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            cursor.close();
            release.run();
        }
    }
}
