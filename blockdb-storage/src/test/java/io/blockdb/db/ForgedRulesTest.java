package io.blockdb.db;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.base.LedgerPoint;
import io.blockdb.base.Position;
import io.blockdb.base.TableName;
import io.blockdb.io.MemoryFileSystem;
import io.blockdb.io.MemoryFileSystem.UnsyncedPolicy;
import io.blockdb.ledger.BlockEntry;
import io.blockdb.ledger.Ledger;
import io.blockdb.ledger.StoredValue;
import io.blockdb.ledger.ValuePlace;
import io.blockdb.proof.BlockHeader;
import io.blockdb.proof.EntryLeaf;
import io.blockdb.proof.MerkleTree;
import io.blockdb.proof.Origin;
import io.blockdb.proof.SigningKey;
import io.blockdb.proof.VerifierKey;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Blocks that hang together and that apply would never have made: state is a function of the ledger, and its rules are checked. */
class ForgedRulesTest {
    private static final Path ROOT = Workload.ROOT;
    private static final byte[] NOTHING = {};
    private static final byte[] SALT = new byte[EntryLeaf.SALT_LENGTH];
    private static final TableName VERSIONS = TableName.of("versions");
    private static final TableName VAULT = TableName.of("vault");

    private final MemoryFileSystem disk = new MemoryFileSystem();
    private long salted;

    private static Options options(MemoryFileSystem files) {
        return Workload.options(files, 1).withSegmentSize(1 << 20);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    @BeforeEach
    void write() throws IOException {
        try (BlockDb db = BlockDb.open(ROOT, options(disk))) {
            db.createTable(VERSIONS, TablePolicy.VERSIONED, false);
            db.createTable(VAULT, TablePolicy.VERSIONED, true);
            db.put(TableName.DEFAULT, bytes("once"), bytes("first"));
            salted = db.put(VAULT, bytes("secret"), bytes("to be erased")).sequence();
        }
    }

    private static BlockEntry entry(int kind, TableName table, byte[] key, byte[] value, byte[] salt, long expires) {
        byte[] leaf = EntryLeaf.encode(kind, NOTHING, table, key, value, salt, expires, false);
        return new BlockEntry(leaf, MerkleTree.leafHash(leaf).toBytes(), new StoredValue(value, salt));
    }

    private static BlockEntry put(TableName table, String key, byte[] value) {
        return entry(EntryLeaf.KIND_PUT, table, bytes(key), value, NOTHING, 0);
    }

    /** A copy of the database whose ledger ends with a block of these entries; the index does not reach it. */
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

    private static VerifyReport verify(MemoryFileSystem files) throws IOException {
        VerifyReport report = BlockDb.verify(ROOT, options(files), (done, total, blocks) -> {});
        files.assertNoOpenFiles();
        return report;
    }

    private void refused(String reason, BlockEntry... entries) throws IOException {
        VerifyReport report = verify(with(entries));
        assertEquals(1, report.failures().size(), report::toString);
        VerifyReport.Failure failure = report.failures().get(0);
        assertTrue(failure.reason().contains(reason), report::toString);
        assertEquals("ledger/0000000001.seg", failure.file());
        assertEquals(5, failure.height());
    }

    @Test
    void whatApplyWouldHaveMadeIsGood() throws IOException {
        VerifyReport report = verify(with(
                put(TableName.DEFAULT, "twice", bytes("second")),
                entry(EntryLeaf.KIND_DELETE, VERSIONS, bytes("k"), NOTHING, NOTHING, 0),
                entry(EntryLeaf.KIND_PUT, VAULT, bytes("k"), bytes("v"), SALT, 5),
                put(SystemTables.TABLES, "more", SystemTables.tableValue(TablePolicy.VERSIONED, false))));
        assertTrue(report.valid(), report::toString);
    }

    @Test
    void aWriteOnceKeyStandsOnce() throws IOException {
        refused("stands in the ledger twice", put(TableName.DEFAULT, "once", bytes("second")));
        refused(
                "stands in the ledger twice",
                put(TableName.of("undeclared"), "k", bytes("1")),
                put(TableName.of("undeclared"), "k", bytes("1")));
    }

    @Test
    void writeOnceTablesHoldNoDeletesAndNothingThatExpires() throws IOException {
        refused(
                "a delete in table",
                entry(EntryLeaf.KIND_DELETE, TableName.DEFAULT, bytes("once"), NOTHING, NOTHING, 0));
        refused("never expire", entry(EntryLeaf.KIND_PUT, TableName.DEFAULT, bytes("e"), NOTHING, NOTHING, 7));
    }

    @Test
    void erasableTablesHoldSaltedValues() throws IOException {
        refused("without a salt", put(VAULT, "k", bytes("v")));
    }

    @Test
    void policiesNeverChange() throws IOException {
        refused(
                "never changes",
                put(SystemTables.TABLES, "versions", SystemTables.tableValue(TablePolicy.WRITE_ONCE, false)));
        refused(
                "never changes",
                put(SystemTables.TABLES, "default", SystemTables.tableValue(TablePolicy.VERSIONED, false)));
        refused(
                "BlockDB's own",
                put(SystemTables.TABLES, "_keys", SystemTables.tableValue(TablePolicy.VERSIONED, false)));
        refused("does not parse", put(SystemTables.TABLES, "other", bytes("{")));
    }

    @Test
    void keysAreUsedOnce() throws IOException {
        VerifierKey stranger;
        VerifierKey own;
        try (BlockDb db = BlockDb.open(ROOT, options(disk).withReadOnly(true))) {
            stranger = SigningKey.of(SALTED_SEED)
                    .verifierKey(new Origin("blockdb", assertFound(db.engine().ledgerId())));
            try (Cursor cursor = db.cursor(SystemTables.KEYS, KeyRange.all())) {
                assertTrue(cursor.next());
                own = SystemTables.verifierKey(cursor.value());
            }
        }
        assertTrue(verify(with(put(
                        SystemTables.KEYS,
                        stranger.keyId(),
                        SystemTables.keyValue(stranger.toString(), "n", SystemTables.ACTIVE))))
                .valid());
        refused(
                "has or had the id",
                put(SystemTables.KEYS, own.keyId(), SystemTables.keyValue(own.toString(), "n", SystemTables.ACTIVE)));
        refused(
                "was not active",
                put(
                        SystemTables.KEYS,
                        stranger.keyId(),
                        SystemTables.keyValue(stranger.toString(), "n", SystemTables.RETIRED)));
        refused(
                "expected the key of id",
                put(
                        SystemTables.KEYS,
                        "00000000",
                        SystemTables.keyValue(stranger.toString(), "n", SystemTables.ACTIVE)));
    }

    private static final byte[] SALTED_SEED = new byte[SigningKey.SEED_LENGTH];

    private static <T> T assertFound(T found) {
        assertNotNull(found);
        return found;
    }

    @Test
    void theLevelIsOnlyRaised() throws IOException {
        refused(
                "only raised",
                entry(
                        EntryLeaf.KIND_PUT,
                        SystemTables.FORMAT,
                        SystemTables.LEVEL_KEY,
                        SystemTables.formatValue(1, "w"),
                        NOTHING,
                        0));
    }

    @Test
    void requestsFollowFromTheirBatch() throws IOException {
        refused(
                "of a request: expected expires_at",
                entry(EntryLeaf.KIND_PUT, SystemTables.REQUESTS, new byte[] {0, 1}, NOTHING, NOTHING, 9));
    }

    // ---- Erasing

    private BlockEntry erasure(long sequence, String key) {
        return entry(
                EntryLeaf.KIND_PUT,
                SystemTables.ERASURES,
                SystemTables.erasureKey(sequence),
                SystemTables.erasureValue(VAULT, bytes(key), "why"),
                NOTHING,
                0);
    }

    /** Overwrites the value of the salted entry, as an erasure does, from the frame's begin up to so many bytes. */
    private void overwrite(MemoryFileSystem files, boolean half) throws IOException {
        ValuePlace place;
        try (BlockDb db = BlockDb.open(ROOT, options(disk).withReadOnly(true))) {
            place = assertFound(db.engine().ledger().blockOfSequence(salted).valuePlace(0));
        }
        Path segment = ROOT.resolve("ledger/0000000001.seg");
        byte[] content = files.content(segment);
        int at = (int) place.offset();
        int length = (16 + 16 + ByteBuffer.wrap(content).getInt(at + 4) + 7) & ~7;
        ByteBuffer erased = ByteBuffer.allocate(length);
        erased.putInt(8, place.valueLength()).put(12, (byte) 2).put(14, (byte) 16);
        System.arraycopy(erased.array(), 0, content, at, half ? length / 2 : length);
        files.setContent(segment, content);
    }

    @Test
    void anErasedValueWithItsEntryIsGoodAlsoWhileItIsOverwritten() throws IOException {
        MemoryFileSystem pending = with(erasure(salted, "secret"));
        assertTrue(verify(pending).valid());
        overwrite(pending, true);
        VerifyReport report = verify(pending);
        assertTrue(report.valid(), report::toString);
        overwrite(pending, false);
        report = verify(pending);
        assertTrue(report.valid(), report::toString);
    }

    @Test
    void anErasedValueWithoutAnEntryIsDamage() throws IOException {
        for (boolean half : new boolean[] {true, false}) {
            MemoryFileSystem files = disk.crashClone(UnsyncedPolicy.DROP_NONE, new Random(1));
            overwrite(files, half);
            VerifyReport report = verify(files);
            assertEquals(1, report.failures().size(), report::toString);
            assertEquals(salted, report.failures().get(0).sequence());
            assertEquals(4, report.failures().get(0).height());
            assertEquals(!half, report.failures().get(0).reason().contains("no entry in _erasures"));
        }
    }

    @Test
    void erasuresNameWhatCanBeErased() throws IOException {
        refused("another table or key", erasure(salted, "other"));
        refused("has no value that can be erased", erasure(salted - 1, "once"));
        refused("cannot be erased by sequence", erasure(1000, "secret"));
        refused(
                "expected a key of 8 bytes",
                put(SystemTables.ERASURES, "short", SystemTables.erasureValue(VAULT, bytes("k"), "")));
        refused("was erased by sequence", erasure(salted, "secret"), erasure(salted, "secret"));
    }
}
