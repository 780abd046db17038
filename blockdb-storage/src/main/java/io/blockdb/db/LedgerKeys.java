package io.blockdb.db;

import io.blockdb.base.CorruptionException;
import io.blockdb.proof.Checkpoint;
import io.blockdb.proof.Origin;
import io.blockdb.proof.VerifierKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The signing keys of a ledger by its table {@code _keys}, oldest first, and which of them may sign.
 *
 * <p>A key that came later signs only what a verifier can follow: once a checkpoint that an older key signed covers its entry.
 * Where the older ones were lost nobody can sign that; such a key was added by the same batch that retired all the others, so
 * the ledger itself says that verifiers were to be given it by hand.
 *
 * <p>Threading: immutable.
 */
final class LedgerKeys {
    private final List<LedgerKey> keys;

    private LedgerKeys(List<LedgerKey> keys) {
        this.keys = keys;
    }

    /** The keys as readers see them; by the index, or where that cannot be read, by the ledger from its first block on. */
    static LedgerKeys read(Engine engine) throws IOException {
        Engine.Published seen = engine.published();
        List<Entry> entries;
        try {
            entries = indexed(new View(engine, seen.entries(), 0, null));
        } catch (IndexBehindException e) {
            entries = walked(engine, seen.entries());
        }
        Map<String, LedgerKey> keys = new LinkedHashMap<>();
        entries.sort(Comparator.comparingLong(Entry::sequence));
        for (Entry entry : entries) {
            add(keys, engine, entry);
        }
        return new LedgerKeys(List.copyOf(keys.values()));
    }

    private record Entry(String keyId, long sequence, byte[] value) {}

    private static List<Entry> indexed(View view) throws IOException {
        List<Entry> entries = new ArrayList<>();
        try (Cursor cursor = view.cursor(SystemTables.KEYS, KeyRange.all())) {
            while (cursor.next()) {
                for (Revision revision : view.history(SystemTables.KEYS, cursor.key())) {
                    byte[] value = revision.value();
                    if (value != null) {
                        entries.add(entry(revision.key(), revision.sequence(), value));
                    }
                }
            }
        }
        return entries;
    }

    private static List<Entry> walked(Engine engine, long end) throws IOException {
        List<Entry> entries = new ArrayList<>();
        try (LedgerEntries all = new LedgerEntries(engine.blocksFrom(0), end, 0, null)) {
            while (all.next()) {
                byte[] value = all.table().equals(SystemTables.KEYS) ? all.value() : null;
                if (value != null) {
                    entries.add(entry(all.key(), all.sequence(), value));
                }
            }
        }
        return entries;
    }

    private static Entry entry(byte[] key, long sequence, byte[] value) {
        return new Entry(new String(key, StandardCharsets.US_ASCII), sequence, value);
    }

    private static void add(Map<String, LedgerKey> keys, Engine engine, Entry entry) throws IOException {
        Map<String, String> fields = SystemTables.parse(entry.value());
        VerifierKey key = SystemTables.verifierKey(entry.value());
        long height = engine.ledger().blockOfSequence(entry.sequence()).header().height();
        boolean retires = SystemTables.RETIRED.equals(fields.get("state"));
        LedgerKey known = keys.get(entry.keyId());
        if (!key.keyId().equals(entry.keyId()) || retires != (known != null)) {
            throw new CorruptionException(
                    "_keys", 0, 0, "entry " + entry.sequence() + " is none of key " + entry.keyId());
        }
        keys.put(
                entry.keyId(),
                known == null
                        ? new LedgerKey(key, String.valueOf(fields.get("node")), entry.sequence(), height, -1)
                        : new LedgerKey(known.key(), known.node(), known.sequence(), known.height(), height));
    }

    /** All keys, oldest first. */
    List<LedgerKey> all() {
        return keys;
    }

    /** Those that were not retired, oldest first. */
    List<LedgerKey> active() {
        return keys.stream().filter(LedgerKey::active).toList();
    }

    /** The key of an id, or null. */
    @Nullable
    LedgerKey find(String keyId) {
        for (LedgerKey key : keys) {
            if (key.key().keyId().equals(keyId)) {
                return key;
            }
        }
        return null;
    }

    /** Verifier keys of all, also of those that were retired: what they signed stays valid. */
    private List<VerifierKey> verifierKeys() {
        return keys.stream().map(LedgerKey::key).toList();
    }

    /**
     * What all keys are named after.
     *
     * @throws CorruptionException if the ledger has no key
     */
    Origin origin() throws CorruptionException {
        if (keys.isEmpty()) {
            throw new CorruptionException("_keys", 0, 0, "the ledger names no key");
        }
        return keys.get(0).key().origin();
    }

    /** What speaks against the signature of a checkpoint, or null where a key of this ledger signed it. */
    @Nullable
    String problemOf(Checkpoint checkpoint) {
        return Signatures.problem(checkpoint, verifierKeys());
    }

    /**
     * Whether a key may sign, as far as the ledger and what was signed before go.
     *
     * @param signedSize size of the newest tree that was signed, 0 for none
     */
    boolean maySign(LedgerKey key, long signedSize) {
        return key.active() && (key.height() == 0 || signedSize > key.height() || replacesLost(key));
    }

    /** Whether all older keys were retired by the block that added the key: they were lost. */
    boolean replacesLost(LedgerKey key) {
        for (LedgerKey older : keys) {
            if (older.sequence() < key.sequence() && (older.active() || older.retiredAtHeight() > key.height())) {
                return false;
            }
        }
        return key.height() > 0;
    }
}
