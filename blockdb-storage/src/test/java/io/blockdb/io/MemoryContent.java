package io.blockdb.io;

import java.util.Arrays;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a file in memory, in chunks that copies share until one of them writes. A missing chunk is zeros.
 *
 * <p>Threading: guarded by the file system.
 */
final class MemoryContent {
    private static final int CHUNK = 4096;

    private byte[] @Nullable [] chunks = new byte[4][];
    /** Chunks that no copy shares. */
    private final BitSet owned = new BitSet();

    private long length;

    long length() {
        return length;
    }

    /** The same content, to be changed apart from this one. Costs one reference per chunk. */
    MemoryContent copy() {
        MemoryContent copy = new MemoryContent();
        copy.chunks = chunks.clone();
        copy.length = length;
        owned.clear();
        return copy;
    }

    /** Reads what there is of {@code count} bytes at {@code position}; answers how many those are. */
    int read(long position, byte[] target, int offset, int count) {
        int available = (int) Math.max(0, Math.min(count, length - position));
        for (int done = 0; done < available; ) {
            long at = position + done;
            int within = (int) (at % CHUNK);
            int part = Math.min(available - done, CHUNK - within);
            byte[] chunk = chunk((int) (at / CHUNK));
            if (chunk == null) {
                Arrays.fill(target, offset + done, offset + done + part, (byte) 0);
            } else {
                System.arraycopy(chunk, within, target, offset + done, part);
            }
            done += part;
        }
        return available;
    }

    /** Writes, and grows where needed. */
    void write(long position, byte[] source, int offset, int count) {
        for (int done = 0; done < count; ) {
            long at = position + done;
            int within = (int) (at % CHUNK);
            int part = Math.min(count - done, CHUNK - within);
            System.arraycopy(source, offset + done, own((int) (at / CHUNK)), within, part);
            done += part;
        }
        if (count > 0) {
            length = Math.max(length, position + count);
        }
    }

    /** Cuts, or grows with zeros. */
    void setLength(long newLength) {
        if (newLength < length) {
            int kept = Math.toIntExact((newLength + CHUNK - 1) / CHUNK);
            if (kept < chunks.length) {
                Arrays.fill(chunks, kept, chunks.length, null);
                owned.clear(kept, chunks.length);
            }
            int within = (int) (newLength % CHUNK);
            if (within > 0 && chunk(kept - 1) != null) {
                Arrays.fill(own(kept - 1), within, CHUNK, (byte) 0);
            }
        }
        length = newLength;
    }

    /** Takes over {@code count} bytes at {@code position} from another content, as far as both reach. */
    void copyFrom(MemoryContent other, long position, int count) {
        byte[] bytes = new byte[(int) Math.max(0, Math.min(count, length - position))];
        write(position, bytes, 0, other.read(position, bytes, 0, bytes.length));
    }

    byte[] toBytes() {
        byte[] bytes = new byte[Math.toIntExact(length)];
        read(0, bytes, 0, bytes.length);
        return bytes;
    }

    private byte @Nullable [] chunk(int index) {
        return index < chunks.length ? chunks[index] : null;
    }

    private byte[] own(int index) {
        if (index >= chunks.length) {
            chunks = Arrays.copyOf(chunks, Math.max(index + 1, chunks.length * 2));
        }
        byte[] chunk = chunks[index];
        if (chunk == null || !owned.get(index)) {
            chunk = chunk == null ? new byte[CHUNK] : chunk.clone();
            chunks[index] = chunk;
            owned.set(index);
        }
        return chunk;
    }
}
