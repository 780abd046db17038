package io.blockdb.bench;

/** Takes what was read, so that reading it cannot be optimized away. */
final class Sink {
    @SuppressWarnings("UnusedVariable") // That it is written is its use.
    private static volatile int sum;

    private Sink() {}

    /** Takes an entry. The store is never executed, but the compiler cannot know. */
    static void take(byte[] key, byte[] value) {
        if (key.length + value.length == Integer.MAX_VALUE) {
            sum = key[0] + value[0];
        }
    }
}
