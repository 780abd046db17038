package io.blockdb.db;

import io.blockdb.base.Hash;
import io.blockdb.base.TableName;
import io.blockdb.ledger.BlockEntry;
import io.blockdb.ledger.StoredValue;
import io.blockdb.proof.EntryLeaf;
import io.blockdb.proof.MerkleTree;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
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

    private final String author;
    private final byte[] authorUtf8;
    private final List<Operation> operations;
    private final List<byte[]> salts;
    private final byte @Nullable [] requestId;
    private @Nullable List<BlockEntry> prepared;
    private long bytes = -1;

    /**
     * A batch. The arrays are not copied and must not change.
     *
     * @param author who writes, empty when nobody is named: at most 255 bytes of UTF-8 without control characters
     * @param operations at least one
     * @param salts a salt for each operation: 16 bytes, or none
     * @param requestId 1 to 128 bytes, or null
     * @throws IllegalArgumentException if a limit is not kept
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
        this.authorUtf8 = author.getBytes(StandardCharsets.UTF_8);
        this.operations = List.copyOf(operations);
        this.salts = List.copyOf(salts);
        this.requestId = requestId;
        checkAuthor();
    }

    private void checkAuthor() {
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

    /** Bytes of the keys and values of puts and deletes. */
    long bytes() {
        long sum = bytes;
        if (sum < 0) {
            sum = 0;
            for (Operation operation : operations) {
                if (operation instanceof Operation.Put put) {
                    sum += put.key().length + (long) put.value().length;
                } else if (operation instanceof Operation.Delete delete) {
                    sum += delete.key().length;
                }
            }
            bytes = sum;
        }
        return sum;
    }

    /**
     * Encodes and hashes the entries of the batch's puts and deletes, so that the committer need not. Does nothing for a
     * batch with other operations, whose entries depend on what stands in the ledger.
     *
     * @throws IllegalArgumentException if an entry breaks a limit of LEDGER.md
     */
    public Batch prepare() {
        if (prepared != null) {
            return this;
        }
        List<BlockEntry> entries = new ArrayList<>(operations.size());
        for (int i = 0; i < operations.size(); i++) {
            boolean joined = i < operations.size() - 1 || requestId != null;
            Operation operation = operations.get(i);
            if (operation instanceof Operation.Put put) {
                entries.add(entry(
                        EntryLeaf.KIND_PUT,
                        authorUtf8,
                        put.table(),
                        put.key(),
                        put.value(),
                        salts.get(i),
                        put.expiresAt(),
                        joined));
            } else if (operation instanceof Operation.Delete delete) {
                entries.add(entry(
                        EntryLeaf.KIND_DELETE,
                        authorUtf8,
                        delete.table(),
                        delete.key(),
                        new byte[0],
                        NO_SALT,
                        0,
                        joined));
            } else {
                return this;
            }
        }
        prepared = entries;
        return this;
    }

    /** The entries that {@link #prepare} made, or null. */
    @Nullable
    List<BlockEntry> prepared() {
        return prepared;
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
