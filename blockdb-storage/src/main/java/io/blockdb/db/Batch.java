package io.blockdb.db;

import io.blockdb.base.Hash;
import io.blockdb.base.TableName;
import io.blockdb.ledger.BlockEntry;
import io.blockdb.ledger.StoredValue;
import io.blockdb.proof.EntryLeaf;
import io.blockdb.proof.MerkleTree;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A batch as it is proposed: operations of one author, with the salts of their values, and the name of the request where it has
 * one. All that is random or local was drawn before: deciding a batch depends on the ledger alone.
 *
 * <p>The entries of puts and deletes depend only on the batch, so whoever makes it may {@link #prepare} it: then they are
 * encoded and hashed in the caller's thread and not in the committer's.
 *
 * <p>Threading: made and prepared by one thread, then handed to the committer.
 */
public final class Batch {
    /** Most operations that a client may put into one batch. */
    public static final int OPERATIONS_MAX = 10_000;

    /** Most bytes of keys and values that a client may put into one batch. */
    public static final int BYTES_MAX = 8 << 20;

    static final byte[] NO_SALT = {};

    private static final byte[] EMPTY = {};

    /**
     * More than an entry of a system table has, leaf data and value: the key of an erased entry stands in base64 in the value,
     * beside texts that JSON may make six times as long.
     */
    private static final int SYSTEM_ENTRY_BYTES = 128 << 10;

    private final String author;
    private final byte[] authorUtf8;
    private final List<Operation> operations;
    private final List<byte[]> salts;
    private final byte @Nullable [] requestId;
    private @Nullable BlockEntry @Nullable [] prepared;
    private final long blockBytes;
    /** How long preparing it took, 0 where that was not measured. */
    private long preparingNanos;

    /**
     * A batch. The arrays are not copied and must not change.
     *
     * @param author who writes, empty when nobody is named: at most 255 bytes of UTF-8 without control characters
     * @param operations at least one
     * @param salts a salt for each operation: 16 bytes, or none
     * @param requestId 1 to 128 bytes, or null
     * @throws IllegalArgumentException if there are more than {@link #OPERATIONS_MAX} puts and deletes, they have more than
     *     {@link #BYTES_MAX} bytes of keys and values, or another limit is not kept
     */
    public Batch(String author, List<Operation> operations, List<byte[]> salts, byte @Nullable [] requestId) {
        if (operations.isEmpty()) {
            throw new IllegalArgumentException("the batch is empty");
        }
        if (salts.size() != operations.size()) {
            throw new IllegalArgumentException(salts.size() + " salts for " + operations.size() + " operations");
        }
        if (requestId != null && (requestId.length == 0 || requestId.length > SystemTables.REQUEST_ID_LENGTH_MAX)) {
            throw new IllegalArgumentException("request id must have 1 to " + SystemTables.REQUEST_ID_LENGTH_MAX
                    + " bytes, has " + requestId.length);
        }
        this.author = author;
        this.authorUtf8 = author.isEmpty() ? EMPTY : author.getBytes(StandardCharsets.UTF_8);
        this.operations = List.copyOf(operations);
        this.salts = List.copyOf(salts);
        this.requestId = requestId;
        checkAuthor();
        this.blockBytes = checkLimits();
    }

    private void checkAuthor() {
        if (author.isEmpty()) {
            return;
        }
        if (authorUtf8.length > EntryLeaf.AUTHOR_LENGTH_MAX) {
            throw new IllegalArgumentException(
                    "author must have at most " + EntryLeaf.AUTHOR_LENGTH_MAX + " bytes, has " + authorUtf8.length);
        }
        if (!new String(authorUtf8, StandardCharsets.UTF_8).equals(author)) {
            throw new IllegalArgumentException("author is not valid Unicode: it has a lone surrogate");
        }
        if (author.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("author has a control character");
        }
    }

    /** Who writes. */
    public String author() {
        return author;
    }

    /** The operations, in order. */
    public List<Operation> operations() {
        return operations;
    }

    /** The salt of an operation, empty where it has none. */
    public byte[] salt(int operation) {
        return salts.get(operation);
    }

    /** The name of the request, or null. */
    public byte @Nullable [] requestId() {
        return requestId;
    }

    byte[] authorUtf8() {
        return authorUtf8;
    }

    /** Holds the batch against its limits; returns how many bytes it adds to a block at most. */
    private long checkLimits() {
        int clientOperations = 0;
        long bytes = 0;
        long leaves = requestId == null ? 0 : SystemTables.REQUEST_ENTRY_BYTES;
        for (Operation operation : operations) {
            if (operation instanceof Operation.Put put) {
                clientOperations++;
                bytes += put.key().length + (long) put.value().length;
                leaves += EntryLeaf.encodedLength(authorUtf8.length, put.table(), 0);
            } else if (operation instanceof Operation.Delete delete) {
                clientOperations++;
                bytes += delete.key().length;
                leaves += EntryLeaf.encodedLength(authorUtf8.length, delete.table(), 0);
            } else {
                leaves += SYSTEM_ENTRY_BYTES;
            }
        }
        if (clientOperations > OPERATIONS_MAX) {
            throw new IllegalArgumentException(
                    "a batch has at most " + OPERATIONS_MAX + " operations, this one has " + clientOperations);
        }
        if (bytes > BYTES_MAX) {
            throw new IllegalArgumentException(
                    "a batch has at most " + BYTES_MAX + " bytes of keys and values, this one has " + bytes);
        }
        return bytes + leaves;
    }

    /** How many entries the batch adds to a block at most. */
    int blockEntries() {
        return operations.size() + (requestId == null ? 0 : 1);
    }

    /** How many bytes of leaf data and values the batch adds to a block at most. */
    long blockBytes() {
        return blockBytes;
    }

    /**
     * Encodes and hashes the entries of the batch's puts and deletes, so that the committer need not. Those of its other
     * operations depend on what stands in the ledger.
     *
     * @throws IllegalArgumentException if an entry breaks a limit of LEDGER.md; the message tells its number
     */
    public Batch prepare() {
        if (prepared != null) {
            return this;
        }
        @Nullable BlockEntry[] entries = new BlockEntry[operations.size()];
        for (int i = 0; i < entries.length; i++) {
            boolean joined = i < entries.length - 1 || requestId != null;
            try {
                entries[i] = prepare(operations.get(i), salts.get(i), joined);
            } catch (IllegalArgumentException e) {
                throw entries.length == 1
                        ? e
                        : new IllegalArgumentException("operation " + i + ": " + e.getMessage(), e);
            }
        }
        prepared = entries;
        return this;
    }

    /** As {@link #prepare()}, and records how long it took. */
    Batch prepare(Timings timings) {
        long begin = timings.now();
        prepare();
        preparingNanos = timings.record(Timings.Stage.HASH, begin) - begin;
        return this;
    }

    long preparingNanos() {
        return preparingNanos;
    }

    private @Nullable BlockEntry prepare(Operation operation, byte[] salt, boolean joined) {
        if (operation instanceof Operation.Put put) {
            return entry(
                    EntryLeaf.KIND_PUT, authorUtf8, put.table(), put.key(), put.value(), salt, put.expiresAt(), joined);
        }
        if (operation instanceof Operation.Delete delete) {
            return entry(EntryLeaf.KIND_DELETE, authorUtf8, delete.table(), delete.key(), EMPTY, NO_SALT, 0, joined);
        }
        return null;
    }

    /** The entry that {@link #prepare} made of a put or delete; the batch must be prepared. */
    BlockEntry prepared(int operation) {
        @Nullable BlockEntry[] entries = prepared;
        BlockEntry entry = entries == null ? null : entries[operation];
        if (entry == null) {
            throw new IllegalStateException("operation " + operation + " was not prepared");
        }
        return entry;
    }

    /** Encodes and hashes one entry. */
    static BlockEntry entry(
            int kind,
            byte[] author,
            TableName table,
            byte[] key,
            byte[] value,
            byte[] salt,
            long expiresAt,
            boolean joined) {
        byte[] leaf = EntryLeaf.encode(kind, author, table, key, value, salt, expiresAt, joined);
        byte[] hash = new byte[Hash.LENGTH];
        MerkleTree.leafHash(leaf, 0, leaf.length, hash, 0);
        return new BlockEntry(leaf, hash, new StoredValue(value, salt));
    }
}
