package io.blockdb.db;

import static io.blockdb.db.TablePolicy.VERSIONED;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.db.RefusedException.Reason;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How puts and deletes of versioned tables, and request ids, are decided. */
class VersionedRulesTest {
    private EngineFixture engine;

    @BeforeEach
    void found() throws IOException {
        engine = EngineFixture.founded();
        engine.commits(new Ask().create("v", VERSIONED, false));
    }

    @AfterEach
    void close() throws IOException {
        engine.close();
        engine.files.assertNoOpenFiles();
    }

    private static Ask put(String key, String value) {
        return new Ask().put("v", key, value);
    }

    private static Ask delete(String key) {
        return new Ask().delete("v", key);
    }

    @Test
    void everyPutAddsARevision() throws IOException {
        Commit first = engine.commits(put("k", "v"));
        Commit second = engine.commits(put("k", "v"));
        assertEquals(first.sequence() + 1, second.sequence());
    }

    @Test
    void onlyWhatIsThereCanBeDeleted() throws IOException {
        RefusedException absent = engine.refuses(Reason.KEY_ABSENT, List.of(0), delete("k"));
        assertTrue(absent.getMessage().contains("'v'"), absent::getMessage);
        engine.commits(put("k", "v"));
        engine.commits(delete("k"));
        engine.refuses(Reason.KEY_ABSENT, List.of(1), put("l", "1").delete("v", "k"));
        engine.commits(put("k", "w"));
        engine.commits(delete("k"));
        Applied applied = engine.apply(put("m", "1"), delete("m"), delete("m"), put("m", "2"), delete("m"));
        EngineFixture.refused(Reason.KEY_ABSENT, List.of(0), applied.outcomes().get(2));
        assertEquals(4, engine.lastBlock().entryCount());
    }

    @Test
    void whatHasExpiredIsAbsentAndNoOlderRevisionReturns() throws IOException {
        engine.commits(put("k", "old"));
        long expiry = engine.time + 100;
        engine.commits(new Ask().put("v", "k", "new", expiry));
        engine.time = expiry - 1;
        engine.commits(put("other", "1"));
        engine.time = expiry;
        engine.refuses(Reason.KEY_ABSENT, List.of(0), delete("k"));
        engine.commits(put("k", "again"));
        engine.commits(delete("k"));
    }

    @Test
    void justBeforeItExpiresAnEntryCanBeDeleted() throws IOException {
        long expiry = engine.time + 100;
        engine.commits(new Ask().put("v", "k", "new", expiry));
        engine.time = expiry - 1;
        engine.commits(delete("k"));
    }

    @Test
    void anExpiryAtOrBeforeTheBlocksTimeIsRefused() throws IOException {
        long now = engine.time;
        RefusedException refused = engine.refuses(Reason.EXPIRED, List.of(0), new Ask().put("v", "k", "x", now));
        assertTrue(refused.getMessage().contains(now + ""), refused::getMessage);
        engine.time = now;
        engine.refuses(Reason.EXPIRED, List.of(1), put("a", "1").put("v", "k", "x", 1));
        engine.time = now;
        engine.commits(new Ask().put("v", "k", "x", now + 1));
    }

    @Test
    void theTimeOfABlockNeverGoesBack() throws IOException {
        engine.time = EngineFixture.BEGIN + 1000;
        Commit late = engine.commits(put("k", "1"));
        engine.time = EngineFixture.BEGIN;
        engine.refuses(Reason.EXPIRED, List.of(0), new Ask().put("v", "k", "x", EngineFixture.BEGIN + 500));
        engine.time = -5;
        Commit early = engine.commits(put("k", "2"));
        assertEquals(late.timestamp(), early.timestamp());
    }

    @Test
    void aRequestIdMakesABatchRepeatable() throws IOException {
        engine.commits(put("gone", "1"));
        Commit first = engine.commits(put("k", "1").delete("v", "gone").request("r"));
        assertEquals(2, first.entries());
        assertEquals(3, engine.lastBlock().entryCount());
        engine.isSameAs(first, put("k", "1").delete("v", "gone").request("r"));
        engine.commits(put("k", "2"));
        engine.isSameAs(first, put("k", "1").delete("v", "gone").request("r"));
    }

    @Test
    void aRequestIdIsNotForAnotherBatch() throws IOException {
        engine.commits(put("k", "1").put("v", "l", "2").request("r"));
        for (Ask other : List.of(
                put("k", "2").put("v", "l", "2"),
                put("k", "1"),
                put("l", "2").put("v", "k", "1"),
                put("k", "1").put("v", "l", "2").put("v", "m", "3"),
                put("k", "1").delete("v", "l"),
                put("k", "1").put("default", "l", "2"),
                new Ask().create("x", VERSIONED, false).put("v", "k", "1").put("v", "l", "2"))) {
            RefusedException refused = engine.refuses(Reason.REQUEST_CONFLICT, List.of(), other.request("r"));
            assertTrue(refused.getMessage().contains("used before"), refused::getMessage);
        }
    }

    @Test
    void aRequestIdBelongsToItsAuthor() throws IOException {
        Commit first = engine.commits(put("k", "1").request("r").author("ada"));
        engine.commits(put("k", "2").request("r").author("bob"));
        engine.commits(put("k", "3").request("r"));
        engine.commits(put("k", "4").request("da").author("a"));
        engine.isSameAs(first, put("k", "1").request("r").author("ada"));
        engine.refuses(
                Reason.REQUEST_CONFLICT, List.of(), put("k", "2").request("r").author("ada"));
    }

    @Test
    void aRequestIdIsForgottenAfterADayOfBlockTime() throws IOException {
        Commit first = engine.commits(put("k", "1").request("r"));
        engine.time = first.timestamp() + EngineFixture.DAY - 1;
        engine.isSameAs(first, put("k", "1").request("r"));
        engine.time = first.timestamp() + EngineFixture.DAY;
        Commit second = engine.commits(put("k", "2").request("r"));
        engine.isSameAs(second, put("k", "2").request("r"));
        assertEquals(
                second.timestamp() + EngineFixture.DAY,
                engine.lastBlock().leaf(1).expiresAt());
    }

    @Test
    void twoBatchesOfAProposalWithTheSameRequestId() throws IOException {
        Applied applied = engine.apply(
                put("k", "1").request("r"),
                put("k", "1").request("r"),
                put("k", "2").request("r"));
        Commit first = EngineFixture.committed(applied.outcomes().get(0));
        assertEquals(
                EngineFixture.existing(first),
                EngineFixture.committed(applied.outcomes().get(1)));
        EngineFixture.refused(
                Reason.REQUEST_CONFLICT, List.of(), applied.outcomes().get(2));
        assertEquals(2, engine.lastBlock().entryCount());
    }

    @Test
    void aBatchThatAddsNothingLeavesNoRequestId() throws IOException {
        engine.refuses(Reason.KEY_ABSENT, List.of(0), delete("k").request("r"));
        engine.commits(put("k", "1").request("r"));
        Commit once = engine.commits(new Ask().put("default", "k", "1"));
        engine.isSameAs(once, new Ask().put("default", "k", "1").request("s"));
        engine.commits(put("k", "1").request("s"));
    }

    @Test
    void anErasedValueIsTakenAsEqual() throws IOException {
        engine.commits(new Ask().create("secret", VERSIONED, true));
        Ask ask = new Ask().putSalted("secret", "k", "v", 1).put("v", "l", "1").request("r");
        Commit first = engine.commits(ask);
        engine.refuses(
                Reason.REQUEST_CONFLICT,
                List.of(),
                new Ask()
                        .putSalted("secret", "k", "other", 1)
                        .put("v", "l", "1")
                        .request("r"));
        engine.commits(new Ask().erase(first.sequence()));
        engine.isSameAs(first, ask);
        engine.isSameAs(
                first,
                new Ask()
                        .putSalted("secret", "k", "other", 1)
                        .put("v", "l", "1")
                        .request("r"));
        engine.refuses(
                Reason.REQUEST_CONFLICT,
                List.of(),
                new Ask().putSalted("secret", "j", "v", 1).put("v", "l", "1").request("r"));
    }

    @Test
    void aRequestThatErasesAndWritesIsRepeatable() throws IOException {
        engine.commits(new Ask().create("secret", VERSIONED, true));
        Commit first = engine.commits(new Ask().putSalted("secret", "k", "v", 1));
        Ask both = new Ask().erase(first.sequence()).put("v", "k", "2").request("r");
        Commit named = engine.commits(both);
        engine.isSameAs(named, both);
        engine.refuses(
                Reason.REQUEST_CONFLICT,
                List.of(),
                new Ask().erase(first.sequence()).request("r"));
    }
}
