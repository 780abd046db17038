package io.blockdb.db;

import io.blockdb.base.LedgerId;
import io.blockdb.base.Position;
import io.blockdb.io.Environment;
import io.blockdb.io.FileSystem;
import io.blockdb.proof.Origin;
import io.blockdb.proof.SigningKey;
import io.blockdb.proof.VerifierKey;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Founds a ledger: draws its id and its first signing key, and proposes block 0 with the level of the rules and that key.
 *
 * <p>The key is on disk before the block that names it, and so is the anchor that says that nothing was signed yet. A crash in between leaves a key of a ledger that was never born; the
 * next founding puts it aside. No key is ever deleted: the ledger that it belongs to may only be missing.
 */
final class Founding {
    private static final Logger LOG = LoggerFactory.getLogger(Founding.class);

    private final FileSystem fileSystem;
    private final Environment environment;
    private final Path keys;
    private final KeyFiles files;
    private final Options options;
    private final Engine engine;

    Founding(DataDirectory directory, Options options, Engine engine) {
        this.environment = options.environment();
        this.fileSystem = environment.fileSystem();
        this.keys = directory.keys();
        this.files = directory.keyFiles(options);
        this.options = options;
        this.engine = engine;
    }

    /**
     * Why a batch cannot be a part of block 0, or null.
     *
     * @param first whether it would be the first in the block
     */
    static @Nullable String problem(Batch batch, boolean first) {
        List<Operation> operations = batch.operations();
        for (Operation operation : operations) {
            if (operation instanceof Operation.Put || operation instanceof Operation.Delete) {
                return "block 0 holds entries of system tables only";
            }
        }
        boolean founds = operations.size() >= 2
                && operations.get(0) instanceof Operation.RaiseLevel
                && operations.get(1) instanceof Operation.AddKey;
        return !first || founds ? null : "block 0 begins with the level of the rules and the ledger's first key";
    }

    /** Founds the ledger. Where that fails, the database is closed, which nobody has seen yet. */
    void runOrClose(BlockDb database) throws IOException {
        try {
            run();
        } catch (IOException | RuntimeException | Error e) {
            try {
                database.close();
            } catch (IOException | RuntimeException closing) {
                e.addSuppressed(closing);
            }
            throw e;
        }
    }

    private void run() throws IOException {
        byte[] id = new byte[LedgerId.LENGTH];
        environment.randomness().fill(id);
        LedgerId ledgerId = LedgerId.of(id);
        Origin origin = new Origin(options.ledgerName(), ledgerId);
        SigningKey given = files.readGiven();
        SigningKey signingKey = given != null ? given : KeyFiles.draw(environment.randomness());
        VerifierKey verifierKey = signingKey.verifierKey(origin);
        Batch batch = new Batch(
                "",
                List.of(
                        new Operation.RaiseLevel(SystemTables.LEVEL, SystemTables.WRITER),
                        new Operation.AddKey(verifierKey, options.nodeName())),
                List.of(Batch.NO_SALT, Batch.NO_SALT),
                null);
        putEarlierKeysAside();
        if (given == null) {
            files.write(verifierKey.keyId(), signingKey);
        }
        SignedMemory.begin(fileSystem, keys, origin);
        Applied applied =
                engine.apply(new Proposal(Position.NONE, environment.clock().micros(), ledgerId, List.of(batch)));
        if (applied.outcomes().get(0) instanceof Outcome.Refused refused) {
            throw refused.reason();
        }
        engine.sync();
        engine.publishAll();
    }

    /**
     * Renames what is there already: keys, and the memory of what was signed, of a founding that was interrupted, or of a ledger
     * that is not here any more.
     */
    private void putEarlierKeysAside() throws IOException {
        for (String name : fileSystem.list(keys)) {
            if (name.endsWith(".pem") || name.equals(AnchorFormat.FILE_NAME)) {
                LOG.warn(
                        "{} belongs to no ledger in this directory and is kept as {}.unused", keys.resolve(name), name);
                fileSystem.rename(keys.resolve(name), keys.resolve(name + ".unused"));
            }
        }
    }
}
