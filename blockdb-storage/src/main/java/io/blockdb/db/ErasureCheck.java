package io.blockdb.db;

import io.blockdb.base.CorruptionException;
import io.blockdb.base.LedgerPoint;
import io.blockdb.base.TableName;
import io.blockdb.db.VerifyReport.Failure;
import io.blockdb.ledger.Ledger;
import io.blockdb.ledger.LedgerBlock;
import io.blockdb.ledger.LedgerCursor;
import io.blockdb.proof.EntryLeaf;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Holds erased values against the entries of {@code _erasures}, both ways: an erased value without an entry is damage, and so is
 * a value that is still there though its erasure was recorded as carried out. Overwriting a value is not atomic: as long as its
 * erasure is pending, a mixture of old and overwritten bytes in its frame is no damage.
 *
 * <p>This is the place of that rule. An erasure is pending unless its entry has a sequence below what the manifest records as
 * carried out.
 *
 * <p>Threading: one thread at a time. Memory: a few dozen bytes for each erasure.
 */
final class ErasureCheck {
    private final Damages damages;
    /** Entries of {@code _erasures} below this sequence are carried out. */
    private final long doneThrough;

    /** For each sequence that is to be erased, that of the entry which says so. */
    private final Map<Long, Long> entries = new HashMap<>();
    /** Sequences whose values are in the erased state, with where they stand. */
    private final Map<Long, Failure> erased = new HashMap<>();
    /** What is wrong with frames of values that may be erased one day. */
    private final List<Failure> doubtful = new ArrayList<>();

    ErasureCheck(Damages damages, long doneThrough) {
        this.damages = damages;
        this.doneThrough = doneThrough;
    }

    /** Takes an entry of {@code _erasures}; returns what is wrong with it, or null. */
    @Nullable
    String addEntry(byte[] key, long sequence) {
        if (key.length != Long.BYTES) {
            return "_erasures: expected a key of 8 bytes, found " + key.length;
        }
        long target = ByteBuffer.wrap(key).getLong();
        if (target < 0 || target >= sequence) {
            return "_erasures: sequence " + target + " cannot be erased by sequence " + sequence;
        }
        Long before = entries.putIfAbsent(target, sequence);
        return before == null
                ? null
                : "_erasures: sequence " + target + " was erased by sequence " + before + " already";
    }

    /** Whether an entry that was taken so far says that the value of a sequence is erased. */
    boolean isErasedSoFar(long sequence) {
        return entries.containsKey(sequence);
    }

    /** Takes a value that is in the erased state. */
    void addErased(AuditedBlock audited, long sequence) {
        erased.put(
                sequence,
                new Failure(
                        audited.raw.file(),
                        audited.raw.offset(),
                        audited.raw.height(),
                        sequence,
                        null,
                        null,
                        "an entry in _erasures",
                        "none",
                        "the value of sequence " + sequence
                                + " is in the erased state, and no entry in _erasures erases it"));
    }

    /** Takes damage of the frame of a value that may be erased. */
    void addDoubtful(Failure failure) {
        if (doubtful.size() <= Damages.MAX) {
            doubtful.add(failure);
        }
    }

    /** Takes nothing more; reports what is wrong. */
    void finish(Ledger ledger, VerifyScope scope, LedgerPoint end) throws IOException {
        if (!doubtful.isEmpty() || !entries.keySet().containsAll(erased.keySet())) {
            addEntriesBehind(ledger, end);
        }
        for (Failure failure : doubtful) {
            Long by = entries.get(failure.sequence());
            if (by == null || by < doneThrough) {
                damages.add(failure);
            }
        }
        List<Long> unexplained = new ArrayList<>(erased.keySet());
        unexplained.removeAll(entries.keySet());
        unexplained.sort(null);
        for (long sequence : unexplained) {
            Failure failure = erased.get(sequence);
            if (failure != null) {
                damages.add(failure);
            }
        }
        if (scope.isWhole()) {
            for (Map.Entry<Long, Long> entry : new TreeMap<>(entries).entrySet()) {
                checkTarget(ledger, entry.getKey(), entry.getValue());
            }
        }
    }

    /** Whether something that does not check out is a value that is being overwritten; after {@link #finish}. */
    boolean accountsFor(CorruptionException damage) {
        return doubtful.stream()
                .anyMatch(failure -> failure.file().equals(damage.file()) && failure.offset() == damage.offset());
    }

    /** Beside writers, a value may have been erased meanwhile, by an entry behind the end of what is verified. */
    private void addEntriesBehind(Ledger ledger, LedgerPoint end) throws IOException {
        LedgerPoint head = ledger.head();
        if (head == null || head.blocks() <= end.blocks() || ledger.damage() != null) {
            return;
        }
        try (LedgerCursor cursor = ledger.blocksFrom(end)) {
            for (LedgerBlock block; (block = cursor.next()) != null; ) {
                for (int i = 0; i < block.entryCount(); i++) {
                    EntryLeaf leaf = block.leaf(i);
                    if (leaf.isOf(SystemTables.ERASURES)) {
                        addEntry(leaf.key(), block.header().firstSequence() + i);
                    }
                }
            }
        }
    }

    private void checkTarget(Ledger ledger, long target, long by) throws IOException {
        LedgerPoint head = ledger.head();
        if (head == null || by >= head.entries()) {
            return; // Behind damage, which was reported.
        }
        try {
            LedgerBlock erasure = ledger.blockOfSequence(by);
            int number = (int) (by - erasure.header().firstSequence());
            LedgerBlock block = ledger.blockOfSequence(target);
            int targetNumber = (int) (target - block.header().firstSequence());
            EntryLeaf leaf = block.leaf(targetNumber);
            String problem = problem(erasure.value(number).value(), leaf, target);
            if (problem == null && by < doneThrough && !erased.containsKey(target) && !isDoubtful(target)) {
                problem = "the value of sequence " + target + " is there again, though its erasure was carried out";
            }
            if (problem != null) {
                CorruptionException damage = erasure.corrupt("entry " + number + ": _erasures: " + problem);
                damages.add(new Failure(damage, erasure.header().height(), by, leaf.table(), leaf.key()));
            }
        } catch (CorruptionException e) {
            // Damage of these blocks was reported when they were walked over.
            damages.note("The erasure of sequence " + target + " could not be checked: " + e.getMessage() + ".");
        }
    }

    private boolean isDoubtful(long target) {
        return doubtful.stream().anyMatch(failure -> failure.sequence() == target);
    }

    private static @Nullable String problem(byte[] value, EntryLeaf leaf, long target) throws IOException {
        if (leaf.kind() != EntryLeaf.KIND_PUT || leaf.saltLength() == 0) {
            return "sequence " + target + " has no value that can be erased";
        }
        Map<String, String> fields = SystemTables.parse(value);
        TableName table = leaf.table();
        String key = Base64.getEncoder().encodeToString(leaf.key());
        return table.toString().equals(fields.get("table")) && key.equals(fields.get("key"))
                ? null
                : "the entry names another table or key than sequence " + target + " has";
    }
}
