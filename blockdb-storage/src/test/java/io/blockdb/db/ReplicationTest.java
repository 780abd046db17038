package io.blockdb.db;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.base.CorruptionException;
import io.blockdb.base.Hash;
import io.blockdb.base.LedgerId;
import io.blockdb.base.LedgerPoint;
import io.blockdb.base.Position;
import io.blockdb.base.Seed;
import io.blockdb.base.TableName;
import io.blockdb.base.UnsupportedFormatException;
import io.blockdb.io.MemoryFileSystem;
import io.blockdb.ledger.BlockEntry;
import io.blockdb.ledger.Blocks;
import io.blockdb.ledger.LedgerBlock;
import io.blockdb.ledger.StoredValue;
import io.blockdb.proof.BlockHeader;
import io.blockdb.proof.EntryLeaf;
import io.blockdb.proof.MerkleTree;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** The face that replication uses: what it can rely on. */
class ReplicationTest {
    private static void same(LedgerBlock expected, LedgerBlock found) throws IOException {
        assertArrayEquals(expected.headerBytes(), found.headerBytes());
        assertEquals(expected.position(), found.position());
        assertEquals(expected.entryCount(), found.entryCount());
        for (int i = 0; i < expected.entryCount(); i++) {
            assertArrayEquals(expected.leafBytes(i), found.leafBytes(i));
            assertEquals(expected.value(i).isErased(), found.value(i).isErased());
            if (!expected.value(i).isErased()) {
                assertArrayEquals(expected.value(i).value(), found.value(i).value());
            }
            assertArrayEquals(expected.value(i).salt(), found.value(i).salt());
        }
    }

    private static void same(List<LedgerBlock> expected, List<LedgerBlock> found) throws IOException {
        assertEquals(expected.size(), found.size());
        for (int i = 0; i < expected.size(); i++) {
            same(expected.get(i), found.get(i));
        }
    }

    @Test
    void whatWasLostBehindTheSyncIsMadeAgainToTheByte() throws IOException {
        Random random = Seed.random();
        for (int round = 0; round < 12; round++) {
            RandomProposals proposals = new RandomProposals(random, 60);
            List<Proposal> log = new ArrayList<>();
            List<List<String>> outcomes = new ArrayList<>();
            try (EngineFixture engine = EngineFixture.unborn()) {
                int count = 5 + random.nextInt(40);
                int syncAt = random.nextInt(count);
                for (int i = 0; i < count; i++) {
                    log.add(i == 0 ? proposals.founding() : proposals.next());
                    outcomes.add(RandomProposals.outcomes(engine.engine.apply(log.get(i))));
                    assertEquals(log.get(i).position(), engine.engine.appliedPosition());
                    if (i == syncAt) {
                        engine.engine.sync();
                    }
                }
                assertEquals(log.get(syncAt).position(), engine.engine.syncedPosition());
                MemoryFileSystem lost = engine.files.crashClone(MemoryFileSystem.UnsyncedPolicy.DROP_ALL, random);
                applyAgain(lost, log, outcomes, syncAt, engine.blocksFrom(0));
            }
        }
    }

    private static void applyAgain(
            MemoryFileSystem files,
            List<Proposal> log,
            List<List<String>> outcomes,
            int syncedAt,
            List<LedgerBlock> blocks)
            throws IOException {
        try (EngineFixture again = EngineFixture.reopened(files)) {
            List<Position> positions = log.stream().map(Proposal::position).toList();
            int from = positions.indexOf(again.engine.appliedPosition()) + 1;
            assertEquals(again.engine.appliedPosition(), again.engine.syncedPosition());
            for (int i = from; i <= syncedAt; i++) {
                assertTrue(
                        outcomes.get(i).stream().noneMatch(outcome -> outcome.contains("existing=false")),
                        "a proposal that was synced is lost");
            }
            for (int i = from; i < log.size(); i++) {
                Proposal proposal = log.get(i);
                assertEquals(outcomes.get(i), RandomProposals.outcomes(again.engine.apply(proposal)));
            }
            again.engine.publishAll();
            same(blocks, again.blocksFrom(0));
            assertTrue(again.db.verify((done, total, count) -> {}).valid());
        }
    }

    @Test
    void anEngineThatOnlyGotBlocksDecidesAsTheOther() throws IOException {
        Random random = Seed.random();
        for (int round = 0; round < 10; round++) {
            RandomProposals proposals = new RandomProposals(random, 150);
            try (EngineFixture first = EngineFixture.unborn();
                    EngineFixture second = EngineFixture.unborn()) {
                first.engine.apply(proposals.founding());
                for (int i = 0; i < 60; i++) {
                    first.engine.apply(proposals.next());
                }
                catchUp(first, second);
                for (int i = 0; i < 60; i++) {
                    Proposal proposal = proposals.next();
                    assertEquals(
                            RandomProposals.outcomes(first.engine.apply(proposal)),
                            RandomProposals.outcomes(second.engine.apply(proposal)));
                    assertEquals(
                            first.engine.head().lastHash(), second.engine.head().lastHash());
                }
                same(first.blocksFrom(0), second.blocksFrom(0));
                assertEquals(
                        first.engine.catalog().declared(),
                        second.engine.catalog().declared());
                second.engine.publishAll();
                second.shut();
                decidesAfterReopening(first, second.files, proposals);
            }
        }
    }

    private static void catchUp(EngineFixture from, EngineFixture to) throws IOException {
        long height = to.engine.head() == null ? 0 : to.engine.head().blocks();
        for (LedgerBlock block : from.blocksFrom(height)) {
            to.engine.appendVerified(block);
            assertEquals(block.position(), to.engine.appliedPosition());
        }
        to.engine.publish(to.engine.appliedPosition());
    }

    private static void decidesAfterReopening(EngineFixture first, MemoryFileSystem files, RandomProposals proposals)
            throws IOException {
        try (EngineFixture reopened = EngineFixture.reopened(files)) {
            for (int i = 0; i < 30; i++) {
                Proposal proposal = proposals.next();
                assertEquals(
                        RandomProposals.outcomes(first.engine.apply(proposal)),
                        RandomProposals.outcomes(reopened.engine.apply(proposal)));
            }
            same(first.blocksFrom(0), reopened.blocksFrom(0));
        }
    }

    private static List<BlockEntry> entries(LedgerBlock block) throws IOException {
        return new ArrayList<>(block.entries());
    }

    private static byte[] flip(byte[] bytes, int at) {
        byte[] flipped = bytes.clone();
        flipped[at] ^= 0x04;
        return flipped;
    }

    @Test
    void noAlteredBlockIsAppended() throws IOException {
        try (EngineFixture from = EngineFixture.founded();
                EngineFixture to = EngineFixture.unborn()) {
            from.commits(new Ask().create("s", TablePolicy.VERSIONED, true).putSalted("s", "k", "v", 3));
            from.commits(new Ask()
                    .put("default", "small", "v")
                    .put("default", "large", "x".repeat(200))
                    .putSalted("s", "k", "w", 4)
                    .request("r"));
            List<LedgerBlock> blocks = from.blocksFrom(0);
            to.engine.appendVerified(blocks.get(0));
            to.engine.appendVerified(blocks.get(1));
            to.engine.publishAll();
            String before = to.state();
            LedgerBlock block = blocks.get(2);
            byte[] header = block.headerBytes();
            for (int i = 0; i < BlockHeader.LENGTH; i++) {
                int at = i;
                // A later time is no contradiction: only the hash tells, which the next block states.
                boolean time = i >= 24 && i < 32;
                if (!time) {
                    refused(to, () -> append(to, flip(header, at), entries(block)));
                }
            }
            byte[] early = header.clone();
            ByteBuffer.wrap(early).putLong(24, blocks.get(1).header().timestamp() - 1);
            refused(to, () -> append(to, early, entries(block)));
            alterEntries(to, block, header);
            refused(to, () -> to.engine.appendVerified(blocks.get(0)));
            refused(to, () -> to.engine.appendVerified(blocks.get(1)));
            assertEquals(before, to.state());
            to.engine.appendVerified(Blocks.of(header, entries(block), block.position()));
            to.engine.publish(block.position());
            assertEquals(from.engine.head().lastHash(), to.engine.head().lastHash());
            to.refuses(RefusedException.Reason.DUPLICATE_KEY, List.of(0), new Ask().put("default", "small", "x"));
        }
    }

    private static void alterEntries(EngineFixture to, LedgerBlock block, byte[] header) throws IOException {
        for (int number = 0; number < block.entryCount(); number++) {
            BlockEntry entry = entries(block).get(number);
            for (int i = 0; i < entry.leaf().length; i++) {
                if (i == 2 || (i >= 12 && i < 16)) {
                    // No entry can be made whose lengths are not those of its salt and value.
                    continue;
                }
                BlockEntry other = new BlockEntry(flip(entry.leaf(), i), entry.leafHash(), entry.value());
                refused(to, () -> append(to, header, replaced(block, other)));
            }
            for (int i = 0; i < entry.value().value().length; i++) {
                StoredValue value = new StoredValue(
                        flip(entry.value().value(), i), entry.value().salt());
                BlockEntry other = new BlockEntry(entry.leaf(), entry.leafHash(), value);
                refused(to, () -> append(to, header, replaced(block, other)));
            }
            for (int i = 0; i < entry.value().salt().length; i++) {
                StoredValue value = new StoredValue(
                        entry.value().value(), flip(entry.value().salt(), i));
                BlockEntry other = new BlockEntry(entry.leaf(), entry.leafHash(), value);
                refused(to, () -> append(to, header, replaced(block, other)));
            }
            int at = number;
            refused(to, () -> {
                List<BlockEntry> fewer = entries(block);
                fewer.remove(at);
                append(to, header, fewer);
            });
        }
        refused(to, () -> {
            List<BlockEntry> swapped = entries(block);
            swapped.add(0, swapped.remove(1));
            append(to, header, swapped);
        });
    }

    /** The block's entries with that one in place of the one with the same hash. */
    private static List<BlockEntry> replaced(LedgerBlock block, BlockEntry other) throws IOException {
        List<BlockEntry> entries = entries(block);
        entries.replaceAll(entry -> Arrays.equals(entry.leafHash(), other.leafHash()) ? other : entry);
        return entries;
    }

    private static void append(EngineFixture to, byte[] header, List<BlockEntry> entries) throws IOException {
        to.engine.appendVerified(Blocks.of(header, entries, Position.NONE));
    }

    /** A block that cannot be appended: as corrupt, or of a newer version, or as one that no frame can hold. */
    private static void refused(EngineFixture to, Executable append) {
        long blocks = to.engine.head() == null ? 0 : to.engine.head().blocks();
        Throwable thrown = assertThrows(Throwable.class, append);
        assertTrue(
                thrown instanceof CorruptionException || thrown instanceof UnsupportedFormatException,
                () -> "not refused as damage: " + thrown);
        assertEquals(blocks, to.engine.head() == null ? 0 : to.engine.head().blocks());
    }

    /** A block of these entries that follows the head in everything. */
    private static LedgerBlock following(EngineFixture engine, BlockEntry... entries) throws IOException {
        byte[] hashes = new byte[32 * entries.length];
        for (int i = 0; i < entries.length; i++) {
            System.arraycopy(entries[i].leafHash(), 0, hashes, 32 * i, 32);
        }
        LedgerPoint head = engine.engine.head();
        BlockHeader header = new BlockHeader(
                entries.length,
                head == null ? 0 : head.blocks(),
                head == null ? 0 : head.entries(),
                EngineFixture.BEGIN + 1000,
                EngineFixture.ID,
                head == null ? Hash.ZERO : head.lastHash(),
                MerkleTree.root(hashes, entries.length));
        return Blocks.of(header.encode(), List.of(entries), Position.NONE);
    }

    private static BlockEntry entry(int kind, String table, String key, String value, long expiresAt, boolean joined) {
        return Batch.entry(
                kind,
                Ask.bytes("ada"),
                TableName.of(table),
                Ask.bytes(key),
                Ask.bytes(value),
                Batch.NO_SALT,
                expiresAt,
                joined);
    }

    private static BlockEntry put(String table, String key, String value) {
        return entry(EntryLeaf.KIND_PUT, table, key, value, 0, false);
    }

    @Test
    void blocksThatNoApplyMakesAreRefused() throws IOException {
        try (EngineFixture unborn = EngineFixture.unborn()) {
            refused(unborn, () -> unborn.engine.appendVerified(following(unborn, put("default", "k", "v"))));
            assertNull(unborn.engine.ledgerId());
        }
        try (EngineFixture engine = EngineFixture.founded()) {
            String before = engine.state();
            for (BlockEntry entry : List.of(
                    entry(EntryLeaf.KIND_PUT, "default", "k", "v", 0, true),
                    entry(EntryLeaf.KIND_DELETE, "default", "k", "", 0, false),
                    entry(EntryLeaf.KIND_PUT, "default", "k", "v", 5, false),
                    entry(EntryLeaf.KIND_PUT, "_keys", "k", "v", 5, false),
                    entry(EntryLeaf.KIND_DELETE, "_tables", "t", "", 0, false),
                    put("_tables", "t", "no JSON"),
                    put("_tables", "t", "[]"),
                    put("_tables", "t", "{\"policy\":\"other\",\"erasable\":false}"),
                    put("_format", "level", "{}"),
                    put("_format", "level", "{\"level\":2,\"writer\":\"blockdb 9\"}"))) {
                refused(engine, () -> engine.engine.appendVerified(following(engine, entry)));
            }
            assertEquals(before, engine.state());
            BlockEntry table =
                    entry(EntryLeaf.KIND_PUT, "_tables", "t", "{\"policy\":\"versioned\",\"erasable\":false}", 0, true);
            BlockEntry expiring = entry(EntryLeaf.KIND_PUT, "t", "k", "v", EngineFixture.BEGIN * 2, false);
            engine.engine.appendVerified(following(engine, table, expiring));
            engine.engine.publishAll();
            engine.time += 5000;
            engine.commits(new Ask().delete("t", "k"));
        }
    }

    @Test
    void aBlockOfAnotherLedgerIsRefused() throws IOException {
        try (EngineFixture engine = EngineFixture.founded();
                EngineFixture other = EngineFixture.unborn()) {
            LedgerId id = LedgerId.parse("ee".repeat(16));
            Ask founding = new Ask()
                    .operation(new Operation.RaiseLevel(1, "w"))
                    .operation(new Operation.AddKey(EngineFixture.key(1, "blockdb", id), "n"));
            other.engine.apply(new Proposal(Position.NONE, 1, id, List.of(founding.batch())));
            refused(engine, () -> engine.engine.appendVerified(other.lastBlock()));
        }
    }

    @Test
    void nothingIsSeenBeforeItIsPublished() throws IOException {
        try (EngineFixture engine = EngineFixture.founded()) {
            Proposal first = proposal(1, new Ask().put("default", "k", "v"));
            Proposal second = proposal(2, new Ask().put("default", "k", "v"), new Ask().put("default", "k", "x"));
            Proposal third = proposal(3, new Ask().put("default", "l", "v"));
            engine.engine.apply(first);
            Applied rests = engine.engine.apply(second);
            assertTrue(EngineFixture.committed(rests.outcomes().get(0)).existing());
            EngineFixture.refused(
                    RefusedException.Reason.DUPLICATE_KEY,
                    List.of(0),
                    rests.outcomes().get(1));
            engine.engine.apply(third);
            assertNull(engine.db.get(Ask.bytes("k")));
            assertEquals(0, engine.db.snapshot().height());
            assertThrows(IllegalArgumentException.class, () -> engine.db.block(1));
            Position unknown = EngineFixture.position(99);
            assertThrows(IllegalArgumentException.class, () -> engine.engine.publish(unknown));
            assertNull(engine.db.get(Ask.bytes("k")));
            engine.engine.publish(second.position());
            assertArrayEquals(Ask.bytes("v"), engine.db.get(Ask.bytes("k")));
            assertNull(engine.db.get(Ask.bytes("l")));
            assertThrows(IllegalArgumentException.class, () -> engine.engine.publish(first.position()));
            engine.engine.publish(third.position());
            assertArrayEquals(Ask.bytes("v"), engine.db.get(Ask.bytes("l")));
        }
    }

    private static Proposal proposal(int position, Ask... asks) {
        List<Batch> batches = new ArrayList<>();
        for (Ask ask : asks) {
            batches.add(ask.batch());
        }
        return new Proposal(EngineFixture.position(1000 + position), EngineFixture.BEGIN + position, null, batches);
    }

    @Test
    void positionsAreThoseOfTheProposals() throws IOException {
        try (EngineFixture engine = EngineFixture.founded()) {
            Position founded = engine.engine.appliedPosition();
            assertEquals(Position.NONE, engine.engine.syncedPosition());
            engine.engine.sync();
            assertEquals(founded, engine.engine.syncedPosition());
            Proposal adds = proposal(1, new Ask().put("default", "k", "v"));
            Proposal addsNothing = proposal(2, new Ask().put("default", "k", "w"));
            engine.engine.apply(adds);
            assertNull(engine.engine.apply(addsNothing).head());
            assertEquals(addsNothing.position(), engine.engine.appliedPosition());
            assertEquals(founded, engine.engine.syncedPosition());
            engine.engine.sync();
            assertEquals(addsNothing.position(), engine.engine.syncedPosition());
            assertEquals(adds.position(), engine.lastBlock().position());
            assertEquals(adds.position(), engine.engine.head().position());
            assertNotEquals(founded, adds.position());
            engine.shut();
            try (EngineFixture again = EngineFixture.reopened(engine.files)) {
                assertEquals(adds.position(), again.engine.appliedPosition());
                assertEquals(adds.position(), again.engine.syncedPosition());
            }
        }
    }

    @Test
    void aClosedEngineTakesNothing() throws IOException {
        try (EngineFixture engine = EngineFixture.founded();
                EngineFixture other = EngineFixture.unborn()) {
            LedgerBlock block = engine.lastBlock();
            other.shut();
            engine.shut();
            String before = engine.files.digest().toString();
            assertThrows(
                    ReadOnlyException.class,
                    () -> engine.engine.apply(proposal(1, new Ask().put("default", "k", "v"))));
            assertThrows(ReadOnlyException.class, () -> other.engine.appendVerified(block));
            engine.engine.sync();
            assertEquals(before, engine.files.digest().toString());
        }
    }
}
