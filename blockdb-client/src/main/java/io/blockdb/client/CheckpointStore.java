package io.blockdb.client;

import io.blockdb.proof.Checkpoint;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where the newest checkpoint that was trusted is kept. What is lost here is not noticed: a server may then show another history, and
 * the client takes it for the first that it sees. One store is for one ledger.
 *
 * <p>Threading: implementations may be called from any thread.
 */
public interface CheckpointStore {
    /**
     * The newest checkpoint that was trusted; null where there was none yet.
     *
     * @throws IOException if it is not known whether there is one, or what is kept cannot be read
     */
    @Nullable
    Checkpoint load() throws IOException;

    /**
     * Replaces the checkpoint, in one step, provided that {@code expected} is what is kept; what is kept survives whatever happens
     * afterwards.
     *
     * @param expected what the caller has held {@code next} against; null: nothing
     * @return whether it was replaced; if not, somebody else replaced it meanwhile
     */
    boolean replace(@Nullable Checkpoint expected, Checkpoint next) throws IOException;

    /** A store that forgets when the program ends: the first checkpoint of each run is taken as it comes. */
    static CheckpointStore inMemory() {
        return new MemoryCheckpointStore();
    }

    /**
     * A store in a file of its own, which holds the signed note as text. It is replaced as a whole and synced, so a crash leaves the
     * old one or the new one; several clients and processes may share it. Beside it stands a file of the same name with
     * {@code .lock} behind it.
     *
     * @param file in a directory that is there; need not be there itself
     */
    static CheckpointStore inFile(Path file) {
        return new FileCheckpointStore(file);
    }
}
