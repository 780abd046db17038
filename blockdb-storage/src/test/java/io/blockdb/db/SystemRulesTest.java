package io.blockdb.db;

import static io.blockdb.db.TablePolicy.VERSIONED;
import static io.blockdb.db.TablePolicy.WRITE_ONCE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.base.LedgerId;
import io.blockdb.db.RefusedException.Reason;
import io.blockdb.ledger.LedgerBlock;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How tables, keys, erasures and the level of the rules are decided. */
class SystemRulesTest {
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

    private String lastValue(int entry) throws IOException {
        LedgerBlock block = engine.lastBlock();
        return block.leaf(entry).table() + " " + new String(block.value(entry).value(), StandardCharsets.UTF_8);
    }

    @Test
    void creatingATableAgainAlikeIsTheSameWrite() throws IOException {
        Commit first = engine.commits(new Ask().create("t", VERSIONED, false));
        assertEquals("_tables {\"policy\":\"versioned\",\"erasable\":false}", lastValue(0));
        engine.isSameAs(first, new Ask().create("t", VERSIONED, false));
        RefusedException policy =
                engine.refuses(Reason.TABLE_CONFLICT, List.of(0), new Ask().create("t", WRITE_ONCE, false));
        assertTrue(policy.getMessage().contains("'t' exists and is versioned"), policy::getMessage);
        RefusedException erasable =
                engine.refuses(Reason.TABLE_CONFLICT, List.of(0), new Ask().create("t", VERSIONED, true));
        assertTrue(erasable.getMessage().contains("alter"), erasable::getMessage);
    }

    @Test
    void severalTablesAreTheSameWriteOnlyAsTheyWereCreated() throws IOException {
        Commit both = engine.commits(new Ask().create("a", VERSIONED, false).create("b", WRITE_ONCE, false));
        engine.isSameAs(both, new Ask().create("a", VERSIONED, false).create("b", WRITE_ONCE, false));
        engine.refuses(
                Reason.PARTLY_STORED,
                List.of(0),
                new Ask().create("a", VERSIONED, false).create("c", WRITE_ONCE, false));
        engine.refuses(
                Reason.PARTLY_STORED,
                List.of(0, 1),
                new Ask().create("b", WRITE_ONCE, false).create("a", VERSIONED, false));
        engine.refuses(
                Reason.PARTLY_STORED,
                List.of(0),
                new Ask().create("a", VERSIONED, false).put("a", "k", "v"));
    }

    @Test
    void aTableThatWasWrittenToIsWriteOnceForGood() throws IOException {
        engine.commits(new Ask().put("t", "k", "v"));
        RefusedException refused =
                engine.refuses(Reason.TABLE_CONFLICT, List.of(0), new Ask().create("t", VERSIONED, false));
        assertTrue(refused.getMessage().contains("write-once for good"), refused::getMessage);
        engine.commits(new Ask().create("t", WRITE_ONCE, true));
        engine.refuses(Reason.TABLE_CHANGED, List.of(0), new Ask().put("t", "l", "v"));
    }

    @Test
    void aTableThatIsWrittenToBeforeItIsCreatedIsWriteOnceToo() throws IOException {
        engine.refuses(
                Reason.TABLE_CONFLICT, List.of(1), new Ask().put("t", "k", "v").create("t", VERSIONED, false));
        Applied applied = engine.apply(new Ask().put("t", "k", "v"), new Ask().create("t", VERSIONED, false));
        EngineFixture.refused(
                Reason.TABLE_CONFLICT, List.of(0), applied.outcomes().get(1));
        engine.commits(new Ask().put("u", "k", "v").alter("u", true));
        engine.refuses(Reason.TABLE_CHANGED, List.of(0), new Ask().put("u", "l", "v"));
    }

    @Test
    void aTableHoldsForTheOperationsBehindIt() throws IOException {
        engine.commits(new Ask().create("t", VERSIONED, true).putSalted("t", "k", "v", 1));
        engine.refuses(
                Reason.TABLE_CHANGED,
                List.of(1),
                new Ask().create("u", VERSIONED, true).put("u", "k", "v"));
        engine.refuses(Reason.NOT_VERSIONED, List.of(0), new Ask().delete("u", "k"));
        Applied applied = engine.apply(
                new Ask().create("w", VERSIONED, false),
                new Ask().put("w", "k", "1"),
                new Ask().put("w", "k", "2").delete("x", "k"),
                new Ask().delete("w", "k"));
        EngineFixture.refused(
                Reason.NOT_VERSIONED, List.of(1), applied.outcomes().get(2));
        EngineFixture.committed(applied.outcomes().get(3));
        assertEquals(3, engine.lastBlock().entryCount());
    }

    @Test
    void theDefaultTableIsWriteOnce() throws IOException {
        RefusedException refused =
                engine.refuses(Reason.TABLE_CONFLICT, List.of(0), new Ask().create("default", VERSIONED, false));
        assertTrue(refused.getMessage().contains("'default' is write-once for good"), refused::getMessage);
        engine.commits(new Ask().create("default", WRITE_ONCE, false));
        engine.commits(new Ask().alter("default", true));
    }

    @Test
    void anAlteredTableKeepsItsPolicy() throws IOException {
        engine.refuses(Reason.NO_SUCH_TABLE, List.of(0), new Ask().alter("t", true));
        engine.commits(new Ask().create("t", VERSIONED, false));
        Commit altered = engine.commits(new Ask().alter("t", true));
        assertEquals("_tables {\"policy\":\"versioned\",\"erasable\":true}", lastValue(0));
        engine.isSameAs(altered, new Ask().alter("t", true));
        engine.refuses(Reason.TABLE_CHANGED, List.of(0), new Ask().put("t", "k", "v"));
        engine.commits(new Ask().alter("t", false));
        engine.commits(new Ask().put("t", "k", "v"));
        engine.commits(new Ask().put("default", "k", "v"));
        engine.commits(new Ask().alter("default", false));
    }

    @Test
    void systemTablesAreNeitherCreatedNorAltered() throws IOException {
        engine.refuses(Reason.INVALID, List.of(0), new Ask().create("_x", VERSIONED, false));
        engine.refuses(Reason.NO_SUCH_TABLE, List.of(0), new Ask().alter("_tables", true));
    }

    @Test
    void theSameSystemKeyTwiceInABatchIsRefused() throws IOException {
        engine.commits(new Ask().create("secret", VERSIONED, true));
        Commit salted = engine.commits(new Ask().putSalted("secret", "k", "v", 1));
        for (Ask ask : List.of(
                new Ask().create("t", VERSIONED, false).create("t", VERSIONED, false),
                new Ask().create("t", VERSIONED, false).alter("t", true),
                new Ask().alter("secret", false).alter("secret", true),
                new Ask().erase(salted.sequence()).erase(salted.sequence()),
                new Ask()
                        .operation(new Operation.AddKey(EngineFixture.key(2), "n"))
                        .operation(new Operation.AddKey(EngineFixture.key(2), "n")),
                new Ask()
                        .operation(new Operation.AddKey(EngineFixture.key(2), "n"))
                        .operation(new Operation.RetireKey(EngineFixture.key(2), "n")),
                new Ask().operation(new Operation.RaiseLevel(1, "w")).operation(new Operation.RaiseLevel(1, "w")))) {
            engine.refuses(Reason.KEY_TWICE, List.of(1), ask);
        }
    }

    @Test
    void onlySaltedValuesAreErasedAndOnce() throws IOException {
        Commit plain = engine.commits(new Ask().put("default", "k", "v"));
        engine.commits(new Ask().create("t", VERSIONED, true));
        Commit salted = engine.commits(new Ask().putSalted("t", "k", "v", 1));
        Commit delete = engine.commits(new Ask().delete("t", "k"));
        RefusedException unsalted = engine.refuses(Reason.NOT_ERASABLE, List.of(0), new Ask().erase(plain.sequence()));
        assertTrue(unsalted.getMessage().contains("sequence " + plain.sequence()), unsalted::getMessage);
        engine.refuses(Reason.NOT_ERASABLE, List.of(0), new Ask().erase(0));
        engine.refuses(Reason.NOT_ERASABLE, List.of(0), new Ask().erase(delete.sequence()));
        engine.refuses(Reason.NOT_ERASABLE, List.of(0), new Ask().erase(-1));
        RefusedException none = engine.refuses(Reason.NOT_ERASABLE, List.of(0), new Ask().erase(1000));
        assertTrue(none.getMessage().contains("there is no entry with sequence 1000"), none::getMessage);
        engine.commits(new Ask().alter("t", false));
        Commit erasure = engine.commits(new Ask().erase(salted.sequence()).author("dpo"));
        assertEquals("_erasures {\"table\":\"t\",\"key\":\"aw==\",\"reason\":\"asked\"}", lastValue(0));
        assertEquals("dpo", engine.lastBlock().leaf(0).author());
        engine.isSameAs(erasure, new Ask().erase(salted.sequence()));
    }

    @Test
    void whatABatchOfTheSameProposalWroteCanBeErased() throws IOException {
        engine.commits(new Ask().create("t", WRITE_ONCE, true));
        long next = engine.engine.head().entries();
        Applied applied = engine.apply(
                new Ask().putSalted("t", "k", "v", 1),
                new Ask().erase(next),
                new Ask().erase(next),
                new Ask().putSalted("t", "k", "v", 1));
        assertTrue(EngineFixture.committed(applied.outcomes().get(2)).existing());
        EngineFixture.refused(Reason.ERASED, List.of(0), applied.outcomes().get(3));
    }

    @Test
    void keysAreAddedAndRetired() throws IOException {
        Commit added = engine.commits(new Ask().operation(new Operation.AddKey(EngineFixture.key(2), "node2")));
        String vkey = EngineFixture.key(2).toString();
        assertEquals("_keys {\"vkey\":\"" + vkey + "\",\"node\":\"node2\",\"state\":\"active\"}", lastValue(0));
        engine.isSameAs(added, new Ask().operation(new Operation.AddKey(EngineFixture.key(2), "node2")));
        engine.refuses(
                Reason.KEY_CONFLICT,
                List.of(0),
                new Ask().operation(new Operation.AddKey(EngineFixture.key(2), "node3")));
        engine.refuses(
                Reason.KEY_CONFLICT,
                List.of(0),
                new Ask().operation(new Operation.RetireKey(EngineFixture.key(3), "node3")));
        engine.refuses(
                Reason.KEY_CONFLICT,
                List.of(0),
                new Ask().operation(new Operation.RetireKey(EngineFixture.key(2), "node3")));
        Commit retired = engine.commits(new Ask().operation(new Operation.RetireKey(EngineFixture.key(2), "node2")));
        assertEquals("_keys {\"vkey\":\"" + vkey + "\",\"node\":\"node2\",\"state\":\"retired\"}", lastValue(0));
        engine.isSameAs(retired, new Ask().operation(new Operation.RetireKey(EngineFixture.key(2), "node2")));
        engine.refuses(
                Reason.KEY_CONFLICT,
                List.of(0),
                new Ask().operation(new Operation.AddKey(EngineFixture.key(2), "node2")));
    }

    @Test
    void aKeyBelongsToTheLedgerAndHasItsName() throws IOException {
        LedgerId other = LedgerId.parse("ff".repeat(16));
        RefusedException ledger = engine.refuses(
                Reason.KEY_CONFLICT,
                List.of(0),
                new Ask().operation(new Operation.AddKey(EngineFixture.key(2, "blockdb", other), "n")));
        assertTrue(ledger.getMessage().contains("another ledger"), ledger::getMessage);
        RefusedException name = engine.refuses(
                Reason.KEY_CONFLICT,
                List.of(0),
                new Ask().operation(new Operation.AddKey(EngineFixture.key(2, "other", EngineFixture.ID), "n")));
        assertTrue(name.getMessage().contains("expected blockdb/"), name::getMessage);
    }

    @Test
    void theLevelIsOnlyRaised() throws IOException {
        engine.refuses(Reason.LEVEL_CONFLICT, List.of(0), new Ask().operation(new Operation.RaiseLevel(0, "w")));
        engine.refuses(Reason.LEVEL_CONFLICT, List.of(0), new Ask().operation(new Operation.RaiseLevel(2, "w")));
        Commit same = EngineFixture.committed(engine.apply(new Ask().operation(new Operation.RaiseLevel(1, "w")))
                .outcomes()
                .get(0));
        assertTrue(same.existing());
        assertEquals(0, same.sequence());
    }

    @Test
    void textsThatCannotBeWrittenAreNoOperations() {
        String lone = "\ud800";
        String tooLong = "x".repeat(4097);
        for (String text : List.of(lone, tooLong)) {
            assertThrows(IllegalArgumentException.class, () -> new Operation.Erase(1, text));
            assertThrows(IllegalArgumentException.class, () -> new Operation.AddKey(EngineFixture.key(2), text));
            assertThrows(IllegalArgumentException.class, () -> new Operation.RetireKey(EngineFixture.key(2), text));
            assertThrows(IllegalArgumentException.class, () -> new Operation.RaiseLevel(1, text));
        }
    }

    @Test
    void anErasureOfTheLongestKeyFits() throws IOException {
        engine.commits(new Ask().create("t", VERSIONED, true));
        Commit salted = engine.commits(new Ask().putSalted("t", "k".repeat(64_000), "v", 1));
        engine.commits(new Ask().operation(new Operation.Erase(salted.sequence(), "\u0001".repeat(4096))));
        long bytes = (long) engine.lastBlock().leaf(0).length()
                + engine.lastBlock().leaf(0).valueLength();
        assertTrue(bytes <= new Ask().erase(1).batch().blockBytes(), () -> "" + bytes);
    }
}
