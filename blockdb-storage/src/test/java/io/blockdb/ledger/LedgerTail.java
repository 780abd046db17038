package io.blockdb.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.base.CorruptionException;
import io.blockdb.base.LedgerPoint;
import io.blockdb.base.Seed;
import io.blockdb.io.MemoryFileSystem;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** Leaves ledgers as a killed process does, and says what opening them must do. */
abstract class LedgerTail {
    static final Path FIRST = LedgerFixture.segment(1);
    static final Path HEAD = LedgerFixture.LEDGER.resolve(HeadFormat.FILE_NAME);

    final Random random = Seed.random();
    LedgerFixture fixture = new LedgerFixture(random);
    MemoryFileSystem fileSystem = new MemoryFileSystem();
    final List<Ledger.Appended> appended = new ArrayList<>();

    @BeforeEach
    void createDirectories() throws IOException {
        fileSystem = LedgerFixture.newFileSystem();
    }

    @AfterEach
    void nothingStaysOpen() {
        fileSystem.assertNoOpenFiles();
    }

    /** Appends blocks to one segment, some of them synced, and leaves it as a killed process does. */
    final void write(int syncedBlocks, int unsyncedBlocks) throws IOException {
        Ledger ledger = fixture.open(fileSystem, 1 << 20);
        for (int i = 0; i < syncedBlocks + unsyncedBlocks; i++) {
            if (i == syncedBlocks) {
                ledger.sync();
            }
            appended.add(fixture.append(ledger, fixture.randomEntries(3)));
        }
        ledger.abandon();
    }

    /** Appends blocks, one to a segment. */
    final void writeSegments(int count) throws IOException {
        try (Ledger ledger = fixture.open(fileSystem, 1)) {
            for (int i = 0; i < count; i++) {
                appended.add(fixture.append(ledger, fixture.randomEntries(3)));
            }
        }
    }

    final int offsetOf(int block) {
        return (int) appended.get(block).place().offset();
    }

    final void keep(int blocks) {
        fixture.blocks.subList(blocks, fixture.blocks.size()).clear();
    }

    /** Opens, expects these blocks and so many notes, appends, and expects a quiet open after that. */
    final void expectTorn(int blocks, int notes) throws IOException {
        keep(blocks);
        MemoryFileSystem look = fileSystem.processCrashClone();
        look.setReadOnly(true);
        SortedMap<String, String> before = look.snapshot();
        try (Ledger ledger = fixture.open(look, LedgerFixture.readOnly(), null)) {
            fixture.check(ledger);
            assertNull(ledger.damage());
            assertTrue(ledger.syncedBlocks() <= blocks);
        }
        assertEquals(before, look.snapshot());
        try (Ledger ledger = fixture.open(fileSystem, 1 << 20)) {
            assertEquals(
                    notes, ledger.recoveryNotes().size(), ledger.recoveryNotes().toString());
            assertFalse(ledger.wasClean());
            fixture.check(ledger);
            fixture.append(ledger, 2);
        }
        try (Ledger ledger = fixture.open(fileSystem, 1 << 20)) {
            assertEquals(List.of(), ledger.recoveryNotes());
            assertTrue(ledger.wasClean());
            fixture.check(ledger);
        }
    }

    final void expectDamage(int readableBlocks) throws IOException {
        expectDamage(readableBlocks, null);
    }

    /** Opens, expects a refusal that changes nothing, and to be served what lies before the damage when only reading. */
    final void expectDamage(int readableBlocks, @Nullable LedgerPoint known) throws IOException {
        SortedMap<String, String> before = fileSystem.snapshot();
        CorruptionException refused = assertThrows(
                CorruptionException.class, () -> fixture.open(fileSystem, LedgerFixture.options(1 << 20), known));
        assertTrue(refused.file().startsWith("ledger/"), refused.file());
        List<LedgerFixture.Block> all = List.copyOf(fixture.blocks);
        keep(readableBlocks);
        fileSystem.setReadOnly(true);
        try (Ledger ledger = fixture.open(fileSystem, LedgerFixture.readOnly(), known)) {
            CorruptionException damage = ledger.damage();
            assertNotNull(damage);
            assertEquals(refused.getMessage(), damage.getMessage());
            fixture.check(ledger);
            assertThrows(CorruptionException.class, () -> ledger.blockAtHeight(readableBlocks));
            assertThrows(CorruptionException.class, () -> ledger.blockOfSequence(1 << 20));
        }
        fileSystem.setReadOnly(false);
        assertEquals(before, fileSystem.snapshot());
        fixture.blocks.clear();
        fixture.blocks.addAll(all);
    }

    final void overwrite(Path file, long offset, byte[] bytes) throws IOException {
        byte[] content = fileSystem.content(file);
        byte[] changed = Arrays.copyOf(content, (int) Math.max(content.length, offset + bytes.length));
        System.arraycopy(bytes, 0, changed, (int) offset, bytes.length);
        fileSystem.setContent(file, changed);
    }
}
