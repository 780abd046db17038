package io.blockdb.db;

import io.blockdb.base.TableName;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes that are committed together, or not at all: {@code new WriteBatch().put(key, value).delete(table, key)}. At most
 * 10,000 operations and 8 MiB of keys and values. Arrays are not copied: they must not change until the write is answered.
 *
 * <p>Threading: one thread at a time.
 */
public final class WriteBatch {
    private final List<Operation> operations = new ArrayList<>();
    private String author = "";
    private byte @Nullable [] requestId;

    /** Puts a key of table {@code default}. */
    public WriteBatch put(byte[] key, byte[] value) {
        return put(TableName.DEFAULT, key, value);
    }

    /** Puts a key. */
    public WriteBatch put(TableName table, byte[] key, byte[] value) {
        operations.add(new Operation.Put(table, key, value, 0));
        return this;
    }

    /**
     * Puts a key of a versioned table that is hidden from a time on.
     *
     * @param expiresAt microseconds since the Unix epoch; 0 = never
     */
    public WriteBatch put(TableName table, byte[] key, byte[] value, long expiresAt) {
        operations.add(new Operation.Put(table, key, value, expiresAt));
        return this;
    }

    /** Deletes a key of a versioned table: it reads as absent from then on, its history stays. */
    public WriteBatch delete(TableName table, byte[] key) {
        operations.add(new Operation.Delete(table, key));
        return this;
    }

    /** Says who writes: an opaque id of at most 255 bytes of UTF-8 without control characters, kept in every entry. */
    public WriteBatch author(String name) {
        this.author = name;
        return this;
    }

    /**
     * Names the request, so that repeating it within 24 hours is answered with the first commit and writes nothing.
     *
     * @param id 1 to 128 bytes, of this author's choosing
     */
    public WriteBatch requestId(byte[] id) {
        this.requestId = id.clone();
        return this;
    }

    /** As {@link #requestId(byte[])}, the UTF-8 of a text. */
    public WriteBatch requestId(String id) {
        return requestId(id.getBytes(StandardCharsets.UTF_8));
    }

    /** Number of operations. */
    public int size() {
        return operations.size();
    }

    /** The operations, in order: a view. */
    public List<Operation> operations() {
        return Collections.unmodifiableList(operations);
    }

    String author() {
        return author;
    }

    /** The request id, or null where the request has no name. */
    public byte @Nullable [] requestId() {
        return requestId == null ? null : requestId.clone();
    }
}
