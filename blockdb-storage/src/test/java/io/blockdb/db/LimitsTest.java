package io.blockdb.db;

import static io.blockdb.db.TablePolicy.VERSIONED;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.base.Position;
import io.blockdb.base.TableName;
import io.blockdb.db.RefusedException.Reason;
import io.blockdb.proof.EntryLeaf;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** The limits of batches, entries, time and sequence, and what may found a ledger. */
class LimitsTest {
    private EngineFixture engine;

    @BeforeEach
    void found() throws IOException {
        engine = EngineFixture.founded();
    }

    @AfterEach
    void close() throws IOException {
        engine.close();
        engine.files.assertNoOpenFiles();
    }

    private static void illegal(String part, Executable executable) {
        String message =
                assertThrows(IllegalArgumentException.class, executable).getMessage();
        assertTrue(message.contains(part), message);
    }

    private static Batch puts(int count, int valueLength) {
        List<Operation> operations = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            operations.add(
                    new Operation.Put(TableName.DEFAULT, Ask.bytes("%08d".formatted(i)), new byte[valueLength], 0));
        }
        return new Batch("", operations, Collections.nCopies(count, Batch.NO_SALT), null);
    }

    private Outcome outcome(Batch batch) throws IOException {
        return engine.engine
                .apply(new Proposal(engine.nextPosition(), engine.time++, null, List.of(batch)))
                .outcomes()
                .get(0);
    }

    @Test
    void aBatchHasAtMostTenThousandOperations() throws IOException {
        Commit commit = EngineFixture.committed(outcome(puts(10_000, 1)));
        assertEquals(10_000, commit.entries());
        illegal("at most 10000 operations, this one has 10001", () -> puts(10_001, 1));
        illegal("empty", () -> puts(0, 1));
    }

    @Test
    void aBatchHasAtMostEightMegabytes() throws IOException {
        EngineFixture.committed(outcome(puts(8, (1 << 20) - 8)));
        illegal("at most 8388608 bytes", () -> puts(8, (1 << 20) - 7));
        illegal("at most 8388608 bytes of keys and values, this one has 8388609", () -> puts(1, (8 << 20) - 7));
    }

    @Test
    void systemOperationsComeOnTop() throws IOException {
        List<Operation> operations = new ArrayList<>(puts(10_000, 1).operations());
        operations.add(new Operation.CreateTable(TableName.of("t"), VERSIONED, false));
        Batch batch = new Batch("", operations, Collections.nCopies(10_001, Batch.NO_SALT), Ask.bytes("r"));
        assertEquals(10_001, EngineFixture.committed(outcome(batch)).entries());
        assertEquals(10_002, engine.lastBlock().entryCount());
    }

    @Test
    void keysHaveOneTo64000Bytes() throws IOException {
        engine.commits(new Ask().put("default", "k".repeat(64_000), "v"));
        RefusedException empty = engine.refuses(Reason.INVALID, List.of(), new Ask().put("default", "", "v"));
        assertEquals("key has 0 bytes, not 1 to 64000", empty.getMessage());
        RefusedException tooLong = engine.refuses(
                Reason.INVALID, List.of(), new Ask().put("default", "k", "v").put("default", "k".repeat(64_001), "v"));
        assertEquals("operation 1: key has 64001 bytes, not 1 to 64000", tooLong.getMessage());
    }

    @Test
    void authorsSaltsAndRequestIdsHaveLimits() throws IOException {
        engine.commits(new Ask().put("default", "a", "v").author("ä".repeat(127)));
        illegal(
                "at most 255 bytes",
                () -> new Ask().put("t", "k", "v").author("ä".repeat(128)).batch());
        illegal("control", () -> new Ask().put("t", "k", "v").author("a\u0085").batch());
        illegal(
                "lone surrogate",
                () -> new Ask().put("t", "k", "v").author("a\udc00").batch());
        illegal("1 to 128", () -> new Ask().put("t", "k", "v").request("").batch());
        illegal(
                "1 to 128",
                () -> new Ask().put("t", "k", "v").request("r".repeat(129)).batch());
        engine.commits(
                new Ask().put("default", "b", "v").author("a".repeat(255)).request("r".repeat(128)));
        Batch odd = new Batch(
                "",
                List.of(new Operation.Put(TableName.DEFAULT, Ask.bytes("c"), Ask.bytes("v"), 0)),
                List.of(new byte[5]),
                null);
        EngineFixture.refused(Reason.INVALID, List.of(), outcome(odd));
    }

    @Test
    void anExpiryIsAtMostTwoToThe53() throws IOException {
        engine.commits(new Ask().create("v", VERSIONED, false));
        engine.commits(new Ask().put("v", "k", "v", EntryLeaf.NUMBER_MAX));
        engine.refuses(Reason.INVALID, List.of(), new Ask().put("v", "k", "v", EntryLeaf.NUMBER_MAX + 1));
        engine.refuses(Reason.INVALID, List.of(), new Ask().put("v", "k", "v", Long.MIN_VALUE));
    }

    @Test
    void timeNeverWraps() throws IOException {
        engine.time = EntryLeaf.NUMBER_MAX + 1;
        RefusedException over = engine.refuses(Reason.INVALID, List.of(), new Ask().put("default", "k", "v"));
        assertTrue(over.getMessage().contains("2^53"), over::getMessage);
        engine.time = Long.MAX_VALUE;
        engine.refuses(Reason.INVALID, List.of(), new Ask().put("default", "k", "v"));
        engine.time = EntryLeaf.NUMBER_MAX - EngineFixture.DAY + 1;
        engine.refuses(
                Reason.INVALID, List.of(), new Ask().put("default", "k", "v").request("r"));
        engine.time = EntryLeaf.NUMBER_MAX - EngineFixture.DAY;
        engine.commits(new Ask().put("default", "k", "v").request("r"));
        assertEquals(EntryLeaf.NUMBER_MAX, engine.lastBlock().leaf(1).expiresAt());
        engine.time = EntryLeaf.NUMBER_MAX;
        engine.commits(new Ask().put("default", "l", "v"));
    }

    @Test
    void theLastSequenceIsTwoToThe53MinusOne() throws IOException {
        Standing standing = new Standing(engine.engine.index(), engine.engine.ledger(), EntryLeaf.NUMBER_MAX - 1);
        Decider decider = new Decider(standing, engine.engine.catalog(), 1, EngineFixture.ID, EngineFixture.BEGIN);
        Decision three = decider.decide(new Ask()
                .put("default", "a", "1")
                .put("default", "b", "1")
                .request("r")
                .batch());
        RefusedException refused =
                assertInstanceOf(Decision.Refused.class, three).reason();
        assertTrue(refused.getMessage().contains("over 2^53"), refused::getMessage);
        assertInstanceOf(
                Decision.Added.class,
                decider.decide(new Ask()
                        .put("default", "a", "1")
                        .put("default", "b", "1")
                        .batch()));
        assertInstanceOf(
                Decision.Refused.class,
                decider.decide(new Ask().put("default", "c", "1").batch()));
        assertInstanceOf(
                Decision.Existing.class,
                decider.decide(new Ask().put("default", "a", "1").batch()));
    }

    @Test
    void aLedgerIsFoundedOnceByLevelAndKey() throws IOException {
        try (EngineFixture unborn = EngineFixture.unborn()) {
            assertNull(unborn.engine.ledgerId());
            assertNull(unborn.engine.head());
            assertEquals(Position.NONE, unborn.engine.appliedPosition());
            unborn.refuses(Reason.INVALID, List.of(), new Ask().put("default", "k", "v"));
            unborn.refuses(Reason.INVALID, List.of(), EngineFixture.founding());
            for (Ask ask : List.of(
                    new Ask().create("t", VERSIONED, false),
                    new Ask().operation(new Operation.RaiseLevel(1, "w")),
                    new Ask()
                            .operation(new Operation.AddKey(EngineFixture.key(1), "n"))
                            .operation(new Operation.RaiseLevel(1, "w")),
                    EngineFixture.founding().put("default", "k", "v"),
                    new Ask().put("default", "k", "v"))) {
                Applied applied = unborn.engine.apply(
                        new Proposal(unborn.nextPosition(), 1, EngineFixture.ID, List.of(ask.batch())));
                EngineFixture.refused(
                        Reason.INVALID, List.of(), applied.outcomes().get(0));
                unborn.engine.publish(unborn.engine.appliedPosition());
            }
            Applied applied = unborn.engine.apply(new Proposal(
                    unborn.nextPosition(),
                    1,
                    EngineFixture.ID,
                    List.of(
                            EngineFixture.founding().batch(),
                            new Ask().create("t", VERSIONED, false).batch(),
                            new Ask().put("t", "k", "v").batch())));
            EngineFixture.committed(applied.outcomes().get(1));
            EngineFixture.refused(Reason.INVALID, List.of(), applied.outcomes().get(2));
            assertEquals(EngineFixture.ID, unborn.engine.ledgerId());
            unborn.engine.publishAll();
            Applied again = unborn.engine.apply(unborn.foundingProposal());
            RefusedException refused = EngineFixture.refused(
                    Reason.INVALID, List.of(), again.outcomes().get(0));
            assertEquals("the ledger was founded before", refused.getMessage());
            unborn.commits(new Ask().put("t", "k", "v").put("t", "l", "v", EngineFixture.BEGIN + EngineFixture.DAY));
        }
    }

    @Test
    void anUnbornDatabaseStaysUnbornUntilItIsFounded() throws IOException {
        try (EngineFixture unborn = EngineFixture.unborn()) {
            assertNull(unborn.db.get(Ask.bytes("k")));
            assertEquals(0, unborn.db.stats().blocks());
            assertEquals("", unborn.db.stats().ledgerId());
            assertTrue(unborn.db.verify((done, total, blocks) -> {}).valid());
            assertEquals(List.of(), unborn.blocksFrom(0));
            unborn.engine.sync();
            assertThrows(IllegalStateException.class, () -> unborn.db.put(Ask.bytes("k"), Ask.bytes("v")));
            unborn.shut();
            unborn.files.assertNoOpenFiles();
            try (EngineFixture again = EngineFixture.reopened(unborn.files)) {
                assertNull(again.engine.head());
                again.found();
                again.commits(new Ask().put("default", "k", "v"));
                again.shut();
                try (EngineFixture born = EngineFixture.reopened(again.files)) {
                    assertEquals(EngineFixture.ID, born.engine.ledgerId());
                    born.refuses(Reason.DUPLICATE_KEY, List.of(0), new Ask().put("default", "k", "w"));
                }
            }
        }
    }
}
