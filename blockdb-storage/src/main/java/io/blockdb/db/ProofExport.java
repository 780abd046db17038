package io.blockdb.db;

import io.blockdb.base.CorruptionException;
import io.blockdb.base.LedgerPoint;
import io.blockdb.ledger.LedgerBlock;
import io.blockdb.ledger.LedgerCursor;
import io.blockdb.ledger.StoredValue;
import io.blockdb.proof.Checkpoint;
import io.blockdb.proof.EntryLeaf;
import io.blockdb.proof.ProofExportChecker;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Writes a whole ledger, as far as a checkpoint covers it, as a file that proves itself: docs/proof-export.md has the format,
 * {@link ProofExportChecker} reads it. Lines of JSON, whose fields are written in a fixed order.
 *
 * <p>Threading: one thread; writers go on meanwhile.
 */
final class ProofExport {
    private final Engine engine;
    private final OutputStream out;
    private final CopyProgress progress;
    private final Base64.Encoder base64 = Base64.getEncoder();

    ProofExport(Engine engine, OutputStream out, CopyProgress progress) {
        this.engine = engine;
        this.out = out;
        this.progress = progress;
    }

    /**
     * Writes everything that the checkpoint covers.
     *
     * @return how many entries that is
     * @throws CannotSignException if a value was erased that was there when the checkpoint was signed
     * @throws CorruptionException if the ledger is damaged there
     */
    long run(Checkpoint checkpoint, List<LedgerKey> keys) throws IOException {
        LedgerPoint end = engine.ledger().pointAt(checkpoint.treeSize());
        line("{\"format\":\"" + ProofExportChecker.FORMAT + "\",\"version\":" + ProofExportChecker.VERSION
                + ",\"origin\":\"" + escaped(checkpoint.origin().toString()) + "\",\"blocks\":" + end.blocks()
                + ",\"entries\":" + end.entries() + "}");
        Set<Long> erased = erased(end.blocks());
        try (LedgerCursor cursor = engine.blocksFrom(0)) {
            while (cursor.point().blocks() < end.blocks()) {
                LedgerBlock block = cursor.next();
                if (block == null) {
                    throw new IllegalStateException("the ledger ends before its head");
                }
                write(block, erased, end.blocks());
                progress.done(block.header().height() + 1, end.blocks());
            }
        }
        StringBuilder listed = new StringBuilder();
        for (LedgerKey key : keys) {
            if (key.height() < end.blocks()) {
                listed.append(listed.isEmpty() ? "\"" : ",\"")
                        .append(escaped(key.key().toString()))
                        .append('"');
            }
        }
        line("{\"keys\":[" + listed + "]}");
        line("{\"checkpoint\":\"" + escaped(checkpoint.note()) + "\"}");
        return end.entries();
    }

    /** Sequences whose values are erased by an entry among so many blocks, whether they are gone from the disk yet or not. */
    private Set<Long> erased(long blocks) throws IOException {
        Set<Long> erased = new HashSet<>();
        if (noneErased()) {
            return erased;
        }
        try (LedgerCursor cursor = engine.blocksFrom(0)) {
            while (cursor.point().blocks() < blocks) {
                LedgerBlock block = cursor.next();
                for (int i = 0; block != null && i < block.entryCount(); i++) {
                    EntryLeaf leaf = block.leaf(i);
                    if (leaf.table().equals(SystemTables.ERASURES) && leaf.key().length == Long.BYTES) {
                        erased.add(ByteBuffer.wrap(leaf.key()).getLong());
                    }
                }
            }
        }
        return erased;
    }

    private boolean noneErased() throws IOException {
        try {
            engine.index().checkReadable();
            return !engine.index().hasEntries(SystemTables.ERASURES);
        } catch (IndexBehindException e) {
            return false;
        }
    }

    private void write(LedgerBlock block, Set<Long> erased, long checkpointSize) throws IOException {
        line("{\"header\":\"" + base64.encodeToString(block.headerBytes()) + "\"}");
        for (int i = 0; i < block.entryCount(); i++) {
            long sequence = block.header().firstSequence() + i;
            String value = "null";
            String salt = "null";
            EntryLeaf leaf = block.leaf(i);
            boolean withheld = leaf.isOf(SystemTables.CREDENTIALS);
            if (leaf.kind() == EntryLeaf.KIND_PUT && !withheld && !erased.contains(sequence)) {
                StoredValue stored = block.value(i);
                if (stored.isErased()) {
                    throw new CannotSignException(
                            "the value of sequence " + sequence + " was erased by an entry that the"
                                    + " checkpoint of " + checkpointSize
                                    + " blocks does not cover, so the export would not hold:"
                                    + " sign a newer checkpoint, and export again");
                }
                value = "\"" + base64.encodeToString(stored.value()) + "\"";
                salt = "\"" + base64.encodeToString(stored.salt()) + "\"";
            }
            line("{\"entry\":\"" + base64.encodeToString(block.leafBytes(i)) + "\",\"value\":" + value + ",\"salt\":"
                    + salt + "}");
        }
    }

    private void line(String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
        out.write('\n');
    }

    /** A text of printable characters and line feeds, as JSON has it. */
    private static String escaped(String text) {
        return text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
    }
}
