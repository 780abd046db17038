package io.blockdb.base;

import java.util.Random;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Randomness for tests that can be run again: the seed is new in every run unless {@code -Dblockdb.seed} gives it, and a test
 * that fails prints the command that repeats it. JUnit finds this class by itself (META-INF/services), so that a test only
 * calls {@link #random}.
 *
 * <p>Threading: {@link #random} is to be called on the test's own thread.
 */
public final class Seed implements AfterTestExecutionCallback {
    private static final String PROPERTY = "blockdb.seed";

    /** The seed that the running test has drawn. */
    private static final ThreadLocal<Long> DRAWN = new ThreadLocal<>();

    /** Made by JUnit. */
    public Seed() {}

    /** A generator with the seed of this test; a second call within the same test gives an equal generator. */
    public static Random random() {
        Long seed = DRAWN.get();
        if (seed == null) {
            Long given = Long.getLong(PROPERTY);
            seed = given == null ? new Random().nextLong() : given;
            DRAWN.set(seed);
        }
        return new Random(seed);
    }

    @Override
    public void afterTestExecution(ExtensionContext context) {
        Long seed = DRAWN.get();
        DRAWN.remove();
        if (seed != null && context.getExecutionException().isPresent()) {
            String test = context.getRequiredTestClass().getSimpleName() + "#"
                    + context.getRequiredTestMethod().getName();
            System.err.println(
                    "reproduce with: mvn -pl blockdb-storage test -Dtest=" + test + " -D" + PROPERTY + "=" + seed);
        }
    }
}
