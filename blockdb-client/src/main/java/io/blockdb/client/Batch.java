package io.blockdb.client;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Writes that are committed together, or not at all: {@code new Batch().put(Key.of("a"), "1").delete(Key.of("t", "b"))}. At most
 * 10,000 operations and 8 MiB of keys and values, unless the server allows less. Arrays are not copied: they must not change until
 * the write is answered.
 *
 * <p>Threading: one thread at a time.
 */
public final class Batch {
    private static final Pattern IDEMPOTENCY_KEY = Pattern.compile("[\\x21-\\x7e]{1,128}");

    private final List<Operation> operations = new ArrayList<>();
    private @Nullable String idempotencyKey;

    /**
     * One of them.
     *
     * @param value null of a delete
     * @param ttlSeconds 0 = it does not expire
     */
    record Operation(Key key, byte @Nullable [] value, long ttlSeconds) {}

    /** Puts a key. */
    public Batch put(Key key, byte[] value) {
        operations.add(new Operation(key, value, 0));
        return this;
    }

    /** Puts a key; the value is the UTF-8 of a text. */
    public Batch put(Key key, String value) {
        return put(key, StrictText.utf8(value));
    }

    /**
     * Puts a key of a versioned table that is hidden some time after it was written.
     *
     * @param timeToLive whole seconds, at least one
     */
    public Batch put(Key key, byte[] value, Duration timeToLive) {
        if (timeToLive.getSeconds() < 1 || timeToLive.getNano() != 0) {
            throw new IllegalArgumentException("the time to live is whole seconds, at least one, not " + timeToLive);
        }
        operations.add(new Operation(key, value, timeToLive.getSeconds()));
        return this;
    }

    /** Deletes a key of a versioned table: it reads as absent from then on, its history stays. */
    public Batch delete(Key key) {
        operations.add(new Operation(key, null, 0));
        return this;
    }

    /**
     * Names the write, so that repeating it within 24 hours, also by another process, is answered with the first commit and writes
     * nothing. Needed only where a write has to be repeated after an {@link OutcomeUnknownException}: one is drawn for every
     * write that is not safe to repeat without.
     *
     * @param key 1 to 128 printable ASCII characters without space
     */
    public Batch idempotencyKey(String key) {
        if (!IDEMPOTENCY_KEY.matcher(key).matches()) {
            throw new IllegalArgumentException(
                    "an idempotency key is 1 to 128 printable ASCII characters without space");
        }
        this.idempotencyKey = key;
        return this;
    }

    /** Number of operations. */
    public int size() {
        return operations.size();
    }

    List<Operation> operations() {
        return operations;
    }

    @Nullable
    String idempotencyKey() {
        return idempotencyKey;
    }
}
