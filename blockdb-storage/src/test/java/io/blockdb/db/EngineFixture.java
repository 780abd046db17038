package io.blockdb.db;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.base.EntryCursor;
import io.blockdb.base.LedgerId;
import io.blockdb.base.Position;
import io.blockdb.base.TableName;
import io.blockdb.io.Environment;
import io.blockdb.io.MemoryFileSystem;
import io.blockdb.ledger.LedgerBlock;
import io.blockdb.ledger.LedgerCursor;
import io.blockdb.proof.MerkleTree;
import io.blockdb.proof.Origin;
import io.blockdb.proof.SigningKey;
import io.blockdb.proof.VerifierKey;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.ReentrantLock;

/** A member's engine in memory that is driven by proposals, and what the tests of its decisions have in common. */
final class EngineFixture implements AutoCloseable {
    static final Path ROOT = Path.of("/data");
    static final long BEGIN = 1_700_000_000_000_000L;
    static final LedgerId ID = LedgerId.parse("000102030405060708090a0b0c0d0e0f");
    static final long DAY = 24L * 60 * 60 * 1_000_000;

    final MemoryFileSystem files;
    final BlockDb db;
    final Engine engine;

    /** Time of the next proposal. */
    long time = BEGIN;

    private long proposals;

    private EngineFixture(MemoryFileSystem files) throws IOException {
        this.files = files;
        this.db = BlockDb.openMember(ROOT, options(files));
        this.engine = db.engine();
    }

    /** Small limits, so that entries are in the memtable, in SSTables and in several segments. */
    static Options options(MemoryFileSystem files) {
        Random random = new Random(1);
        ReentrantLock lock = new ReentrantLock();
        Environment environment = new Environment(files, () -> BEGIN, target -> {
            lock.lock();
            try {
                random.nextBytes(target);
            } finally {
                lock.unlock();
            }
        });
        return Options.defaults()
                .withEnvironment(environment)
                .withDiskReserve(0)
                .withSegmentSize(64 << 10)
                .withMemtableSizeLimit(64 << 10)
                .withInlineValueLimit(64);
    }

    static EngineFixture unborn() throws IOException {
        return new EngineFixture(new MemoryFileSystem());
    }

    static EngineFixture founded() throws IOException {
        EngineFixture fixture = unborn();
        fixture.found();
        return fixture;
    }

    static EngineFixture reopened(MemoryFileSystem files) throws IOException {
        return new EngineFixture(files);
    }

    static VerifierKey key(int seed) {
        return key(seed, Origin.DEFAULT_NAME, ID);
    }

    static VerifierKey key(int seed, String name, LedgerId id) {
        byte[] bytes = new byte[SigningKey.SEED_LENGTH];
        Arrays.fill(bytes, (byte) seed);
        return SigningKey.of(bytes).verifierKey(new Origin(name, id));
    }

    static Ask founding() {
        return new Ask()
                .operation(new Operation.RaiseLevel(1, SystemTables.WRITER))
                .operation(new Operation.AddKey(key(1), "node1"));
    }

    Proposal foundingProposal() {
        return new Proposal(nextPosition(), time, ID, List.of(founding().batch()));
    }

    void found() throws IOException {
        Applied applied = engine.apply(foundingProposal());
        assertInstanceOf(Outcome.Committed.class, applied.outcomes().get(0));
        engine.publishAll();
    }

    /** The n-th position, which is not {@link Position#NONE}. */
    static Position position(long n) {
        return Position.of(ByteBuffer.allocate(Position.LENGTH).putLong(24, n).array());
    }

    Position nextPosition() {
        return position(++proposals);
    }

    Applied apply(Ask... asks) throws IOException {
        List<Batch> batches = new ArrayList<>();
        for (Ask ask : asks) {
            batches.add(ask.batch());
        }
        Applied applied = engine.apply(new Proposal(nextPosition(), time++, null, batches));
        engine.publishAll();
        return applied;
    }

    /** Applies a batch that adds entries. */
    Commit commits(Ask ask) throws IOException {
        Commit commit = committed(apply(ask).outcomes().get(0));
        assertFalse(commit.existing(), commit::toString);
        return commit;
    }

    /** Applies a batch that stands there already: the first commit answers, nothing is added. */
    void isSameAs(Commit first, Ask ask) throws IOException {
        String before = state();
        assertEquals(existing(first), committed(apply(ask).outcomes().get(0)));
        assertEquals(before, state());
    }

    static Commit committed(Outcome outcome) {
        return assertInstanceOf(Outcome.Committed.class, outcome).commit();
    }

    static Commit existing(Commit first) {
        return new Commit(
                first.sequence(), first.entries(), first.height(), first.blockHash(), first.timestamp(), true);
    }

    /** Applies a batch that is refused, and leaves no trace. */
    RefusedException refuses(RefusedException.Reason reason, List<Integer> operations, Ask ask) throws IOException {
        String before = state();
        RefusedException refused =
                refused(reason, operations, apply(ask).outcomes().get(0));
        assertEquals(before, state());
        return refused;
    }

    static RefusedException refused(RefusedException.Reason reason, List<Integer> operations, Outcome outcome) {
        RefusedException refused = assertInstanceOf(Outcome.Refused.class, outcome, outcome::toString)
                .reason();
        assertEquals(reason, refused.reason(), refused::getMessage);
        assertEquals(operations, refused.operations(), refused::getMessage);
        assertTrue(String.valueOf(refused.getMessage()).length() > 10, refused::getMessage);
        return refused;
    }

    /** A hash of every byte on disk that is not derived, the head, and every entry of the index. */
    String state() throws IOException {
        StringBuilder state = new StringBuilder();
        files.snapshot().forEach((path, content) -> {
            if (!path.contains("/index/") && !path.contains("/tree/")) {
                state.append(path).append(content);
            }
        });
        state.append(engine.head())
                .append(engine.ledgerId())
                .append(engine.catalog().declared());
        appendIndex(state);
        return MerkleTree.leafHash(Ask.bytes(state.toString())).toString();
    }

    private void appendIndex(StringBuilder state) throws IOException {
        for (TableName table : engine.index().tables()) {
            state.append('\n').append(table);
            try (EntryCursor cursor = engine.index().cursor(table)) {
                for (boolean there = cursor.first(); there; there = cursor.next()) {
                    state.append(hex(cursor.keyArray(), cursor.keyOffset(), cursor.keyLength()))
                            .append('@')
                            .append(cursor.sequence())
                            .append('=')
                            .append(hex(cursor.valueArray(), cursor.valueOffset(), cursor.valueLength()));
                }
            }
        }
    }

    private static String hex(byte[] array, int offset, int length) {
        return HexFormat.of().formatHex(array, offset, offset + length);
    }

    /** The newest block. */
    LedgerBlock lastBlock() throws IOException {
        return engine.ledger().blockAtHeight(engine.ledger().head().blocks() - 1);
    }

    /** All blocks from a height on, as another engine gets them. */
    List<LedgerBlock> blocksFrom(long height) throws IOException {
        List<LedgerBlock> blocks = new ArrayList<>();
        try (LedgerCursor cursor = engine.blocksFrom(height)) {
            for (LedgerBlock block; (block = cursor.next()) != null; ) {
                blocks.add(block);
            }
        }
        return blocks;
    }

    /** Closes the database before the end of the block that would do so. */
    void shut() throws IOException {
        db.close();
    }

    @Override
    public void close() throws IOException {
        shut();
    }
}
