package io.blockdb.db;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.access.ApiToken;
import io.blockdb.access.Grant;
import io.blockdb.access.PasswordHash;
import io.blockdb.access.Principal;
import io.blockdb.access.Role;
import io.blockdb.base.LedgerPoint;
import io.blockdb.base.Position;
import io.blockdb.base.TableName;
import io.blockdb.io.MemoryFileSystem;
import io.blockdb.io.MemoryFileSystem.UnsyncedPolicy;
import io.blockdb.ledger.BlockEntry;
import io.blockdb.ledger.Ledger;
import io.blockdb.ledger.StoredValue;
import io.blockdb.proof.BlockHeader;
import io.blockdb.proof.EntryLeaf;
import io.blockdb.proof.MerkleTree;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Blocks that hang together and that no rule about principals would have let come about: verify finds them. */
class ForgedAccessTest {
    private static final Path ROOT = Workload.ROOT;
    private static final byte[] NOTHING = {};
    private static final byte[] SALT = new byte[EntryLeaf.SALT_LENGTH];
    private static final String NEW = "00000000000000aa";
    private static final PasswordHash HASH = PasswordHash.kept(1, new byte[16], new byte[32]);

    private final MemoryFileSystem disk = new MemoryFileSystem();
    private Principal ada;
    private ApiToken token;
    private long password;
    private long secret;

    private static Options options(MemoryFileSystem files) {
        return Workload.options(files, 1).withSegmentSize(1 << 20);
    }

    @BeforeEach
    void write() throws IOException {
        try (BlockDb db = BlockDb.open(ROOT, options(disk))) {
            Principals principals = db.principals();
            ada = principals.add("ada", List.of(Grant.of(Role.READER)), "");
            password = principals
                    .setPassword(ada.id(), "correct horse".toCharArray(), 1, "")
                    .sequence();
            Principals.Issued issued = principals.createToken(ada.id(), "t", 0, "");
            token = issued.token();
            secret = issued.commit().sequence() + 1;
        }
    }

    private static BlockEntry entry(int kind, TableName table, byte[] key, byte[] value, byte[] salt, long expires) {
        byte[] leaf = EntryLeaf.encode(kind, NOTHING, table, key, value, salt, expires, false);
        return new BlockEntry(leaf, MerkleTree.leafHash(leaf).toBytes(), new StoredValue(value, salt));
    }

    private static BlockEntry principal(Principal principal) {
        return put(AccessFormat.principalKey(principal.id()), AccessFormat.value(principal));
    }

    private static BlockEntry token(ApiToken token) {
        return put(AccessFormat.tokenKey(token.principal(), token.id()), AccessFormat.value(token));
    }

    private static BlockEntry put(byte[] key, byte[] value) {
        return entry(EntryLeaf.KIND_PUT, SystemTables.PRINCIPALS, key, value, NOTHING, 0);
    }

    private static BlockEntry credential(byte[] key) {
        return entry(EntryLeaf.KIND_PUT, SystemTables.CREDENTIALS, key, AccessFormat.value(HASH), SALT, 0);
    }

    private BlockEntry erasure(long sequence, byte[] key) {
        return entry(
                EntryLeaf.KIND_PUT,
                SystemTables.ERASURES,
                SystemTables.erasureKey(sequence),
                SystemTables.erasureValue(SystemTables.CREDENTIALS, key, "why"),
                NOTHING,
                0);
    }

    /** A copy of the database whose ledger ends with a block of these entries. */
    private MemoryFileSystem with(BlockEntry... entries) throws IOException {
        MemoryFileSystem files = disk.crashClone(UnsyncedPolicy.DROP_NONE, new Random(1));
        Options options = options(files);
        try (Ledger ledger = Ledger.open(
                options.environment(),
                ROOT.resolve("ledger"),
                ROOT.resolve("quarantine"),
                options.ledgerOptions(),
                null,
                blocks -> 0)) {
            LedgerPoint head = ledger.head();
            assertNotNull(head);
            byte[] hashes = new byte[32 * entries.length];
            for (int i = 0; i < entries.length; i++) {
                System.arraycopy(entries[i].leafHash(), 0, hashes, 32 * i, 32);
            }
            BlockHeader header = new BlockHeader(
                    entries.length,
                    head.blocks(),
                    head.entries(),
                    head.timestamp(),
                    ledger.ledgerId(),
                    head.lastHash(),
                    MerkleTree.root(hashes, entries.length));
            ledger.append(header, List.of(entries), Position.NONE);
        }
        return files;
    }

    private VerifyReport verify(BlockEntry... entries) throws IOException {
        return BlockDb.verify(ROOT, options(with(entries)), (done, total, blocks) -> {});
    }

    private void refused(String reason, BlockEntry... entries) throws IOException {
        VerifyReport report = verify(entries);
        assertEquals(1, report.failures().size(), report::toString);
        assertTrue(report.failures().get(0).reason().contains(reason), report::toString);
    }

    @Test
    void whatApplyWouldHaveMadeIsGood() throws IOException {
        byte[] passwordKey = AccessFormat.passwordKey(ada.id());
        byte[] tokenKey = AccessFormat.tokenKey(ada.id(), token.id());
        VerifyReport report = verify(
                erasure(password, passwordKey),
                credential(passwordKey),
                erasure(secret, tokenKey),
                token(token.revoked()),
                principal(ada.with(List.of())),
                principal(Principal.of(NEW, "bob", List.of())),
                credential(AccessFormat.passwordKey(NEW)));
        assertTrue(report.valid(), report::toString);
    }

    @Test
    void principalsKeepTheirNamesAndDoNotComeBack() throws IOException {
        refused("never changes", principal(Principal.of(ada.id(), "eve", List.of())));
        refused("have the same name 'ada'", principal(Principal.of(NEW, "ada", List.of())));
        refused(
                "is removed, and never was",
                principal(Principal.of(NEW, "bob", List.of()).removed()));
        refused(
                "is there again",
                principal(Principal.of(NEW, "bob", List.of())),
                principal(Principal.of(NEW, "bob", List.of()).removed()),
                principal(Principal.of(NEW, "bob", List.of())));
        refused("what proves it was not erased", principal(ada.removed()));
        refused("does not parse", put(AccessFormat.principalKey(NEW), "{\"name\":7}".getBytes(UTF_8)));
        refused("does not parse", put("nobody".getBytes(UTF_8), AccessFormat.value(ada)));
        refused(
                "is no plain put",
                entry(
                        EntryLeaf.KIND_PUT,
                        SystemTables.PRINCIPALS,
                        AccessFormat.principalKey(NEW),
                        AccessFormat.value(Principal.of(NEW, "bob", List.of())),
                        SALT,
                        0));
    }

    @Test
    void tokensAreRevokedOnceWithWhatProvesThem() throws IOException {
        refused("what proves it was not erased", token(token.revoked()));
        refused("revoked once", token(token));
        refused("revoked once", token(new ApiToken(token.principal(), token.id(), "other", 0, false)));
        refused("of no principal", token(new ApiToken(NEW, token.id(), "t", 0, true)));
    }

    @Test
    void whatProvesSomebodyIsSaltedAndReplacesOnlyWhatIsErased() throws IOException {
        refused("which was not erased", credential(AccessFormat.passwordKey(ada.id())));
        refused("that is not there", credential(AccessFormat.passwordKey(NEW)));
        refused("that is not there", credential(AccessFormat.tokenKey(ada.id(), NEW)));
        refused("of no principal", credential("other".getBytes(UTF_8)));
        refused(
                "is no put with a salt",
                erasure(password, AccessFormat.passwordKey(ada.id())),
                entry(
                        EntryLeaf.KIND_PUT,
                        SystemTables.CREDENTIALS,
                        AccessFormat.passwordKey(ada.id()),
                        AccessFormat.value(HASH),
                        NOTHING,
                        0));
    }
}
