package io.blockdb.db;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.base.CorruptionException;
import io.blockdb.base.Seed;
import io.blockdb.base.TableName;
import io.blockdb.io.MemoryFileSystem;
import io.blockdb.io.MemoryFileSystem.Operation;
import io.blockdb.ledger.LedgerBlock;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Erasing a value: what readers are told, what is left on the disk, and what verify makes of it. */
@Timeout(120)
class ErasureTest {
    private static final TableName PEOPLE = TableName.of("people");
    private static final TableName NOTES = TableName.of("notes");
    private static final Path QUARANTINE = Workload.ROOT.resolve("quarantine");

    private final Random random = Seed.random();
    private final MemoryFileSystem files = new MemoryFileSystem();
    private final Options options = Workload.options(files, 7).withInlineValueLimit(512);

    private BlockDb open() throws IOException {
        return BlockDb.open(Workload.ROOT, options);
    }

    private BlockDb create() throws IOException {
        BlockDb db = open();
        db.createTable(PEOPLE, TablePolicy.WRITE_ONCE, true);
        db.createTable(NOTES, TablePolicy.VERSIONED, true);
        return db;
    }

    private byte[] value(int length) {
        byte[] value = new byte[length];
        random.nextBytes(value);
        return value;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    private static VerifyReport verify(BlockDb db) throws IOException {
        return db.verify((done, total, blocks) -> {});
    }

    private static List<Erasure> erasures(BlockDb db, boolean pendingOnly) throws IOException {
        List<Erasure> found = new ArrayList<>();
        db.erasures(pendingOnly, found::add);
        return found;
    }

    @Test
    void everyReaderIsToldThatTheValueWasErasedAndNothingElseChanges() throws IOException {
        try (BlockDb db = create()) {
            byte[] key = bytes("note");
            byte[] kept = value(30);
            Commit first = db.put(NOTES, key, value(40));
            Commit second = db.put(NOTES, key, kept);
            Snapshot before = db.snapshotAtSequence(first.sequence() + 1);
            LedgerBlock block = db.engine().ledger().blockAtHeight(first.height());
            Commit erasure = db.erase(NOTES, key, first.sequence(), "asked for", "dpo");
            for (int round = 0; round < 2; round++) {
                ErasedException thrown = assertThrows(ErasedException.class, () -> before.get(NOTES, key));
                assertEquals(erasure.sequence(), thrown.erasureSequence());
                assertEquals(Revision.State.ERASED, before.find(NOTES, key).state());
                assertArrayEquals(kept, db.get(NOTES, key));
                List<Revision> history = db.history(NOTES, key);
                assertEquals(second.sequence(), history.get(0).sequence());
                assertEquals(erasure.sequence(), history.get(1).erasureSequence());
                assertNull(history.get(1).value());
                try (Cursor cursor = before.cursor(NOTES, KeyRange.all())) {
                    assertTrue(cursor.next());
                    assertThrows(ErasedException.class, cursor::value);
                    assertEquals(Revision.State.ERASED, cursor.revision().state());
                }
                assertNull(ledgerValue(db, first.sequence()));
                assertTrue(verify(db).valid());
                db.awaitErased(erasure);
            }
            LedgerBlock after = db.engine().ledger().blockAtHeight(first.height());
            assertEquals(block.hash(), after.hash());
            assertArrayEquals(block.leafBytes(0), after.leafBytes(0));
            after.checkEntriesRoot();
            assertTrue(after.value(0).isErased());
            Erasure listed = erasures(db, false).get(0);
            assertEquals(erasure.sequence(), listed.sequence());
            assertEquals(first.sequence(), listed.erasedSequence());
            assertArrayEquals(key, listed.key());
            assertEquals(
                    "notes dpo asked for false",
                    listed.table() + " " + listed.author() + " " + listed.reason() + " " + listed.pending());
            assertEquals(erasure.timestamp(), listed.timestamp());
            assertEquals(0, db.stats().pendingErasures());
        }
    }

    private static byte[] ledgerValue(BlockDb db, long sequence) throws IOException {
        try (LedgerEntries entries = db.ledgerEntries(sequence + 1)) {
            while (entries.next()) {
                if (entries.sequence() == sequence) {
                    return entries.value();
                }
            }
        }
        throw new AssertionError("no sequence " + sequence);
    }

    @Test
    void whatCannotBeErasedIsRefusedAndAgainIsTheSame() throws IOException {
        try (BlockDb db = create()) {
            byte[] key = bytes("ada");
            Commit put = db.put(PEOPLE, key, value(20));
            Commit unsalted = db.put(key, value(20));
            db.put(NOTES, key, value(20));
            Commit delete = db.delete(NOTES, key);
            long blocks = db.stats().blocks();
            refuses(db, PEOPLE, key, 1_000_000, "no entry");
            refuses(db, PEOPLE, key, -1, "no entry");
            refuses(db, TableName.DEFAULT, key, put.sequence(), "table 'people'");
            refuses(db, PEOPLE, bytes("bob"), put.sequence(), "another key");
            refuses(db, TableName.DEFAULT, key, unsalted.sequence(), "salt");
            refuses(db, NOTES, key, delete.sequence(), "delete");
            assertThrows(
                    IllegalArgumentException.class, () -> db.erase(PEOPLE, key, put.sequence(), "x".repeat(5000), ""));
            assertEquals(blocks, db.stats().blocks());
            Commit erasure = db.erase(PEOPLE, key, put.sequence(), "asked for", "");
            Commit again = db.erase(PEOPLE, key, put.sequence(), "for another reason", "eve");
            assertTrue(again.existing());
            assertEquals(erasure.sequence(), again.sequence());
            RefusedException refused = assertThrows(RefusedException.class, () -> db.put(PEOPLE, key, value(20)));
            assertEquals(RefusedException.Reason.ERASED, refused.reason());
        }
    }

    private static void refuses(BlockDb db, TableName table, byte[] key, long sequence, String why) {
        RefusedException refused =
                assertThrows(RefusedException.class, () -> db.erase(table, key, sequence, "asked for", ""));
        assertEquals(RefusedException.Reason.NOT_ERASABLE, refused.reason());
        assertTrue(refused.getMessage().contains(why), refused::getMessage);
    }

    @Test
    void nothingOfAnErasedValueIsLeftInAnyFile() throws IOException {
        List<byte[]> gone = new ArrayList<>();
        List<Commit> puts = new ArrayList<>();
        try (BlockDb db = create()) {
            int[] lengths = {16, 40, 513, 5000, 1 << 20, (8 << 20) - 10, 0};
            for (int i = 0; i < lengths.length; i++) {
                gone.add(value(lengths[i]));
                puts.add(db.put(PEOPLE, bytes("key" + i), gone.get(i)));
            }
            // Half of this one is zeros, so that it is stored compressed; its first half as it is.
            byte[] compressed = Arrays.copyOf(value(2000), 4000);
            gone.add(compressed);
            puts.add(db.put(PEOPLE, bytes("key7"), compressed));
            db.engine().index().freeze(db.engine().head());
            new Quiet(db).await();
            for (int i = 0; i < puts.size(); i++) {
                LedgerBlock block =
                        db.engine().ledger().blockAtHeight(puts.get(i).height());
                byte[] salt = block.value(0).salt();
                assertNotNull(ErasureScript.holder(files, salt), "the salt is there before");
                Commit erasure = db.erase(PEOPLE, bytes("key" + i), puts.get(i).sequence(), "asked for", "");
                db.awaitErased(erasure);
                new Quiet(db).await();
                assertNull(ErasureScript.holder(files, salt), "salt " + i);
                assertNull(holderOfBeginning(gone.get(i)), "value " + i);
            }
            assertTrue(verify(db).valid());
        }
        try (BlockDb db = open()) {
            assertTrue(verify(db).valid());
            assertEquals(List.of(), erasures(db, true));
        }
    }

    private String holderOfBeginning(byte[] value) throws IOException {
        return value.length < 16 ? null : ErasureScript.holder(files, Arrays.copyOf(value, 16));
    }

    @Test
    void aValueThatIsGoneWithoutAnEntryIsDamage() throws IOException {
        try (BlockDb db = create()) {
            Commit put = db.put(PEOPLE, bytes("ada"), value(20));
            db.engine().ledger().eraseValues(new TreeSet<>(List.of(put.sequence())));
            CorruptionException thrown = assertThrows(CorruptionException.class, () -> db.get(PEOPLE, bytes("ada")));
            assertTrue(thrown.getMessage().contains("_erasures"), thrown::getMessage);
            assertThrows(CorruptionException.class, () -> ledgerValue(db, put.sequence()));
            VerifyReport report = verify(db);
            assertTrue(report.failures().get(0).reason().contains("_erasures"), report::toString);
            assertEquals(put.height(), report.failures().get(0).height());
        }
    }

    @Test
    void whatIsHalfOverwrittenIsNoDamageAndIsDoneByTheNextOpen() throws IOException {
        byte[] key = bytes("ada");
        long sequence;
        try (BlockDb db = create()) {
            sequence = db.put(PEOPLE, key, value(3000)).sequence();
            db.put(PEOPLE, bytes("bob"), key);
            files.failWhen((operation, path, number) -> operation == Operation.WRITE
                    && path.toString().endsWith(".seg")
                    && Thread.currentThread().getName().equals("blockdb-maintenance"));
            Commit erasure = db.erase(PEOPLE, key, sequence, "asked for", "");
            IOException failed = assertThrows(IOException.class, () -> db.awaitErased(erasure));
            assertTrue(failed.getMessage().contains("sequence " + erasure.sequence()), failed::getMessage);
            assertThrows(ErasedException.class, () -> db.get(PEOPLE, key));
            assertThrows(ReadOnlyException.class, () -> db.put(bytes("a"), bytes("b")));
            assertNull(ledgerValue(db, sequence));
            assertTrue(verify(db).valid(), () -> "a mixture is no damage while the erasure is pending");
            assertEquals(1, erasures(db, true).size());
            assertEquals(1, db.stats().pendingErasures());
        }
        files.clearFaults();
        assertTrue(BlockDb.verify(Workload.ROOT, options, (done, total, blocks) -> {})
                .valid());
        try (BlockDb db = BlockDb.open(Workload.ROOT, options.withReadOnly(true))) {
            assertThrows(ErasedException.class, () -> db.get(PEOPLE, key));
            assertEquals(1, erasures(db, true).size());
            assertThrows(
                    CorruptionException.class,
                    () -> db.engine().ledger().blockOfSequence(sequence).checkValues());
            db.engine()
                    .ledger()
                    .blockOfSequence(sequence)
                    .checkValues(db.engine().erasedValues());
        }
        try (BlockDb db = open()) {
            db.erasures(false, erasure -> db.engine().index().erasures().await(erasure.sequence()));
            assertTrue(db.engine().ledger().blockOfSequence(sequence).value(0).isErased());
            assertArrayEquals(key, db.get(PEOPLE, bytes("bob")));
        }
    }

    @Test
    void whatWasCarriedOutMayNotChangeAnyMore() throws IOException {
        Path segment = Workload.ROOT.resolve("ledger/0000000001.seg");
        Commit put;
        byte[] before;
        try (BlockDb db = create()) {
            put = db.put(PEOPLE, bytes("ada"), value(200));
            before = files.content(segment);
            db.awaitErased(db.erase(PEOPLE, bytes("ada"), put.sequence(), "asked for", ""));
        }
        byte[] after = files.content(segment);
        long offset;
        try (BlockDb db = open()) {
            offset = db.engine()
                    .ledger()
                    .blockOfSequence(put.sequence())
                    .valuePlace(0)
                    .offset();
        }
        for (int at : new int[] {0, 5, 12, 14, 16, 40, 215}) {
            files.corrupt(segment, offset + at, 1 + random.nextInt(255));
            VerifyReport report = BlockDb.verify(Workload.ROOT, options, (done, total, blocks) -> {});
            assertFalse(report.valid(), "byte " + at);
            files.setContent(segment, after);
        }
        System.arraycopy(before, (int) offset, after, (int) offset, 232);
        files.setContent(segment, after);
        VerifyReport report = BlockDb.verify(Workload.ROOT, options, (done, total, blocks) -> {});
        assertTrue(report.failures().get(0).reason().contains("there again"), report::toString);
    }

    @Test
    void withoutItsIndexTheDatabaseCarriesOutEveryErasureAgain() throws IOException {
        try (BlockDb db = create()) {
            for (int i = 0; i < 40; i++) {
                Commit put = db.put(PEOPLE, bytes("key" + i), value(100));
                if (i % 3 == 0) {
                    db.erase(PEOPLE, bytes("key" + i), put.sequence(), "asked for", "");
                }
            }
        }
        for (String name : files.list(Workload.ROOT.resolve("index"))) {
            files.delete(Workload.ROOT.resolve("index").resolve(name));
        }
        try (BlockDb db = open()) {
            new Quiet(db).await();
            assertEquals(14, erasures(db, false).size());
            assertEquals(List.of(), erasures(db, true));
            assertTrue(verify(db).valid());
        }
    }

    @Test
    void readersBesideAnErasureGetTheValueOrAreToldThatItWasErased() throws Exception {
        int count = 60;
        try (BlockDb db = create()) {
            List<Commit> puts = new ArrayList<>();
            byte[][] values = new byte[count][];
            for (int i = 0; i < count; i++) {
                values[i] = value(i % 7 == 0 ? 3000 : 60);
                puts.add(db.put(PEOPLE, bytes("key" + i), values[i]));
            }
            AtomicBoolean over = new AtomicBoolean();
            AtomicReference<Throwable> wrong = new AtomicReference<>();
            List<Thread> readers = new ArrayList<>();
            for (int r = 0; r < 3; r++) {
                long seed = random.nextLong();
                Thread reader = new Thread(() -> read(db, values, new Random(seed), over, wrong));
                reader.start();
                readers.add(reader);
            }
            for (int i = 0; i < count; i++) {
                Commit erasure = db.erase(PEOPLE, bytes("key" + i), puts.get(i).sequence(), "asked for", "");
                if (i % 5 == 0) {
                    db.awaitErased(erasure);
                    assertTrue(verify(db).valid());
                }
            }
            over.set(true);
            for (Thread reader : readers) {
                reader.join();
            }
            assertNull(wrong.get(), () -> String.valueOf(wrong.get()));
        }
    }

    private static void read(
            BlockDb db, byte[][] values, Random random, AtomicBoolean over, AtomicReference<Throwable> wrong) {
        try {
            while (!over.get()) {
                int i = random.nextInt(values.length);
                try {
                    assertArrayEquals(values[i], db.get(PEOPLE, bytes("key" + i)));
                } catch (ErasedException erased) {
                    assertEquals(
                            Revision.State.ERASED,
                            db.find(PEOPLE, bytes("key" + i)).state());
                }
                ledgerValue(db, 5);
            }
        } catch (IOException | RuntimeException | AssertionError e) {
            wrong.set(e);
        }
    }

    @Test
    void aBlockWithoutAValueIsServedOnceItsErasureIsThere() throws IOException {
        try (EngineFixture from = EngineFixture.founded();
                EngineFixture to = EngineFixture.unborn()) {
            from.commits(new Ask().create("s", TablePolicy.WRITE_ONCE, true));
            Commit put = from.commits(new Ask().putSalted("s", "k", "v", 3));
            from.commits(new Ask().put("default", "a", "b"));
            from.commits(new Ask().erase(put.sequence()));
            List<LedgerBlock> blocks = from.blocksFrom(0);
            for (LedgerBlock block : blocks.subList(0, 2)) {
                to.engine.appendVerified(block);
            }
            to.engine.publishAll();
            assertEquals(2, to.engine.published().blocks());
            for (LedgerBlock block : blocks.subList(2, 4)) {
                to.engine.appendVerified(block);
                to.engine.publish(block.position());
                assertEquals(2, to.engine.published().blocks(), "without its value it is not shown");
                assertThrows(CorruptionException.class, () -> to.blocksFrom(0), "nor handed on");
            }
            to.engine.appendVerified(blocks.get(4));
            to.engine.publish(blocks.get(4).position());
            assertEquals(5, to.engine.published().blocks());
            assertThrows(ErasedException.class, () -> to.db.get(TableName.of("s"), bytes("k")));
            assertEquals(5, to.blocksFrom(0).size());
            assertTrue(verify(to.db).valid());
        }
    }

    @Test
    void whatElseMayHoldTheValueIsNamed() throws IOException {
        try (BlockDb db = create()) {
            Commit put = db.put(PEOPLE, bytes("ada"), value(20));
            assertEquals(new ErasureCopies(List.of(), List.of()), db.copiesOf(put.sequence()));
            Path torn = QUARANTINE.resolve("0000000001.seg-from-96");
            Path kept = QUARANTINE.resolve("repair-1/ledger/0000000002.seg");
            files.setContent(torn, new byte[9]);
            files.setContent(kept, new byte[9]);
            files.setContent(QUARANTINE.resolve("repair-1/report.txt"), new byte[9]);
            Path older = Path.of("/backups/older");
            Path newer = Path.of("/backups/newer");
            KnownBackups.record(files, Workload.ROOT, new KnownBackups.Known(older, 1, put.height() - 1));
            KnownBackups.record(files, Workload.ROOT, new KnownBackups.Known(newer, 2, put.height()));
            assertEquals(new ErasureCopies(List.of(torn, kept), List.of(newer)), db.copiesOf(put.sequence()));
            assertEquals(List.of(torn, kept), db.purgeQuarantine());
            assertEquals(new ErasureCopies(List.of(), List.of(newer)), db.copiesOf(put.sequence()));
            assertTrue(files.exists(QUARANTINE.resolve("repair-1/report.txt")));
        }
    }
}
