package io.blockdb.proof;

import io.blockdb.base.Hash;
import io.blockdb.base.TableName;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Checks a proof export, line by line: a whole ledger in one file, with every entry, header and value, and the checkpoint that
 * commits to all of it (docs/proof-export.md). Needs nothing but the verifier keys; its memory grows with what was erased alone.
 *
 * <p>Every leaf, entries root, block hash and the root of the tree is computed anew. What holds in the end is that the signers
 * vouch for exactly these entries, in this order, nothing left out.
 *
 * <p>Threading: one thread.
 */
public final class ProofExportChecker {
    /** What the first line calls the format. */
    public static final String FORMAT = "blockdb-proof-export";

    /** Version of the format. */
    public static final int VERSION = 1;

    private static final String KEYS = "_keys";
    private static final String ERASURES = "_erasures";

    private enum State {
        BEGIN,
        BLOCK_OR_KEYS,
        ENTRIES,
        CHECKPOINT,
        END
    }

    private final CheckpointVerifier trusted;
    private final MerkleTree tree = new MerkleTree();
    private final Set<String> keysOfLedger = new HashSet<>();
    private final Set<Long> withoutValue = new TreeSet<>();

    private State state = State.BEGIN;
    private long line;
    private @Nullable Origin origin;
    private long blocksStated;
    private long entriesStated;
    private @Nullable BlockHeader header;
    private Hash previousHash = Hash.ZERO;
    private byte[] leafHashes = {};
    private int entriesSeen;
    private long entries;
    private long values;
    private long erased;
    private long deletes;
    private @Nullable Checkpoint checkpoint;

    /** @param trusted whose signature of the checkpoint counts */
    public ProofExportChecker(CheckpointVerifier trusted) {
        this.trusted = trusted;
    }

    /**
     * What a whole export proves.
     *
     * @param checkpoint the checkpoint that holds
     * @param blocks blocks in the file, all that the checkpoint covers
     * @param entries their entries
     * @param values entries whose values are in the file and are what was written
     * @param deletes entries that are deletes
     * @param erased entries whose values an entry of {@code _erasures} erased
     */
    public record Result(Checkpoint checkpoint, long blocks, long entries, long values, long deletes, long erased) {
        /** Entries of {@code _credentials}: their values are in no export. */
        public long withheld() {
            return entries - values - deletes - erased;
        }
    }

    /**
     * Checks the next line.
     *
     * @param json the line, without its line feed
     * @throws ProofException if it does not hold; the message begins with the line's number
     */
    public void line(byte[] json) throws ProofException {
        line++;
        try {
            JsonReader in = new JsonReader(JsonReader.decode(json));
            switch (state) {
                case BEGIN -> begin(in);
                case BLOCK_OR_KEYS -> blockOrKeys(in);
                case ENTRIES -> entry(in);
                case CHECKPOINT -> checkpoint(in);
                case END -> throw refuse(ProofException.Step.FORM, "nothing may follow the checkpoint");
            }
        } catch (MalformedException e) {
            throw refuse(ProofException.Step.FORM, e.getMessage());
        }
    }

    /** Bytes of blocks so far, for who shows progress. */
    public long blocks() {
        return tree.size();
    }

    /** How many blocks the first line promises. */
    public long blocksStated() {
        return blocksStated;
    }

    /**
     * Ends the check.
     *
     * @throws ProofException if something is missing
     */
    public Result finish() throws ProofException {
        Checkpoint held = checkpoint;
        if (state != State.END || held == null) {
            throw refuse(ProofException.Step.FORM, "the file ends here; it is not whole");
        }
        return new Result(held, tree.size(), entries, values, deletes, erased);
    }

    private ProofException refuse(ProofException.Step step, @Nullable String reason) {
        return new ProofException(step, "line " + line + ": " + reason);
    }

    private static void field(JsonReader in, boolean first, String name) throws MalformedException {
        in.expect(first ? '{' : ',');
        String found = in.string();
        if (!found.equals(name)) {
            throw new MalformedException("expected field '" + name + "', found '" + found + "'");
        }
        in.expect(':');
    }

    private static void end(JsonReader in) throws MalformedException {
        in.expect('}');
        in.end();
    }

    private void begin(JsonReader in) throws MalformedException, ProofException {
        field(in, true, "format");
        String format = in.string();
        if (!format.equals(FORMAT)) {
            throw new MalformedException("the format is '" + format + "', not " + FORMAT);
        }
        field(in, false, "version");
        long version = in.number();
        if (version != VERSION) {
            throw new MalformedException("version " + version
                    + " of the format is not known to this verifier, which reads " + VERSION + "; a newer one may");
        }
        field(in, false, "origin");
        Origin stated = Origin.parse(in.string());
        field(in, false, "blocks");
        blocksStated = in.number();
        field(in, false, "entries");
        entriesStated = in.number();
        end(in);
        if (!stated.equals(trusted.origin())) {
            throw refuse(
                    ProofException.Step.CHECKPOINT,
                    "the export is of ledger '" + stated + "', the verifier keys are of '" + trusted.origin() + "'");
        }
        origin = stated;
        state = State.BLOCK_OR_KEYS;
    }

    private void blockOrKeys(JsonReader in) throws MalformedException, ProofException {
        if (tree.size() == blocksStated) {
            keys(in);
            return;
        }
        field(in, true, "header");
        byte[] bytes = CanonicalBase64.decode(in.string(), "header");
        end(in);
        BlockHeader next;
        try {
            next = BlockHeader.parse(bytes, 0, bytes.length);
        } catch (MalformedException e) {
            throw refuse(ProofException.Step.HEADER, e.getMessage());
        }
        checkFollows(next);
        header = next;
        previousHash = MerkleTree.leafHash(bytes);
        leafHashes = new byte[0];
        entriesSeen = 0;
        state = State.ENTRIES;
    }

    private void checkFollows(BlockHeader next) throws ProofException {
        BlockHeader before = header;
        Origin stated = origin;
        String problem = null;
        if (stated == null || !next.ledgerId().equals(stated.ledgerId())) {
            problem = "the block is of ledger " + next.ledgerId();
        } else if (next.height() != tree.size()) {
            problem = "expected the block of height " + tree.size() + ", found " + next.height();
        } else if (next.firstSequence() != entries) {
            problem = "expected first sequence " + entries + ", found " + next.firstSequence();
        } else if (!next.previousHash().equals(previousHash)) {
            problem = "block " + next.height() + " does not follow the one before: expected previous hash "
                    + previousHash + ", found " + next.previousHash();
        } else if (before != null && next.timestamp() < before.timestamp()) {
            problem = "timestamp " + next.timestamp() + " is before the previous block's " + before.timestamp();
        } else if (next.entryCount() > Integer.MAX_VALUE / Hash.LENGTH) {
            problem = next.entryCount() + " entries are more than a block can have";
        }
        if (problem != null) {
            throw refuse(ProofException.Step.HEADER, problem);
        }
    }

    private void entry(JsonReader in) throws MalformedException, ProofException {
        BlockHeader block = header;
        if (block == null) {
            throw new IllegalStateException("an entry without a block");
        }
        field(in, true, "entry");
        byte[] bytes = CanonicalBase64.decode(in.string(), "entry");
        field(in, false, "value");
        byte[] value = bytes(in, "value");
        field(in, false, "salt");
        byte[] salt = bytes(in, "salt");
        end(in);
        EntryLeaf leaf;
        try {
            leaf = EntryLeaf.parse(bytes, 0, bytes.length);
        } catch (MalformedException e) {
            throw refuse(ProofException.Step.ENTRY, e.getMessage());
        }
        boolean last = entriesSeen + 1 == block.entryCount();
        if (last && leaf.joined()) {
            throw refuse(ProofException.Step.ENTRY, "the last entry of a block is joined to a next one");
        }
        if (block.height() == 0 && !leaf.table().isSystem()) {
            throw refuse(ProofException.Step.ENTRY, "block 0 holds an entry of table '" + leaf.table() + "'");
        }
        checkValue(leaf, value, salt);
        note(leaf, value);
        if (leafHashes.length < (entriesSeen + 1) * Hash.LENGTH) {
            leafHashes = Arrays.copyOf(leafHashes, Math.max(32 * Hash.LENGTH, 2 * leafHashes.length));
        }
        MerkleTree.leafHash(bytes, 0, bytes.length, leafHashes, entriesSeen * Hash.LENGTH);
        entriesSeen++;
        entries++;
        if (last) {
            endBlock(block);
        }
    }

    private static byte @Nullable [] bytes(JsonReader in, String what) throws MalformedException {
        String text = in.stringOrNull();
        return text == null ? null : CanonicalBase64.decode(text, what);
    }

    private void checkValue(EntryLeaf leaf, byte @Nullable [] value, byte @Nullable [] salt) throws ProofException {
        String problem = null;
        if ((value == null) != (salt == null)) {
            problem = "value and salt are there both or not at all";
        } else if (leaf.kind() == EntryLeaf.KIND_DELETE) {
            problem = value == null ? null : "a delete has no value";
            deletes++;
        } else if (value == null || salt == null) {
            if (leaf.saltLength() == 0) {
                problem = "the value is missing, and without a salt it cannot have been erased";
            }
            if (!leaf.table().isWithheld()) {
                withoutValue.add(entries);
            }
        } else if (salt.length != leaf.saltLength() || value.length != leaf.valueLength()) {
            problem = "value and salt have " + value.length + " and " + salt.length + " bytes, the entry says "
                    + leaf.valueLength() + " and " + leaf.saltLength();
        } else if (!leaf.digestMatches(salt, value)) {
            problem = "the value of sequence " + entries + " is not the one that the entry commits to";
        } else {
            values++;
        }
        if (problem != null) {
            throw refuse(ProofException.Step.VALUE, problem);
        }
    }

    /** Takes note of keys and erasures, which the rest of the file is held against. */
    private void note(EntryLeaf leaf, byte @Nullable [] value) {
        TableName table = leaf.table();
        if (!table.isSystem() || leaf.kind() != EntryLeaf.KIND_PUT) {
            return;
        }
        if (table.toString().equals(ERASURES) && leaf.key().length == Long.BYTES) {
            if (withoutValue.remove(ByteBuffer.wrap(leaf.key()).getLong())) {
                erased++;
            }
        } else if (table.toString().equals(KEYS) && value != null) {
            keysOfLedger.add(new String(leaf.key(), StandardCharsets.UTF_8));
        }
    }

    private void endBlock(BlockHeader block) throws ProofException {
        Hash root = MerkleTree.root(leafHashes, entriesSeen);
        if (!root.equals(block.entriesRoot())) {
            throw refuse(
                    ProofException.Step.ENTRY_PATH,
                    "the root over the entries of block " + block.height() + " is " + root + ", its header says "
                            + block.entriesRoot());
        }
        tree.append(previousHash);
        state = State.BLOCK_OR_KEYS;
    }

    /** The keys that the ledger itself names: they are listed for people, and must be no others. */
    private void keys(JsonReader in) throws MalformedException, ProofException {
        field(in, true, "keys");
        List<String> listed = in.strings();
        end(in);
        Set<String> ids = new HashSet<>();
        for (String text : listed) {
            VerifierKey key = VerifierKey.parse(text);
            if (!key.origin().equals(origin) || !ids.add(key.keyId())) {
                throw refuse(ProofException.Step.FORM, "key " + key.keyId() + " is of another ledger, or listed twice");
            }
        }
        if (!ids.equals(keysOfLedger)) {
            throw refuse(
                    ProofException.Step.FORM,
                    "the keys listed are " + new TreeSet<>(ids) + ", those of the ledger are "
                            + new TreeSet<>(keysOfLedger));
        }
        if (entries != entriesStated) {
            throw refuse(
                    ProofException.Step.FORM,
                    "the file holds " + entries + " entries, its first line says " + entriesStated);
        }
        if (!withoutValue.isEmpty()) {
            List<Long> some = new ArrayList<>(withoutValue).subList(0, Math.min(10, withoutValue.size()));
            throw refuse(
                    ProofException.Step.VALUE,
                    "values are missing that no entry erases: sequences " + some
                            + (withoutValue.size() > some.size() ? " and more" : ""));
        }
        state = State.CHECKPOINT;
    }

    private void checkpoint(JsonReader in) throws MalformedException, ProofException {
        field(in, true, "checkpoint");
        Checkpoint parsed = Checkpoint.parse(in.string());
        end(in);
        try {
            trusted.verify(parsed);
        } catch (ProofException e) {
            throw refuse(e.step(), e.reason());
        }
        if (parsed.treeSize() != tree.size() || !parsed.root().equals(tree.root())) {
            throw refuse(
                    ProofException.Step.BLOCK_PATH,
                    "the checkpoint says that the root of " + parsed.treeSize() + " blocks is " + parsed.root()
                            + ", that of the " + tree.size() + " blocks of the file is " + tree.root());
        }
        checkpoint = parsed;
        state = State.END;
    }
}
