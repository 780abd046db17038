package io.blockdb.client;

import io.blockdb.proof.Checkpoint;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Keeps the checkpoint as long as the program runs. */
final class MemoryCheckpointStore implements CheckpointStore {
    private @Nullable Checkpoint newest;

    @Override
    public synchronized @Nullable Checkpoint load() {
        return newest;
    }

    @Override
    public synchronized boolean replace(@Nullable Checkpoint expected, Checkpoint next) {
        if (!Objects.equals(newest, expected)) {
            return false;
        }
        newest = next;
        return true;
    }
}
