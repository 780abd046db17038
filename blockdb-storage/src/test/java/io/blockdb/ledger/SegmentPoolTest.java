package io.blockdb.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.base.CorruptionException;
import io.blockdb.base.Seed;
import io.blockdb.io.MemoryFileSystem;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SegmentPoolTest {
    private final Random random = Seed.random();
    private final LedgerFixture fixture = new LedgerFixture(random);

    private MemoryFileSystem segments(int count) throws IOException {
        MemoryFileSystem fileSystem = LedgerFixture.newFileSystem();
        try (Ledger ledger = fixture.open(fileSystem, 1)) {
            fixture.append(ledger, count);
        }
        return fileSystem;
    }

    @Test
    void keepsSoManyOpenUnlessMoreAreInUse() throws IOException {
        MemoryFileSystem fileSystem = segments(10);
        try (SegmentPool pool = new SegmentPool(fileSystem, LedgerFixture.LEDGER, 3, 10)) {
            for (int i = 0; i < 200; i++) {
                pool.acquire(1 + random.nextInt(10)).close();
                assertTrue(fileSystem.openFiles() <= 3);
            }
            List<Segment> held = new ArrayList<>();
            for (int number = 1; number <= 10; number++) {
                held.add(pool.acquire(number));
            }
            assertEquals(10, fileSystem.openFiles());
            for (Segment segment : held) {
                segment.close();
            }
            pool.acquire(1).close();
            pool.acquire(2).close();
        }
        fileSystem.assertNoOpenFiles();
    }

    @Test
    void aSegmentThatIsUsedAgainAndAgainStaysOpen() throws IOException {
        MemoryFileSystem fileSystem = segments(10);
        try (SegmentPool pool = new SegmentPool(fileSystem, LedgerFixture.LEDGER, 4, 10)) {
            Segment hot = pool.acquire(1);
            hot.close();
            for (int number = 2; number < 10; number++) {
                pool.acquire(number).close();
                Segment again = pool.acquire(1);
                assertTrue(again == hot, "opened again after segment " + number);
                again.close();
            }
        }
    }

    @Test
    void whoReadsMayGoOnWhenThePoolIsClosed() throws IOException {
        MemoryFileSystem fileSystem = segments(2);
        SegmentPool pool = new SegmentPool(fileSystem, LedgerFixture.LEDGER, 2, 2);
        try (Segment segment = pool.acquire(1)) {
            pool.close();
            pool.close();
            byte[] bytes = new byte[SegmentFormat.HEADER_LENGTH];
            assertEquals(bytes.length, segment.read(0, bytes, 0, bytes.length));
            assertThrows(IOException.class, () -> pool.acquire(1));
        }
        fileSystem.assertNoOpenFiles();
    }

    @Test
    void findsTheSegmentOfAHeightAndOfASequence() throws IOException {
        MemoryFileSystem fileSystem = segments(12);
        try (SegmentPool pool = new SegmentPool(fileSystem, LedgerFixture.LEDGER, 2, 12)) {
            for (LedgerFixture.Block block : fixture.blocks) {
                long height = block.header().height();
                assertEquals(height + 1, pool.segmentOfHeight(height));
                long first = block.header().firstSequence();
                assertEquals(height + 1, pool.segmentOfSequence(first));
                assertEquals(
                        height + 1,
                        pool.segmentOfSequence(first + block.entries().size() - 1));
            }
            assertThrows(CorruptionException.class, () -> pool.acquire(13));
            assertThrows(CorruptionException.class, () -> pool.acquire(0));
        }
    }

    @Test
    void indexKeepsFramesApartWhicheverOrderTheyAreToldIn() {
        SegmentFormat.Header header = new SegmentFormat.Header(
                1, 0, 100, 1000, io.blockdb.base.Hash.ZERO, io.blockdb.base.LedgerId.of(new byte[16]));
        FrameIndex index = new FrameIndex(header);
        List<Integer> frames = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            frames.add(i);
        }
        java.util.Collections.shuffle(frames, random);
        for (int frame : frames) {
            index.note(100 + frame, 1000 + 3L * frame, SegmentFormat.HEADER_LENGTH + 8000L * frame);
        }
        for (int frame = 0; frame < 500; frame++) {
            FrameIndex.Start start = index.atHeight(100 + frame);
            assertEquals(start, index.atSequence(1000 + 3L * frame + random.nextInt(3)));
            assertEquals(SegmentFormat.HEADER_LENGTH + 8000 * (start.height() - 100), start.offset());
            assertEquals(1000 + 3 * (start.height() - 100), start.sequence());
            long distance = 8000 * (100 + frame - start.height());
            assertTrue(distance >= 0 && distance < 3L * FrameIndex.INTERVAL, "walks " + distance + " bytes");
        }
    }
}
