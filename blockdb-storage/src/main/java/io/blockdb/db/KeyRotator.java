package io.blockdb.db;

import io.blockdb.io.Environment;
import io.blockdb.proof.Checkpoint;
import io.blockdb.proof.Origin;
import io.blockdb.proof.SigningKey;
import io.blockdb.proof.VerifierKey;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Changes the key that signs.
 *
 * <ol>
 *   <li>The new key is on disk: drawn, or the one in the file that the options name. A crash leaves a file, which the next change
 *       takes.
 *   <li>Its entry in {@code _keys} is committed. The old key goes on signing; the next change goes on from here.
 *   <li>A checkpoint signed by the old key covers that entry: the handover.
 *   <li>The old key is retired by an entry. From then on the new one signs.
 * </ol>
 *
 * <p>Where no key can sign any more, one batch adds the new key and retires the others, and verifiers must be given it by hand.
 * If what was signed is not known, or was another history, the new key begins anew; what was remembered is kept beside.
 *
 * <p>Threading: one thread at a time.
 */
final class KeyRotator {
    private final Engine engine;
    private final Writes writes;
    private final Checkpointer checkpointer;
    private final Receipts receipts;
    private final Environment environment;
    private final String node;

    KeyRotator(Engine engine, Writes writes, Checkpointer checkpointer, Receipts receipts, Options options) {
        this.engine = engine;
        this.receipts = receipts;
        this.writes = writes;
        this.checkpointer = checkpointer;
        this.environment = options.environment();
        this.node = options.nodeName();
    }

    /** As {@link BlockDb#rotateKey}. */
    KeyRotation rotate() throws IOException {
        engine.checkWritable();
        LedgerKeys keys = checkpointer.keys();
        Checkpointer.Signed newest = checkpointer.newest();
        Checkpoint before = newest == null ? null : newest.checkpoint();
        KeyChoice.chooseOlder(checkpointer.files(), keys, before);
        List<LedgerKey> active = keys.active();
        // More than one: a change that was cut off after its second step.
        LedgerKey added = active.size() > 1 ? active.get(active.size() - 1) : add(keys);
        Checkpoint cover = before;
        if (cover == null || cover.treeSize() <= added.height()) {
            cover = checkpointer.checkpoint();
        }
        List<LedgerKey> older = new ArrayList<>(checkpointer.keys().all());
        older.removeIf(key -> key.sequence() >= added.sequence());
        boolean signedByOlder =
                Signatures.problem(cover, older.stream().map(LedgerKey::key).toList()) == null;
        List<LedgerKey> retired = older.stream().filter(LedgerKey::active).toList();
        writes.system(retirements(retired));
        if (checkpointer.files().has(added.key().keyId())) {
            checkpointer.files().leaveGiven();
        }
        checkpointer.checkpoint();
        return new KeyRotation(
                added.key(),
                retired.stream().map(LedgerKey::key).toList(),
                signedByOlder ? receipts.of(added.sequence(), cover) : null);
    }

    private LedgerKey add(LedgerKeys keys) throws IOException {
        VerifierKey key = newKey(keys);
        writes.system(List.of(new Operation.AddKey(key, node)));
        LedgerKey added = checkpointer.keys().find(key.keyId());
        if (added == null) {
            throw new IllegalStateException("key " + key.keyId() + " was added and is not there");
        }
        return added;
    }

    /** As {@link BlockDb#replaceLostKey}. */
    KeyRotation replaceLost() throws IOException {
        engine.checkWritable();
        LedgerKeys keys = checkpointer.keys();
        boolean forget = !knowsWhatWasSigned(keys);
        List<LedgerKey> lost = keys.active();
        List<Operation> operations = new ArrayList<>();
        VerifierKey key = newKey(keys);
        operations.add(new Operation.AddKey(key, node));
        operations.addAll(retirements(lost));
        writes.system(operations);
        if (checkpointer.files().has(key.keyId())) {
            checkpointer.files().leaveGiven();
        }
        if (forget) {
            checkpointer.startAnew(key);
        }
        checkpointer.checkpoint();
        return new KeyRotation(key, lost.stream().map(LedgerKey::key).toList(), null);
    }

    /**
     * Whether the memory of what was signed is in order.
     *
     * @throws IllegalArgumentException if it is, and a key is there to sign: then nothing is lost
     */
    private boolean knowsWhatWasSigned(LedgerKeys keys) throws IOException {
        Checkpointer.Signed newest;
        try {
            newest = checkpointer.newest();
        } catch (CannotSignException e) {
            checkpointer.requireMemoryReachable();
            return false;
        }
        LedgerKey there;
        try {
            there = KeyChoice.chooseOlder(checkpointer.files(), keys, newest == null ? null : newest.checkpoint())
                    .key();
        } catch (CannotSignException e) {
            return true;
        }
        throw new IllegalArgumentException("no key is lost: key " + there.key().keyId()
                + " is there and signs; 'key rotate' replaces it so that verifiers can follow");
    }

    private List<Operation> retirements(List<LedgerKey> keys) {
        List<Operation> operations = new ArrayList<>();
        for (LedgerKey key : keys) {
            operations.add(new Operation.RetireKey(key.key(), key.node()));
        }
        return operations;
    }

    /** A key that the ledger never had, on disk: the one that the options name, one that an earlier change left, or one drawn. */
    private VerifierKey newKey(LedgerKeys keys) throws IOException {
        KeyFiles files = checkpointer.files();
        Origin origin = keys.origin();
        SigningKey given = files.readGiven();
        if (given != null && keys.find(given.verifierKey(origin).keyId()) == null) {
            return given.verifierKey(origin);
        }
        SigningKey left = files.unpublished(keys);
        if (left != null) {
            return left.verifierKey(origin);
        }
        for (; ; ) {
            SigningKey drawn = KeyFiles.draw(environment.randomness());
            VerifierKey key = drawn.verifierKey(origin);
            if (keys.find(key.keyId()) == null && !files.has(key.keyId())) {
                files.write(key.keyId(), drawn);
                return key;
            }
        }
    }
}
