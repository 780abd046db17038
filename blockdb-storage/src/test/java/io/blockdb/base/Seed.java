package io.blockdb.base;

import java.util.Random;
import java.util.SplittableRandom;

/** Where property tests take their randomness from, so that a failure can be run again. */
public final class Seed {
    private static final StackWalker WALKER = StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE);

    private Seed() {}

    /**
     * Randomness with a new seed, or with that of {@code -Dblockdb.seed}. Its {@code toString} is the command that runs
     * the calling test again with the same seed: to be given to assertions as their message. The command is also printed at
     * once, for failures that are no assertions.
     */
    public static Random random() {
        Long given = Long.getLong("blockdb.seed");
        long seed = given != null ? given : new SplittableRandom().nextLong();
        String test = WALKER.getCallerClass().getSimpleName();
        Random random = new SeededRandom(
                seed, "reproduce with: mvn -pl blockdb-storage test -Dtest=" + test + " -Dblockdb.seed=" + seed);
        System.out.println(random);
        return random;
    }

    private static final class SeededRandom extends Random {
        private static final long serialVersionUID = 1L;

        private final String command;

        SeededRandom(long seed, String command) {
            super(seed);
            this.command = command;
        }

        @Override
        public String toString() {
            return command;
        }
    }
}
