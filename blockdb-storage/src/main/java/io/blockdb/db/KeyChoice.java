package io.blockdb.db;

import io.blockdb.proof.Checkpoint;
import io.blockdb.proof.Origin;
import io.blockdb.proof.SigningKey;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which key signs: of those that are active, may sign and are at hand, the one in the file that the options name, else the
 * oldest, since a second one is there only while the key is being changed. Where there is none, the error says what is wrong and what can be done.
 */
final class KeyChoice {
    private static final String WHEN_LOST =
            " If it is lost for good, 'key rotate --lost' adds a new one, which verifiers must be given by hand.";

    private KeyChoice() {}

    /**
     * A key that signs.
     *
     * @param key as the ledger knows it
     * @param secret its private side
     */
    record Chosen(LedgerKey key, SigningKey secret) {}

    /**
     * Chooses.
     *
     * @param newest the newest checkpoint that was signed, null for none
     * @throws CannotSignException if no key can sign
     */
    static Chosen choose(KeyFiles files, LedgerKeys keys, @Nullable Checkpoint newest) throws IOException {
        Chosen given = given(files, keys);
        return given != null && keys.maySign(given.key(), size(newest)) ? given : fromDirectory(files, keys, newest);
    }

    private static long size(@Nullable Checkpoint newest) {
        return newest == null ? 0 : newest.treeSize();
    }

    /**
     * Chooses for a change of the key: the file that the options name may hold the new one, which does not sign yet.
     *
     * @throws CannotSignException if no key can sign
     */
    static Chosen chooseOlder(KeyFiles files, LedgerKeys keys, @Nullable Checkpoint newest) throws IOException {
        SigningKey given = files.readGiven();
        boolean isNew =
                given != null && keys.find(given.verifierKey(keys.origin()).keyId()) == null;
        return isNew ? fromDirectory(files, keys, newest) : choose(files, keys, newest);
    }

    private static Chosen fromDirectory(KeyFiles files, LedgerKeys keys, @Nullable Checkpoint newest)
            throws IOException {
        List<String> problems = new ArrayList<>();
        List<LedgerKey> active = keys.active();
        for (LedgerKey key : active) {
            String keyId = key.key().keyId();
            if (!keys.maySign(key, size(newest))) {
                problems.add("key " + keyId + " signs only once a checkpoint signed by an older key covers block "
                        + key.height() + ", which added it");
            } else if (!files.has(keyId)) {
                problems.add(files.path(keyId)
                        + " is missing: bring it back from a backup, or name its file as signing key");
            } else {
                try {
                    return new Chosen(key, files.read(keyId, keys.origin()));
                } catch (CannotSignException e) {
                    problems.add(String.valueOf(e.getMessage()));
                }
            }
        }
        if (active.isEmpty()) {
            throw new CannotSignException(
                    "every key of this ledger is retired; 'key rotate --lost' adds a new one, which verifiers must be"
                            + " given by hand");
        }
        throw new CannotSignException(
                "no key can sign for this ledger: " + String.join("; ", problems) + "." + WHEN_LOST);
    }

    /**
     * The key in the file that the options name, or null where they name none.
     *
     * @throws CannotSignException if it is no key, or none of this ledger that is active
     */
    private static @Nullable Chosen given(KeyFiles files, LedgerKeys keys) throws IOException {
        Path file = files.given();
        SigningKey secret = files.readGiven();
        if (file == null || secret == null) {
            return null;
        }
        Origin origin = keys.origin();
        String keyId = secret.verifierKey(origin).keyId();
        LedgerKey key = keys.find(keyId);
        if (key == null) {
            throw new CannotSignException("the signing key " + file + " is none of this ledger: its id would be "
                    + keyId + ", active are " + ids(keys.active()) + ". 'key rotate' adds it.");
        }
        if (!key.active()) {
            throw new CannotSignException("the signing key " + file + " was retired by block " + key.retiredAtHeight()
                    + " and signs no more; active are " + ids(keys.active()));
        }
        return new Chosen(key, secret);
    }

    private static List<String> ids(List<LedgerKey> keys) {
        return keys.stream().map(key -> key.key().keyId()).toList();
    }
}
