package io.blockdb.io;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Counts the operations of a {@link MemoryFileSystem} and says which of them fail.
 *
 * <p>Threading: guarded by the file system.
 */
final class Faults {
    private static final long NEVER = Long.MAX_VALUE;

    private long operations;
    private long mutations;

    /** The operations that fail: this one, and the later ones too where {@link #sticky}. */
    private long failAt = NEVER;

    private boolean sticky;
    private long crashAt = NEVER;
    private @Nullable Random torn;
    private boolean crashed;
    private MemoryFileSystem.@Nullable FaultRule rule;

    long operations() {
        return operations;
    }

    long mutations() {
        return mutations;
    }

    boolean crashed() {
        return crashed;
    }

    void fail(long n, boolean andAllLater) {
        failAt = operations + n;
        sticky = andAllLater;
    }

    void failWhen(MemoryFileSystem.FaultRule newRule) {
        rule = newRule;
    }

    void crash(long n, @Nullable Random tornBy) {
        crashAt = mutations + n;
        torn = tornBy;
    }

    void clear() {
        failAt = NEVER;
        crashAt = NEVER;
        torn = null;
        crashed = false;
        rule = null;
    }

    /** Counts an operation; answers how it fails, or null when it does not. */
    @Nullable
    Failure next(MemoryFileSystem.Operation operation, Path path) {
        operations++;
        if (operation.mutates()) {
            mutations++;
        }
        String what = "injected " + operation + " #" + operations;
        if (crashed) {
            return new Failure(new IOException(path + ": " + what + " after the crash"), 0);
        }
        if (operation.mutates() && mutations >= crashAt) {
            crashed = true;
            return new Failure(new IOException(path + ": " + what + " crash"), torn == null ? 0 : torn.nextDouble());
        }
        boolean fails = sticky ? operations >= failAt : operations == failAt;
        if (fails || rule != null && rule.fails(operation, path, operations)) {
            return new Failure(new IOException(path + ": " + what + " failure"), 0.5);
        }
        return null;
    }

    /**
     * How an operation fails.
     *
     * @param error what it throws
     * @param written which part of it is done nevertheless, where it is a write
     */
    record Failure(IOException error, double written) {}
}
