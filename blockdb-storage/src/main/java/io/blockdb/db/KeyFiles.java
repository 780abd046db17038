package io.blockdb.db;

import io.blockdb.io.Environment;
import io.blockdb.io.FileSystem;
import io.blockdb.io.ReadableFile;
import io.blockdb.io.WritableFile;
import io.blockdb.proof.MalformedException;
import io.blockdb.proof.Origin;
import io.blockdb.proof.SigningKey;
import io.blockdb.proof.VerifierKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The private keys: {@code keys/KEYID.pem} of the data directory, and the file that the options name. No key is ever deleted,
 * and none of its bytes is shown.
 *
 * <p>Threading: any thread; changed by one at a time.
 */
final class KeyFiles {
    /** A private key's file is some 120 bytes long. */
    private static final int LENGTH_MAX = 64 << 10;

    /** First byte of DER: a sequence. */
    private static final byte DER_SEQUENCE = 0x30;

    private static final String ENDING = ".pem";
    private static final String TEMPORARY = ".tmp";

    private static final Logger LOG = LoggerFactory.getLogger(KeyFiles.class);

    private final FileSystem fileSystem;
    private final Path directory;
    private volatile @Nullable Path given;

    KeyFiles(FileSystem fileSystem, Path directory, @Nullable Path given) {
        this.fileSystem = fileSystem;
        this.directory = directory;
        this.given = given;
    }

    /** Draws a new key. */
    static SigningKey draw(Environment.Randomness randomness) {
        byte[] seed = new byte[SigningKey.SEED_LENGTH];
        randomness.fill(seed);
        return SigningKey.of(seed);
    }

    /** The file that the options name, or null. */
    @Nullable
    Path given() {
        return given;
    }

    /** The key in the file that the options name was replaced: the one in the data directory signs. */
    void leaveGiven() {
        given = null;
    }

    /** Where the key of an id is kept in the data directory. */
    Path path(String keyId) {
        return directory.resolve(keyId + ENDING);
    }

    /**
     * The key in the file that the options name, or null where they name none.
     *
     * @throws CannotSignException if it is no key
     */
    @Nullable
    SigningKey readGiven() throws IOException {
        Path file = given;
        if (file == null) {
            return null;
        }
        if (!fileSystem.exists(file)) {
            throw new CannotSignException("the signing key " + file + " is not there: name the file that holds it");
        }
        return read(file);
    }

    /** Whether the data directory has a file for the key of an id. */
    boolean has(String keyId) throws IOException {
        return fileSystem.exists(path(keyId));
    }

    /**
     * The key of an id from the data directory.
     *
     * @throws CannotSignException if the file holds no key, or another one
     */
    SigningKey read(String keyId, Origin origin) throws IOException {
        SigningKey key = read(path(keyId));
        String found = key.verifierKey(origin).keyId();
        if (!found.equals(keyId)) {
            throw new CannotSignException(path(keyId) + " holds another key than its name says: its id would be "
                    + found + ". Bring the file back from a backup.");
        }
        return key;
    }

    private SigningKey read(Path path) throws IOException {
        byte[] bytes;
        try (ReadableFile file = fileSystem.openForReading(path)) {
            long size = file.size();
            if (size > LENGTH_MAX) {
                throw new CannotSignException(path + " is no private key: it has " + size + " bytes");
            }
            bytes = new byte[(int) size];
            file.read(0, bytes, 0, bytes.length);
        }
        try {
            return SigningKey.parsePem(bytes.length > 0 && bytes[0] == DER_SEQUENCE ? pemOf(bytes) : text(bytes));
        } catch (MalformedException e) {
            throw new CannotSignException(
                    path + " cannot be used: " + e.getMessage() + "; it must be an Ed25519 key as PKCS #8", e);
        }
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    private static String pemOf(byte[] der) {
        return "-----BEGIN PRIVATE KEY-----\n" + Base64.getEncoder().encodeToString(der)
                + "\n-----END PRIVATE KEY-----\n";
    }

    /**
     * Writes a new key, readable by its owner alone, safe against power failure when this returns. It has its name once it is whole:
     * a backup, or a verification, may look at it meanwhile.
     */
    void write(String keyId, SigningKey key) throws IOException {
        byte[] pem = key.toPem().getBytes(StandardCharsets.US_ASCII);
        Path temporary = directory.resolve(keyId + ENDING + TEMPORARY);
        if (fileSystem.exists(temporary)) {
            fileSystem.delete(temporary);
        }
        try (WritableFile file = fileSystem.createPrivate(temporary)) {
            file.write(0, pem, 0, pem.length);
            file.sync();
        }
        fileSystem.rename(temporary, path(keyId));
        fileSystem.syncDirectory(directory);
    }

    /** The public sides of the keys at hand, as keys of a ledger; files that are no keys, or may not be read, are left alone. */
    List<VerifierKey> verifierKeys(Origin origin) throws IOException {
        List<VerifierKey> keys = new ArrayList<>();
        for (String name : fileSystem.list(directory)) {
            if (name.endsWith(ENDING)) {
                try {
                    keys.add(read(directory.resolve(name)).verifierKey(origin));
                } catch (CannotSignException | AccessDeniedException noKey) {
                    LOG.debug("{}", noKey.getMessage());
                }
            }
        }
        return keys;
    }

    /**
     * A key that was drawn for this ledger and whose entry was never committed, or null: what a rotation leaves that was cut off
     * at its first step. A file that is no key, or is of another ledger, is left alone.
     */
    @Nullable
    SigningKey unpublished(LedgerKeys keys) throws IOException {
        for (String name : fileSystem.list(directory)) {
            String keyId = name.endsWith(ENDING) ? name.substring(0, name.length() - ENDING.length()) : "";
            if (keyId.isEmpty() || keys.find(keyId) != null) {
                continue;
            }
            try {
                return read(keyId, keys.origin());
            } catch (CannotSignException notOurs) {
                LOG.debug("{}", notOurs.getMessage());
            }
        }
        return null;
    }
}
