package io.blockdb.db;

import io.blockdb.base.CorruptionException;
import io.blockdb.base.LedgerId;
import io.blockdb.base.LedgerPoint;
import io.blockdb.base.UnsupportedFormatException;
import io.blockdb.db.VerifyReport.Failure;
import io.blockdb.io.FileSystem;
import io.blockdb.io.UncachedFile;
import io.blockdb.ledger.LedgerWalk;
import io.blockdb.manifest.Manifest;
import io.blockdb.manifest.SstableInfo;
import io.blockdb.manifest.Version;
import io.blockdb.proof.Checkpoint;
import io.blockdb.proof.MalformedException;
import io.blockdb.proof.Origin;
import io.blockdb.proof.SigningKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Checks the small files of a database: the record of the last clean close, the manifest, the signing keys, what was signed, the
 * list of backups.
 *
 * <p>Threading: one thread at a time.
 */
final class FilesAudit {
    static final String MANIFEST = "index/" + Manifest.FILE_NAME;
    private static final String HEAD = "ledger/HEAD";
    private static final String PEM = ".pem";
    /** No key file is longer. */
    private static final int PEM_LENGTH_MAX = 64 << 10;

    private final FileSystem fileSystem;
    private final DataDirectory directory;
    private final Damages damages;

    FilesAudit(FileSystem fileSystem, DataDirectory directory, Damages damages) {
        this.fileSystem = fileSystem;
        this.directory = directory;
        this.damages = damages;
    }

    /** What the database remembers of its own tree: the newest checkpoints that were signed. */
    List<RootClaim> remembered(Options options, @Nullable LedgerId ledgerId) throws IOException {
        List<RootClaim> claims = new ArrayList<>();
        List<SignedMemory.Remembered> all;
        try {
            all = directory.signedMemory(options).each();
        } catch (CannotSignException e) {
            damages.note("What was signed last could not be compared: " + e.getMessage() + ".");
            return claims;
        }
        for (SignedMemory.Remembered one : all) {
            boolean inside = directory.keys().equals(one.file().getParent());
            String file =
                    inside ? "keys/" + one.file().getFileName() : one.file().toString();
            AnchorFormat.Anchored anchored = one.anchored();
            if (anchored == null) {
                damages.add(new Failure(file, 0, -1, String.valueOf(one.problem())));
                continue;
            }
            LedgerId of = anchored.origin().ledgerId();
            Checkpoint newest = anchored.newest();
            if (newest != null) {
                claims.add(new RootClaim(file, newest, List.of()));
            } else if (ledgerId != null && !of.equals(ledgerId)) {
                damages.add(new Failure(
                        file, 0, -1, "the anchor is of another ledger: expected " + ledgerId + ", found " + of));
            }
        }
        if (all.isEmpty() && fileSystem.exists(directory.keys())) {
            damages.note("keys/ANCHOR is not there: nothing says what was signed last.");
        }
        return claims;
    }

    /** Where the ledger ended when it was closed last, null where that is not known. */
    @Nullable
    LedgerPoint recordedHead() throws IOException {
        try {
            return LedgerWalk.recordedHead(fileSystem, directory.ledger());
        } catch (CorruptionException | UnsupportedFormatException e) {
            damages.add(failure(HEAD, e));
            return null;
        }
    }

    /** The manifest, null where there is none that can be used. */
    @Nullable
    Version manifest(@Nullable LedgerId ledgerId) throws IOException {
        if (!fileSystem.exists(directory.index())) {
            return null;
        }
        Version version;
        try {
            version = Manifest.readUncached(fileSystem, directory.index());
            String stray = version == null ? anySstable() : null;
            if (stray != null) {
                // A writer beside this may have begun the index in between: with the manifest, which is then replaced
                // whole.
                version = Manifest.readUncached(fileSystem, directory.index());
            }
            if (version == null && stray != null) {
                damages.add(new Failure(
                        MANIFEST,
                        0,
                        -1,
                        "the manifest is missing, and an SSTable is there that it must name: " + stray));
            }
        } catch (CorruptionException | UnsupportedFormatException e) {
            damages.add(failure(MANIFEST, e));
            return null;
        }
        if (version == null) {
            return null;
        }
        if (ledgerId != null && version.ledgerId() != null && !ledgerId.equals(version.ledgerId())) {
            damages.add(new Failure(
                    MANIFEST,
                    0,
                    -1,
                    "the index is of another ledger: expected " + ledgerId + ", found " + version.ledgerId()));
            return null;
        }
        LedgerPoint reached = version.reached();
        long held = version.files().stream().mapToLong(SstableInfo::entries).sum();
        if (version.files().isEmpty() && reached != null && !reached.isGenesis()) {
            damages.note("The index was given up as damaged; the next open for writing builds it anew.");
        } else if (held != (reached == null ? 0 : reached.entries())) {
            damages.add(new Failure(
                    MANIFEST,
                    0,
                    -1,
                    "number of entries in its SSTables: expected " + (reached == null ? 0 : reached.entries())
                            + ", found " + held));
        }
        return version;
    }

    private @Nullable String anySstable() throws IOException {
        return fileSystem.list(directory.index()).stream()
                .filter(name -> name.endsWith(".sst"))
                .findFirst()
                .orElse(null);
    }

    /** Checks what is known of backups: an erasure relies on it. */
    void checkBackups() throws IOException {
        try {
            KnownBackups.read(fileSystem, directory.root());
        } catch (CorruptionException e) {
            damages.add(failure(KnownBackups.FILE_NAME, e));
        }
    }

    /**
     * Holds the key files against the keys of the ledger.
     *
     * @param all whether these are all its keys; else the entries of others may be what is damaged
     */
    void checkKeys(Map<String, RulesAudit.Key> keys, boolean all) throws IOException {
        if (keys.isEmpty() && all) {
            return; // The ledger was not founded yet: a key of a founding that was interrupted is put aside by the
            // next.
        }
        List<String> names = fileSystem.exists(directory.keys()) ? fileSystem.list(directory.keys()) : List.of();
        for (String name : names) {
            if (name.endsWith(PEM)) {
                checkKey(name, keys, all);
            }
        }
        for (Map.Entry<String, RulesAudit.Key> key : keys.entrySet()) {
            if (key.getValue().active() && !names.contains(key.getKey() + PEM)) {
                damages.note("keys/" + key.getKey() + PEM
                        + " is not there: this copy of the database cannot sign with key " + key.getKey() + ".");
            }
        }
    }

    private void checkKey(String name, Map<String, RulesAudit.Key> keys, boolean all) throws IOException {
        String file = "keys/" + name;
        String id = name.substring(0, name.length() - PEM.length());
        byte[] bytes = new byte[PEM_LENGTH_MAX];
        int length;
        try (UncachedFile opened = fileSystem.openUncached(directory.keys().resolve(name))) {
            length = opened.read(0, bytes, 0, bytes.length);
        } catch (java.nio.file.AccessDeniedException e) {
            damages.note(file + " may not be read by this user, and was not checked.");
            return;
        }
        SigningKey key = null;
        String problem = "";
        try {
            key = SigningKey.parsePem(new String(bytes, 0, length, StandardCharsets.ISO_8859_1));
        } catch (MalformedException e) {
            problem = String.valueOf(e.getMessage());
        }
        RulesAudit.Key known = keys.get(id);
        if (known == null && all) {
            checkUnknown(file, id, key, keys.values().iterator().next().key().origin());
        } else if (key == null) {
            damages.add(new Failure(file, 0, -1, problem));
        } else if (known != null) {
            String expected = known.key().toString();
            String found = key.verifierKey(known.key().origin()).toString();
            if (!expected.equals(found)) {
                damages.add(new Failure(
                        file, 0, -1, "is not the key that _keys names: expected " + expected + ", found " + found));
            }
        }
    }

    /** A change of the key begins with its file: one that is cut off, or under way, leaves a key of this ledger without an entry. */
    private void checkUnknown(String file, String id, @Nullable SigningKey key, Origin origin) {
        if (key != null && key.verifierKey(origin).keyId().equals(id)) {
            damages.note(
                    file + " is a key of this ledger that no entry in _keys names: a change of the key is under way, or"
                            + " was cut off, and the next one takes it.");
        } else {
            damages.add(new Failure(
                    file, 0, -1, "no entry in _keys names this key: expected a key of the ledger, found " + id));
        }
    }

    private static Failure failure(String file, IOException e) {
        return e instanceof CorruptionException damage
                ? new Failure(file, damage.offset(), -1, damage.reason())
                : new Failure(file, 0, -1, String.valueOf(e.getMessage()));
    }
}
