package io.blockdb.io;

import java.security.SecureRandom;
import java.time.Instant;

/**
 * Everything that the engine takes from outside of itself. Nothing else in it reads a clock, draws randomness or touches
 * a file.
 *
 * @param fileSystem where the files are
 * @param clock what time it is
 * @param randomness where ids, nonces and salts come from
 */
public record Environment(FileSystem fileSystem, Clock clock, Randomness randomness) {
    private static final long MICROS_PER_SECOND = 1_000_000;
    private static final int NANOS_PER_MICRO = 1_000;

    /** The machine's own: its files, its clock, and the randomness of {@link SecureRandom}. */
    public static Environment system() {
        return new Environment(new DiskFileSystem(), Environment::systemMicros, new SecureRandom()::nextBytes);
    }

    private static long systemMicros() {
        Instant now = Instant.now();
        return now.getEpochSecond() * MICROS_PER_SECOND + now.getNano() / NANOS_PER_MICRO;
    }

    /** The time. Implementations are thread-safe. */
    @FunctionalInterface
    public interface Clock {
        /** Microseconds since the Unix epoch; may jump, also back. */
        long micros();
    }

    /** Unpredictable bytes. Implementations are thread-safe. */
    @FunctionalInterface
    public interface Randomness {
        /** Fills the whole array with random bytes. */
        void fill(byte[] target);
    }
}
