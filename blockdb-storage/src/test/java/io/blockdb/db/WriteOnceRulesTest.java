package io.blockdb.db;

import static io.blockdb.db.TablePolicy.VERSIONED;
import static io.blockdb.db.TablePolicy.WRITE_ONCE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.db.RefusedException.Reason;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How puts of write-once tables are decided. */
class WriteOnceRulesTest {
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

    private static Ask put(String key, String value) {
        return new Ask().put("default", key, value);
    }

    @Test
    void theSameValueIsTheSameWrite() throws IOException {
        Commit first = engine.commits(put("k", "v"));
        assertEquals(2, first.sequence());
        assertEquals(1, first.height());
        engine.isSameAs(first, put("k", "v"));
        engine.isSameAs(first, put("k", "v").author("another"));
        String large = "x".repeat(500);
        Commit placed = engine.commits(put("large", large));
        engine.isSameAs(placed, put("large", large));
    }

    @Test
    void anotherValueIsADuplicate() throws IOException {
        engine.commits(put("k", "v"));
        RefusedException refused = engine.refuses(Reason.DUPLICATE_KEY, List.of(0), put("k", "w"));
        assertInstanceOf(DuplicateKeyException.class, refused);
        assertEquals("the key already exists with another value", refused.getMessage());
        engine.refuses(Reason.DUPLICATE_KEY, List.of(0), put("k", ""));
        String large = "x".repeat(500);
        engine.commits(put("large", large));
        engine.refuses(Reason.DUPLICATE_KEY, List.of(0), put("large", large.replace("xxx", "xxy")));
        RefusedException two = engine.refuses(
                Reason.DUPLICATE_KEY,
                List.of(1, 3),
                put("new", "1")
                        .put("default", "k", "x")
                        .put("default", "new2", "2")
                        .put("default", "large", "y"));
        assertTrue(two.getMessage().contains("[1, 3]"), two::getMessage);
        assertTrue(two.getMessage().contains("nothing was written"), two::getMessage);
    }

    @Test
    void anEmptyValueIsAValue() throws IOException {
        Commit first = engine.commits(put("k", ""));
        engine.isSameAs(first, put("k", ""));
        engine.refuses(Reason.DUPLICATE_KEY, List.of(0), put("k", "v"));
    }

    @Test
    void oneStoredEntryIsTheSameWriteAlsoInsideALargerBatch() throws IOException {
        Commit batch = engine.commits(put("a", "1").put("default", "b", "2").put("default", "c", "3"));
        assertEquals(3, batch.entries());
        Commit second =
                EngineFixture.committed(engine.apply(put("b", "2")).outcomes().get(0));
        assertEquals(
                new Commit(batch.sequence() + 1, 1, batch.height(), batch.blockHash(), batch.timestamp(), true),
                second);
    }

    @Test
    void aBatchIsTheSameOnlyAsAWholeAndInOrder() throws IOException {
        Commit batch = engine.commits(put("a", "1").put("default", "b", "2").put("default", "c", "3"));
        engine.isSameAs(batch, put("a", "1").put("default", "b", "2").put("default", "c", "3"));
        Ask part = put("a", "1").put("default", "b", "2");
        assertTrue(engine.refuses(Reason.PARTLY_STORED, List.of(0, 1), part)
                .getMessage()
                .contains("[0, 1]"));
        engine.refuses(Reason.PARTLY_STORED, List.of(0, 1), put("b", "2").put("default", "c", "3"));
        engine.refuses(
                Reason.PARTLY_STORED,
                List.of(0, 1, 2),
                put("b", "2").put("default", "a", "1").put("default", "c", "3"));
        engine.refuses(Reason.PARTLY_STORED, List.of(1), put("new", "1").put("default", "b", "2"));
        engine.commits(put("d", "4"));
        engine.commits(put("e", "5"));
        engine.refuses(Reason.PARTLY_STORED, List.of(0, 1), put("d", "4").put("default", "e", "5"));
    }

    @Test
    void aRepeatedBatchIsTheSameWithAndWithoutTheEntryOfARequest() throws IOException {
        Commit named = engine.commits(put("a", "1").put("default", "b", "2").request("r"));
        assertEquals(2, named.entries());
        assertEquals(3, engine.lastBlock().entryCount());
        engine.isSameAs(named, put("a", "1").put("default", "b", "2"));
        engine.isSameAs(named, put("a", "1").put("default", "b", "2").request("r"));
        engine.isSameAs(named, put("a", "1").put("default", "b", "2").request("other"));
        Commit plain = engine.commits(put("c", "1").put("default", "d", "2"));
        engine.isSameAs(plain, put("c", "1").put("default", "d", "2").request("new"));
    }

    @Test
    void laterBatchesOfAProposalSeeEarlierOnes() throws IOException {
        Applied applied = engine.apply(
                put("k", "v").put("default", "l", "w"),
                put("k", "v"),
                put("k", "x"),
                put("k", "v").put("default", "l", "w"),
                put("l", "w").put("default", "m", "1"),
                put("m", "2"));
        List<Outcome> outcomes = applied.outcomes();
        Commit first = EngineFixture.committed(outcomes.get(0));
        Commit again = EngineFixture.committed(outcomes.get(1));
        assertEquals(new Commit(2, 1, 1, first.blockHash(), first.timestamp(), true), again);
        EngineFixture.refused(Reason.DUPLICATE_KEY, List.of(0), outcomes.get(2));
        assertEquals(EngineFixture.existing(first), EngineFixture.committed(outcomes.get(3)));
        EngineFixture.refused(Reason.PARTLY_STORED, List.of(0), outcomes.get(4));
        assertEquals(4, EngineFixture.committed(outcomes.get(5)).sequence());
        assertEquals(3, engine.lastBlock().entryCount());
    }

    @Test
    void deletesAndExpiriesNeedAVersionedTable() throws IOException {
        engine.commits(put("k", "v"));
        RefusedException delete = engine.refuses(Reason.NOT_VERSIONED, List.of(0), new Ask().delete("default", "k"));
        assertTrue(delete.getMessage().contains("'default' is write-once"), delete::getMessage);
        RefusedException expiry = engine.refuses(
                Reason.NOT_VERSIONED, List.of(1), put("a", "1").put("default", "b", "2", engine.time + 1000));
        assertTrue(expiry.getMessage().contains("'default' is write-once"), expiry::getMessage);
        engine.refuses(Reason.NOT_VERSIONED, List.of(0), new Ask().delete("other", "k"));
    }

    @Test
    void aKeyTwiceInABatchIsRefused() throws IOException {
        RefusedException refused = engine.refuses(
                Reason.KEY_TWICE,
                List.of(2),
                put("k", "v").put("default", "l", "v").put("default", "k", "v"));
        assertTrue(refused.getMessage().contains("operation 0"), refused::getMessage);
        engine.commits(put("k", "v").put("other", "k", "w"));
    }

    @Test
    void mixedWithAVersionedOperationOnlyTheRequestIdMakesItRepeatable() throws IOException {
        engine.commits(new Ask().create("v", VERSIONED, false));
        Commit first = engine.commits(put("k", "1").put("v", "k", "1"));
        engine.refuses(Reason.PARTLY_STORED, List.of(0), put("k", "1").put("v", "k", "1"));
        assertEquals(2, first.entries());
        Commit named = engine.commits(put("l", "1").put("v", "k", "2").request("r"));
        engine.isSameAs(named, put("l", "1").put("v", "k", "2").request("r"));
    }

    @Test
    void anErasedKeyRefusesEveryPut() throws IOException {
        engine.commits(new Ask().create("secret", WRITE_ONCE, true));
        Commit first = engine.commits(new Ask().putSalted("secret", "k", "v", 1));
        engine.isSameAs(first, new Ask().putSalted("secret", "k", "v", 2));
        Commit erasure = engine.commits(new Ask().erase(first.sequence()));
        for (String value : List.of("v", "w", "")) {
            RefusedException refused =
                    engine.refuses(Reason.ERASED, List.of(0), new Ask().putSalted("secret", "k", value, 3));
            assertTrue(refused.getMessage().contains("_erasures, sequence " + erasure.sequence()), refused::getMessage);
        }
        engine.refuses(
                Reason.ERASED,
                List.of(1),
                new Ask().putSalted("secret", "l", "v", 1).putSalted("secret", "k", "v", 1));
    }

    @Test
    void aPutWithoutASaltIsProposedAgainOnceTheTableIsErasable() throws IOException {
        Commit first = engine.commits(put("k", "v"));
        engine.commits(new Ask().alter("default", true));
        RefusedException refused = engine.refuses(Reason.TABLE_CHANGED, List.of(0), put("l", "v"));
        assertTrue(refused.getMessage().contains("'default' has become erasable"), refused::getMessage);
        engine.refuses(Reason.TABLE_CHANGED, List.of(0), put("k", "v"));
        engine.isSameAs(first, new Ask().putSalted("default", "k", "v", 1));
        Commit salted = engine.commits(new Ask().putSalted("default", "l", "v", 1));
        engine.commits(new Ask().alter("default", false));
        engine.isSameAs(salted, put("l", "v"));
        engine.commits(new Ask().putSalted("default", "m", "late", 2));
        engine.commits(new Ask().erase(salted.sequence()));
        engine.refuses(Reason.ERASED, List.of(0), put("l", "v"));
    }

    @Test
    void systemTablesAreRefused() throws IOException {
        for (String table : List.of("_tables", "_format", "_keys", "_requests", "_erasures", "_x", "_")) {
            RefusedException put =
                    engine.refuses(Reason.INVALID, List.of(1), put("k", "v").put(table, "k", "v"));
            assertTrue(put.getMessage().contains("'" + table + "'"), put::getMessage);
            engine.refuses(Reason.INVALID, List.of(0), new Ask().delete(table, "level"));
        }
    }

    @Test
    void aProposalThatAddsNothingMakesNoBlock() throws IOException {
        engine.commits(put("k", "v"));
        assertNull(engine.apply(put("k", "v"), put("k", "w")).head());
        assertNull(engine.apply().head());
    }
}
