package io.blockdb.db;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.access.ApiToken;
import io.blockdb.access.Grant;
import io.blockdb.access.PasswordHash;
import io.blockdb.access.Principal;
import io.blockdb.access.Role;
import io.blockdb.base.TableName;
import io.blockdb.db.RefusedException.Reason;
import io.blockdb.ledger.LedgerBlock;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How changes of principals and of what proves them are decided. */
class AccessRulesTest {
    private static final String ADA = "00000000000000aa";
    private static final String BOB = "00000000000000bb";
    private static final String TOKEN = "0000000000000001";
    private static final Grant READER = Grant.of(Role.READER);
    private static final Grant INVOICES = Grant.of(Role.WRITER, TableName.of("invoices"));

    private EngineFixture engine;

    @BeforeEach
    void found() throws IOException {
        engine = EngineFixture.founded();
    }

    @AfterEach
    void close() throws IOException {
        assertTrue(engine.db.verify((done, total, blocks) -> {}).valid());
        engine.close();
        engine.files.assertNoOpenFiles();
    }

    private static Ask add(String id, String name, Grant... grants) {
        return new Ask().operation(new Operation.AddPrincipal(Principal.of(id, name, List.of(grants))));
    }

    private static Operation password(int fill) {
        byte[] hash = new byte[32];
        hash[0] = (byte) fill;
        return new Operation.SetPassword(ADA, PasswordHash.kept(1, new byte[16], hash));
    }

    private static Operation.ChangeGrants change(List<Grant> granted, List<Grant> revoked) {
        return new Operation.ChangeGrants(ADA, granted, revoked);
    }

    private static Operation token() {
        return new Operation.AddToken(new ApiToken(ADA, TOKEN, "ci", 7, true));
    }

    private static Operation secret() {
        return new Operation.SetToken(ADA, TOKEN, new byte[32]);
    }

    private String lastValue(int entry) throws IOException {
        LedgerBlock block = engine.lastBlock();
        String key = new String(block.leaf(entry).key(), StandardCharsets.US_ASCII);
        return block.leaf(entry).table() + " " + key + " "
                + new String(block.value(entry).value(), StandardCharsets.UTF_8);
    }

    @Test
    void valuesAreWrittenAsTheFormatSays() throws IOException {
        engine.commits(add(ADA, "ada", INVOICES, READER).operation(password(1), 5));
        assertEquals(
                "_principals " + ADA + " {\"name\":\"ada\",\"state\":\"active\",\"grants\":"
                        + "[{\"role\":\"reader\"},{\"role\":\"writer\",\"table\":\"invoices\"}]}",
                lastValue(0));
        assertEquals(
                "_credentials " + ADA + "/password {\"scheme\":\"pbkdf2-hmac-sha256\",\"rounds\":1,\"salt\":"
                        + "\"AAAAAAAAAAAAAAAAAAAAAA==\",\"hash\":\"AQ" + "A".repeat(41) + "=\"}",
                lastValue(1));
        assertEquals(16, engine.lastBlock().leaf(1).saltLength());
        engine.commits(new Ask().operation(token()).operation(secret(), 6));
        assertEquals(
                "_principals " + ADA + "/token/" + TOKEN + " {\"label\":\"ci\",\"state\":\"active\",\"expires_at\":7}",
                lastValue(0));
        assertEquals(
                "_credentials " + ADA + "/token/" + TOKEN + " {\"scheme\":\"sha256\",\"hash\":\"" + "A".repeat(43)
                        + "=\"}",
                lastValue(1));
    }

    @Test
    void anIdIsUsedOnceAndANameByOneAtATime() throws IOException {
        Commit first = engine.commits(add(ADA, "ada", READER));
        engine.isSameAs(first, add(ADA, "ada", READER));
        engine.refuses(Reason.PRINCIPAL_CONFLICT, List.of(0), add(ADA, "ada"));
        engine.refuses(Reason.PRINCIPAL_CONFLICT, List.of(0), add(BOB, "ada"));
        Ask twice = add(BOB, "bob")
                .operation(new Operation.AddPrincipal(Principal.of("00000000000000cc", "bob", List.of())));
        engine.refuses(Reason.PRINCIPAL_CONFLICT, List.of(1), twice);
        Commit removed = engine.commits(new Ask().operation(new Operation.RemovePrincipal(ADA)));
        assertEquals("_principals " + ADA + " {\"name\":\"ada\",\"state\":\"removed\",\"grants\":[]}", lastValue(0));
        engine.isSameAs(removed, new Ask().operation(new Operation.RemovePrincipal(ADA)));
        engine.refuses(Reason.PRINCIPAL_CONFLICT, List.of(0), add(ADA, "ada", READER));
        engine.refuses(Reason.NO_SUCH_PRINCIPAL, List.of(0), new Ask().operation(change(List.of(READER), List.of())));
        engine.commits(add(BOB, "ada"));
        engine.refuses(Reason.NO_SUCH_PRINCIPAL, List.of(0), new Ask().operation(new Operation.RemovePrincipal("00")));
    }

    @Test
    void changesOfOneProposalBothCount() throws IOException {
        engine.commits(add(ADA, "ada", READER));
        engine.apply(
                new Ask().operation(change(List.of(INVOICES), List.of())),
                new Ask().operation(change(List.of(Grant.of(Role.AUDITOR)), List.of(READER))));
        assertEquals(
                List.of(INVOICES, Grant.of(Role.AUDITOR)),
                engine.db.principals().find(ADA).grants());
        long blocks = engine.engine.head().blocks();
        assertTrue(EngineFixture.committed(engine.apply(new Ask().operation(change(List.of(INVOICES), List.of(READER))))
                        .outcomes()
                        .get(0))
                .existing());
        assertEquals(blocks, engine.engine.head().blocks());
    }

    @Test
    void aPasswordIsReplacedOnlyWhereTheOneBeforeIsErased() throws IOException {
        engine.refuses(Reason.NO_SUCH_PRINCIPAL, List.of(0), new Ask().operation(password(1), 1));
        engine.commits(add(ADA, "ada"));
        engine.refuses(Reason.INVALID, List.of(0), new Ask().operation(password(1)));
        Commit first = engine.commits(new Ask().operation(password(1), 1));
        engine.isSameAs(first, new Ask().operation(password(1), 2));
        engine.refuses(Reason.CREDENTIAL_CHANGED, List.of(0), new Ask().operation(password(2), 1));
        Ask replacing = new Ask().erase(first.sequence()).operation(password(2), 3);
        Commit second = engine.commits(replacing);
        engine.isSameAs(second, replacing);
        engine.refuses(
                Reason.CREDENTIAL_CHANGED,
                List.of(1),
                new Ask().erase(first.sequence()).operation(password(3), 1));
        engine.refuses(
                Reason.PARTLY_STORED,
                List.of(0),
                new Ask().erase(first.sequence()).operation(token()));
        engine.commits(new Ask().erase(second.sequence() + 1));
        engine.commits(new Ask().operation(password(3), 1));
    }

    @Test
    void whoIsRemovedLeavesNothingThatProvesHim() throws IOException {
        engine.commits(add(ADA, "ada"));
        Commit password = engine.commits(new Ask().operation(password(1), 1));
        Commit token = engine.commits(new Ask().operation(token()).operation(secret(), 2));
        Operation remove = new Operation.RemovePrincipal(ADA);
        engine.refuses(Reason.CREDENTIAL_CHANGED, List.of(0), new Ask().operation(remove));
        engine.refuses(
                Reason.CREDENTIAL_CHANGED,
                List.of(1),
                new Ask().erase(password.sequence()).operation(remove));
        engine.refuses(
                Reason.CREDENTIAL_CHANGED,
                List.of(0),
                new Ask().operation(remove).erase(password.sequence()).erase(token.sequence() + 1));
        engine.commits(
                new Ask().erase(password.sequence()).erase(token.sequence() + 1).operation(remove));
        engine.refuses(Reason.NO_SUCH_PRINCIPAL, List.of(0), new Ask().operation(password(1), 1));
        engine.refuses(Reason.NO_SUCH_PRINCIPAL, List.of(0), new Ask().operation(secret(), 1));
    }

    @Test
    void aTokenIsRevokedForGoodWithWhatProvesIt() throws IOException {
        engine.commits(add(ADA, "ada"));
        engine.refuses(Reason.NO_SUCH_PRINCIPAL, List.of(0), new Ask().operation(secret(), 1));
        Operation revoke = new Operation.RevokeToken(ADA, TOKEN);
        engine.refuses(Reason.NO_SUCH_PRINCIPAL, List.of(0), new Ask().operation(revoke));
        Commit issued = engine.commits(new Ask().operation(token()).operation(secret(), 1));
        engine.refuses(Reason.CREDENTIAL_CHANGED, List.of(0), new Ask().operation(revoke));
        Commit revoked = engine.commits(new Ask().erase(issued.sequence() + 1).operation(revoke));
        assertTrue(lastValue(1).endsWith("\"state\":\"revoked\",\"expires_at\":7}"), lastValue(1));
        engine.isSameAs(revoked, new Ask().erase(issued.sequence() + 1).operation(revoke));
        engine.refuses(Reason.NO_SUCH_PRINCIPAL, List.of(0), new Ask().operation(secret(), 1));
        engine.refuses(Reason.PRINCIPAL_CONFLICT, List.of(0), new Ask().operation(token()));
    }

    @Test
    void clientsCannotWriteToTheseTables() throws IOException {
        engine.refuses(Reason.INVALID, List.of(0), new Ask().put("_principals", ADA, "{}"));
        engine.refuses(Reason.INVALID, List.of(0), new Ask().putSalted("_credentials", ADA, "{}", 1));
        engine.refuses(Reason.INVALID, List.of(0), new Ask().delete("_credentials", ADA));
    }
}
