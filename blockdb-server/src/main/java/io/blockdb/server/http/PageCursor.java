package io.blockdb.server.http;

import io.blockdb.db.BlockDb;
import io.blockdb.db.Snapshot;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;

/**
 * Where a listing goes on: opaque to who holds it, valid for ever, since what it names is never rewritten.
 *
 * @param ledger the ledger's id in hex
 * @param height the block that was the newest when the listing began, so that all of it is of one moment; -1: of no matter
 * @param sequence a sequence to go on from, or 0
 * @param key the first key that may follow
 */
record PageCursor(String ledger, long height, long sequence, byte[] key) {
    private static final int VERSION = 1;

    /** The text that stands for it. */
    String text() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(VERSION);
            out.writeUTF(ledger);
            out.writeLong(height);
            out.writeLong(sequence);
            out.writeInt(key.length);
            out.write(key);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes.toByteArray());
    }

    /**
     * Reads one.
     *
     * @param ledger id of the ledger that is served, in hex
     * @throws Problem if the text is none, or one of another ledger
     */
    static PageCursor parse(String text, String ledger) {
        try (DataInputStream in = new DataInputStream(
                new ByteArrayInputStream(Base64.getUrlDecoder().decode(text)))) {
            if (in.readByte() != VERSION) {
                throw bad();
            }
            String id = in.readUTF();
            long height = in.readLong();
            long sequence = in.readLong();
            int length = in.readInt();
            byte[] key = in.readAllBytes();
            if (key.length != length || height < -1 || sequence < 0) {
                throw bad();
            }
            if (!id.equals(ledger)) {
                throw Problem.invalid("the cursor is of ledger " + Shown.text(id) + ", this server keeps " + ledger);
            }
            return new PageCursor(id, height, sequence, key);
        } catch (IOException | IllegalArgumentException e) {
            throw bad();
        }
    }

    /**
     * Where the history of a key goes on.
     *
     * @throws Problem if this is a cursor of another listing
     */
    long nextRevision() {
        if (height >= 0) {
            throw bad();
        }
        return sequence;
    }

    /**
     * The database as it was when the listing began.
     *
     * @throws Problem if this is no cursor of a listing of keys, or the ledger has lost the block: an older copy was restored
     */
    Snapshot snapshot(BlockDb db) throws IOException {
        if (height < 0) {
            throw bad();
        }
        try {
            return db.snapshotAt(height);
        } catch (IllegalArgumentException e) {
            throw bad();
        }
    }

    private static Problem bad() {
        return Problem.invalid(
                "the cursor is none that this server gave for such a listing, or it lost what it gave it for"
                        + " (an older backup was restored): begin again without one");
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PageCursor cursor && cursor.text().equals(text());
    }

    @Override
    public int hashCode() {
        return text().hashCode();
    }
}
