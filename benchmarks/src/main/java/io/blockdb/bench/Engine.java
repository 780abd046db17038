package io.blockdb.bench;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A database as the workloads see it: keys, values, and nothing that only one of them has. Each adapter calls its database as a
 * user would who wants it fast, and hands out keys and values as arrays that are the caller's own.
 *
 * <p>Whether a put is on disk when it returns is decided when the database is opened ({@link EngineSettings#synced}).
 *
 * <p>Threading: {@link #put}, {@link #get}, {@link #seek} and {@link #scan} from any thread, the others from one while nobody else
 * calls.
 */
interface Engine extends AutoCloseable {
    /** Puts a key. Neither array changes afterwards. */
    void put(byte[] key, byte[] value) throws Exception;

    /** Puts several keys, all or none. */
    void putBatch(byte[][] keys, byte[][] values) throws Exception;

    /** The value of a key, or null where there is none. */
    byte @Nullable [] get(byte[] key) throws Exception;

    /** Reads the first entry at or behind a key and the {@code next} entries behind it, keys and values. Returns how many there were. */
    int seek(byte[] key, int next) throws Exception;

    /** Reads all entries in order, keys and values. Returns how many there were. */
    long scan() throws Exception;

    /** Writes out what is in memory and waits until nothing is done in the background. */
    void rest() throws Exception;

    /** Checks all that is stored. Returns how many bytes were checked, -1 where the database has no such thing. */
    long verify() throws Exception;

    @Override
    void close() throws IOException;
}
