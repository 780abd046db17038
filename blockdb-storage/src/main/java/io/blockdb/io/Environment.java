package io.blockdb.io;

/**
 * Everything that the engine takes from outside of itself. Nothing else in it reads a clock, draws randomness or touches
 * a file.
 *
 * @param fileSystem where the files are
 * @param clock what time it is
 * @param randomness where ids, nonces and salts come from
 */
public record Environment(FileSystem fileSystem, Clock clock, Randomness randomness) {
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
