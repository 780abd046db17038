package io.blockdb.db;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.access.ApiToken;
import io.blockdb.access.Grant;
import io.blockdb.access.Principal;
import io.blockdb.access.Role;
import io.blockdb.access.TokenText;
import io.blockdb.base.TableName;
import io.blockdb.io.MemoryFileSystem;
import io.blockdb.proof.CheckpointVerifier;
import io.blockdb.proof.ProofExportChecker;
import io.blockdb.proof.Receipt;
import io.blockdb.proof.Signer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Principals, as a server and the command line meet them: from the password that is typed to what is left on the disk. */
@Timeout(120)
class PrincipalsTest {
    private static final TableName CREDENTIALS = SystemTables.CREDENTIALS;
    private static final Grant ADMIN = Grant.of(Role.ADMIN);
    private static final int ROUNDS = 1000;
    private static final Grant READER = Grant.of(Role.READER);
    private static final CopyProgress QUIET = (done, total) -> {};

    private final MemoryFileSystem files = new MemoryFileSystem();
    private final Options options = Workload.options(files, 7);

    private BlockDb open() throws IOException {
        return BlockDb.open(Workload.ROOT, options);
    }

    private static char[] chars(String text) {
        return text.toCharArray();
    }

    private static void assertSound(BlockDb db) throws IOException {
        VerifyReport report = db.verify((done, total, blocks) -> {});
        assertTrue(report.valid(), report::toString);
    }

    /** The value of a key of {@code _credentials}, as only the engine reads it. */
    private static String stored(BlockDb db, byte[] key) throws IOException {
        View view = new View(db.engine(), db.engine().published().entries(), 0, null);
        Revision found = view.credential(key);
        assertNotNull(found);
        assertNotNull(found.value());
        return new String(found.value(), UTF_8);
    }

    /** The file that holds a part of a text, or null. */
    private String holder(String text) throws IOException {
        return ErasureScript.holder(
                files, text.substring(text.length() - 40, text.length() - 10).getBytes(UTF_8));
    }

    @Test
    void aPasswordProvesItsPrincipalUntilItIsReplaced() throws IOException {
        try (BlockDb db = open()) {
            Principals principals = db.principals();
            Principal ada = principals.add("ada", List.of(READER), "");
            assertNull(principals.byPassword("ada", chars("correct horse"), ROUNDS));
            assertEquals(-1, principals.passwordSequence(ada.id()));
            Commit set = principals.setPassword(ada.id(), chars("correct horse"), ROUNDS, "");
            Principals.Proven proven = principals.byPassword("ada", chars("correct horse"), ROUNDS);
            assertEquals(new Principals.Proven(ada, set.sequence()), proven);
            assertNull(principals.byPassword("ada", chars("correct hors"), ROUNDS));
            assertNull(principals.byPassword("eve", chars("correct horse"), ROUNDS));
            String first = stored(db, AccessFormat.passwordKey(ada.id()));
            assertNotNull(holder(first));
            Commit replaced = principals.setPassword(ada.id(), chars("battery staple"), ROUNDS, ada.id());
            assertNull(holder(first), "the hash of the password before is still on the disk");
            assertEquals(replaced.sequence() + 1, principals.passwordSequence(ada.id()));
            assertNull(principals.byPassword("ada", chars("correct horse"), ROUNDS));
            assertNotNull(principals.byPassword("ada", chars("battery staple"), ROUNDS));
            assertSound(db);
            db.erasures(false, erasure -> {
                assertEquals(
                        "_credentials password replaced " + ada.id(),
                        erasure.table() + " " + erasure.reason() + " " + erasure.author());
                assertFalse(erasure.pending());
            });
        }
        try (BlockDb db = open()) {
            assertNotNull(db.principals().byPassword("ada", chars("battery staple"), ROUNDS));
            assertSound(db);
        }
    }

    @Test
    void aTokenProvesItsPrincipalUntilItExpiresOrIsRevoked() throws IOException {
        try (BlockDb db = open()) {
            Principals principals = db.principals();
            Principal ci = principals.add("ci", List.of(READER), "");
            Principals.Issued issued = principals.createToken(ci.id(), "nightly", 1000, ci.id());
            TokenText shown = issued.text();
            assertEquals(ci, principals.byToken(shown, 999).principal());
            assertNull(principals.byToken(shown, 1000), "expired");
            TokenText forged = TokenText.of(ci.id(), shown.id(), new byte[32]);
            assertNull(principals.byToken(forged, 0));
            assertNull(principals.byToken(TokenText.of(ci.id(), ci.id(), new byte[32]), 0));
            assertEquals(List.of(issued.token()), principals.tokens());
            assertEquals(issued.token(), principals.token(ci.id(), shown.id()));
            assertNull(principals.token("../..", shown.id()));
            String stored = stored(db, AccessFormat.tokenKey(ci.id(), shown.id()));
            assertNotNull(holder(stored));
            assertNull(holder(shown.reveal()), "a token is kept as its SHA-256 only");
            principals.revokeToken(ci.id(), shown.id(), "");
            assertNull(holder(stored));
            assertNull(principals.byToken(shown, 0));
            assertEquals(List.of(issued.token().revoked()), principals.tokens());
            assertSound(db);
        }
    }

    @Test
    void whoWasRemovedProvesNothingAndTheNameIsFree() throws IOException {
        try (BlockDb db = open()) {
            Principals principals = db.principals();
            Principal ada = principals.add("ada", List.of(ADMIN), "");
            principals.setPassword(ada.id(), chars("correct horse"), ROUNDS, "");
            TokenText one = principals.createToken(ada.id(), "", 0, "").text();
            TokenText two = principals.createToken(ada.id(), "", 0, "").text();
            List<String> stored = List.of(
                    stored(db, AccessFormat.passwordKey(ada.id())),
                    stored(db, AccessFormat.tokenKey(ada.id(), one.id())),
                    stored(db, AccessFormat.tokenKey(ada.id(), two.id())));
            assertEquals(ada, principals.named("ada"));
            principals.remove(ada.id(), "");
            for (String value : stored) {
                assertNull(holder(value));
            }
            assertNull(principals.byPassword("ada", chars("correct horse"), ROUNDS));
            assertNull(principals.byToken(one, 0));
            assertNull(principals.named("ada"));
            assertEquals(ada.removed(), principals.find(ada.id()));
            Principal again = principals.add("ada", List.of(), "");
            assertNotEquals(ada.id(), again.id());
            assertThrows(RefusedException.class, () -> principals.add("ada", List.of(), ""));
            assertThrows(
                    RefusedException.class, () -> principals.setPassword(ada.id(), chars("correct horse"), ROUNDS, ""));
            assertThrows(RefusedException.class, () -> principals.createToken(ada.id(), "", 0, ""));
            assertThrows(RefusedException.class, () -> principals.remove("0000000000000000", ""));
            assertSound(db);
        }
    }

    @Test
    void whatProvesSomebodyIsShownToNobody() throws Exception {
        try (BlockDb db = open()) {
            Principals principals = db.principals();
            Principal ada = principals.add("ada", List.of(ADMIN), "");
            Commit set = principals.setPassword(ada.id(), chars("correct horse"), ROUNDS, "");
            byte[] key = AccessFormat.passwordKey(ada.id());
            String hash = stored(db, key);
            Snapshot snapshot = db.snapshot();
            assertThrows(WithheldException.class, () -> db.get(CREDENTIALS, key));
            assertThrows(WithheldException.class, () -> db.find(CREDENTIALS, key));
            assertThrows(WithheldException.class, () -> db.history(CREDENTIALS, key));
            assertThrows(WithheldException.class, () -> db.cursor(CREDENTIALS, KeyRange.all()));
            assertThrows(WithheldException.class, () -> snapshot.get(CREDENTIALS, key));
            assertThrows(WithheldException.class, () -> snapshot.find(CREDENTIALS, key));
            assertThrows(WithheldException.class, () -> snapshot.history(CREDENTIALS, key));
            assertThrows(WithheldException.class, () -> snapshot.withExpired().cursor(CREDENTIALS, KeyRange.all()));
            try (LedgerEntries entries = db.ledgerEntries(Long.MAX_VALUE)) {
                while (entries.next()) {
                    assertEquals(entries.table().equals(CREDENTIALS), entries.value() == null);
                }
            }
            Receipt receipt = db.receipt(set.sequence());
            assertNull(receipt.value());
            assertNull(receipt.salt());
            assertNull(db.receipt(CREDENTIALS, key).value());
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            db.exportProofs(db.checkpoint(), out, QUIET);
            ProofExportChecker checker = new ProofExportChecker(
                    new CheckpointVerifier(List.of(Signer.of(db.keys().get(0).key())), 1));
            for (String line : out.toString(UTF_8).lines().toList()) {
                checker.line(line.getBytes(UTF_8));
                assertFalse(line.contains(java.util.Base64.getEncoder().encodeToString(hash.getBytes(UTF_8))));
            }
            ProofExportChecker.Result result = checker.finish();
            assertEquals(1, result.withheld());
            assertEquals(result.entries() - 1, result.values());
            RefusedException refused =
                    assertThrows(RefusedException.class, () -> db.erase(CREDENTIALS, key, set.sequence(), "why", ""));
            assertTrue(refused.getMessage().contains("BlockDB's own"), refused::getMessage);
        }
    }

    @Test
    void grantsAndRevocationsStayInTheHistory() throws IOException {
        try (BlockDb db = open()) {
            Principals principals = db.principals();
            Principal root = principals.add("root", List.of(ADMIN), "");
            Principal ada = principals.add("ada", List.of(READER), root.id());
            Grant invoices = Grant.of(Role.WRITER, TableName.of("invoices"));
            principals.changeGrants(ada.id(), List.of(invoices), List.of(), root.id());
            principals.changeGrants(ada.id(), List.of(), List.of(READER), root.id());
            assertEquals(List.of(invoices), principals.find(ada.id()).grants());
            List<String> states = new ArrayList<>();
            byte[] key = AccessFormat.principalKey(ada.id());
            for (Revision revision : db.history(SystemTables.PRINCIPALS, key)) {
                assertEquals(
                        root.id(),
                        db.engine()
                                .ledger()
                                .blockOfSequence(revision.sequence())
                                .leaf(0)
                                .author());
                states.add(
                        AccessFormat.principal(key, revision.value()).grants().toString());
            }
            assertEquals(List.of("[writer of invoices]", "[reader, writer of invoices]", "[reader]"), states);
            assertNotNull(db.receipt(SystemTables.PRINCIPALS, key).value());
            assertEquals(2, principals.list().size());
        }
    }

    @Test
    void changesAtTheSameTimeAllCount() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try (BlockDb db = open()) {
            Principals principals = db.principals();
            Principal ada = principals.add("ada", List.of(), "");
            List<Callable<Object>> tasks = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                String number = "table" + i;
                tasks.add(() -> principals.changeGrants(
                        ada.id(), List.of(Grant.of(Role.READER, TableName.of(number))), List.of(), ""));
                tasks.add(() -> principals.setPassword(ada.id(), chars("password of " + number), ROUNDS, ""));
            }
            for (Future<Object> done : threads.invokeAll(tasks)) {
                done.get();
            }
            assertEquals(4, principals.find(ada.id()).grants().size());
            int proving = 0;
            for (int i = 0; i < 4; i++) {
                proving += principals.byPassword("ada", chars("password of table" + i), ROUNDS) == null ? 0 : 1;
            }
            assertEquals(1, proving);
            assertSound(db);
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void backupsAndReadOnlyOpensHoldThemToo() throws IOException {
        Path backup = Path.of("/backup");
        TokenText token;
        try (BlockDb db = open()) {
            Principal ada = db.principals().add("ada", List.of(ADMIN), "");
            token = db.principals().createToken(ada.id(), "t", 0, "").text();
            db.principals().setPassword(ada.id(), chars("correct horse"), ROUNDS, "");
            db.backup(backup, BackupOptions.DEFAULT, QUIET);
        }
        try (BlockDb db = BlockDb.open(Workload.ROOT, options.withReadOnly(true))) {
            assertNotNull(db.principals().byToken(token, 0));
            Principal ada = db.principals().named("ada");
            assertThrows(ReadOnlyException.class, () -> db.principals().remove(ada.id(), ""));
        }
        Path restored = Path.of("/restored");
        Restore.restore(backup, restored, options, null, QUIET);
        try (BlockDb db = BlockDb.open(restored, options)) {
            assertNotNull(db.principals().byToken(token, 0));
            assertNotNull(db.principals().byPassword("ada", chars("correct horse"), ROUNDS));
            ApiToken known = db.principals().tokens().get(0);
            db.principals().revokeToken(known.principal(), known.id(), "");
            assertNull(db.principals().byToken(token, 0));
            assertSound(db);
        }
    }
}
