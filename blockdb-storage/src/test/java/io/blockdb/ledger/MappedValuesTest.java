package io.blockdb.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.base.CorruptionException;
import io.blockdb.base.Seed;
import io.blockdb.io.MemoryFileSystem;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Values that are read from a segment often enough for it to be mapped. */
class MappedValuesTest {
    /** More than it takes for a segment to be mapped. */
    private static final int READS = 300;

    private final LedgerFixture fixture = new LedgerFixture(Seed.random());
    private final MemoryFileSystem fileSystem;

    MappedValuesTest() throws IOException {
        this.fileSystem = LedgerFixture.newFileSystem();
    }

    private ValuePlace append(Ledger ledger, BlockEntry entry) throws IOException {
        fixture.append(ledger, List.of(entry));
        ValuePlace place = ledger.blockAtHeight(fixture.blocks.size() - 1).valuePlace(0);
        if (place == null) {
            throw new AssertionError("the value is not framed");
        }
        return place;
    }

    @Test
    void areReadWhileTheSegmentGrowsAndIsSealed() throws IOException {
        try (Ledger ledger = fixture.open(fileSystem, 40 << 10)) {
            int before = 0;
            for (int i = 0; i < READS; i++) {
                BlockEntry entry = fixture.entry("k" + i, 200 + i, i % 2 == 0, i % 3 == 0);
                ValuePlace place = append(ledger, entry);
                ValuePlace first = ledger.blockAtHeight(0).valuePlace(0);
                for (int again = 0; again < 20; again++) {
                    LedgerFixture.assertSame(entry.value(), ledger.value(place));
                    LedgerFixture.assertSame(
                            fixture.blocks.get(0).entries().get(0).value(), ledger.value(first));
                }
                before = i == 0 ? fileSystem.openFiles() : before;
            }
            assertTrue(ledger.survey().segments() > 2);
            assertTrue(fileSystem.openFiles() > before, "no segment was mapped");
            fixture.check(ledger);
        }
        fileSystem.assertNoOpenFiles();
    }

    @Test
    void damageIsFoundInAMapToo() throws IOException {
        try (Ledger ledger = fixture.open(fileSystem, 1 << 20)) {
            BlockEntry entry = fixture.entry("k", 1000, false, false);
            ValuePlace place = append(ledger, entry);
            append(ledger, fixture.entry("last", 2000, false, false));
            for (int i = 0; i < READS; i++) {
                LedgerFixture.assertSame(entry.value(), ledger.value(place));
            }
            fileSystem.corrupt(LedgerFixture.segment(1), place.offset() + 100, 1);
            CorruptionException e = assertThrows(CorruptionException.class, () -> ledger.value(place));
            assertEquals(place.offset(), e.offset());
        }
    }

    @Test
    void aMapThatFailsIsGoneAround() throws IOException {
        try (Ledger ledger = fixture.open(fileSystem, 1 << 20)) {
            BlockEntry entry = fixture.entry("k", 3000, false, true);
            ValuePlace place = append(ledger, entry);
            append(ledger, fixture.entry("next", 3000, false, false));
            fileSystem.failWhen((operation, path, number) -> operation == MemoryFileSystem.Operation.MAP);
            for (int i = 0; i < READS; i++) {
                LedgerFixture.assertSame(entry.value(), ledger.value(place));
            }
        }
        fileSystem.assertNoOpenFiles();
    }

    @Test
    void aPageThatIsGoneIsReadByASystemCall() throws IOException {
        try (Ledger ledger = fixture.open(fileSystem, 1 << 20)) {
            BlockEntry entry = fixture.entry("k", 3000, false, true);
            ValuePlace place = append(ledger, entry);
            append(ledger, fixture.entry("next", 3000, false, false));
            for (int i = 0; i < READS; i++) {
                LedgerFixture.assertSame(entry.value(), ledger.value(place));
            }
            // The frame is far shorter than the most that it could be, which is what is copied from the map.
            fileSystem.truncate(LedgerFixture.segment(1), place.offset() + 200);
            LedgerFixture.assertSame(entry.value(), ledger.value(place));
        }
    }
}
