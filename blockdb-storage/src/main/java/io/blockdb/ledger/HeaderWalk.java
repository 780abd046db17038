package io.blockdb.ledger;

import io.blockdb.base.CorruptionException;
import io.blockdb.base.Hash;
import io.blockdb.base.LedgerPoint;
import java.io.Closeable;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Walks over the block headers of the ledger in order and hashes them, reading no entry. What it goes over is checked by the
 * chain alone: each header must name the hash of the one before, so a walk that ends at the known hash of its last block was
 * right all the way.
 *
 * <p>Threading: one thread at a time.
 */
final class HeaderWalk implements Closeable {
    /** Holds a hundred small frames, and wastes little before large ones. */
    private static final int WINDOW = 32 << 10;

    private final SegmentPool pool;
    private final byte[] hash = new byte[Hash.LENGTH];
    private long height;
    private long segmentNumber;
    private long offset;
    private @Nullable FrameReader reader;

    HeaderWalk(SegmentPool pool, LedgerPoint start) {
        this.pool = pool;
        this.height = start.blocks();
        this.segmentNumber = start.place().segment();
        this.offset = start.place().offset();
        start.lastHash().copyTo(hash, 0);
    }

    /** Height of the next block. */
    long height() {
        return height;
    }

    /**
     * Goes over the next block, which must be there.
     *
     * @return its hash, in an array that is overwritten by the next call
     * @throws CorruptionException if a block is damaged or does not follow the one before
     */
    byte[] next() throws IOException {
        FrameReader frames = readerOf(segmentNumber);
        while (frames.kindAt(offset) == FrameReader.Kind.SEAL) {
            segmentNumber++;
            offset = SegmentFormat.HEADER_LENGTH;
            frames = readerOf(segmentNumber);
        }
        FrameFormat.Head head = frames.headAt(offset);
        if (head.height() != height || !frames.headerFollows(offset, hash)) {
            LedgerBlock block = frames.blockAt(offset);
            throw block.corrupt("block " + block.header().height() + " does not follow: expected block " + height
                    + " with previous hash " + Hash.of(hash));
        }
        frames.hashHeader(offset, hash);
        offset += head.frameLength();
        height++;
        return hash;
    }

    private FrameReader readerOf(long number) throws IOException {
        FrameReader current = reader;
        if (current != null && current.segment().number() == number) {
            return current;
        }
        close();
        current = new FrameReader(pool.acquire(number), WINDOW);
        reader = current;
        return current;
    }

    @Override
    public void close() throws IOException {
        FrameReader current = reader;
        reader = null;
        if (current != null) {
            current.segment().close();
        }
    }
}
