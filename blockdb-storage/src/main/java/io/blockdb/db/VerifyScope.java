package io.blockdb.db;

import io.blockdb.base.TableName;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What to verify, and against what. Pure data; every {@code with…} method gives a changed copy.
 *
 * <p>Threading: immutable.
 */
public final class VerifyScope {
    /** Everything. */
    public static final VerifyScope ALL = new VerifyScope(0, false);

    private final long fromHeight;
    private final boolean quick;
    private final @Nullable TableName table;
    private final byte @Nullable [] key;
    private final List<RootClaim> claims;

    /**
     * All tables from a block on.
     *
     * @param fromHeight the first block that is checked; those before it are taken on trust
     * @param quick whether to check headers, chain, tree and checksums of blocks only, and neither their entries nor the index
     * @throws IllegalArgumentException if the height is negative
     */
    public VerifyScope(long fromHeight, boolean quick) {
        this(fromHeight, quick, null, null, List.of());
        if (fromHeight < 0) {
            throw new IllegalArgumentException("there is no block " + fromHeight);
        }
    }

    private VerifyScope(
            long fromHeight, boolean quick, @Nullable TableName table, byte @Nullable [] key, List<RootClaim> claims) {
        this.fromHeight = fromHeight;
        this.quick = quick;
        this.table = table;
        this.key = key;
        this.claims = claims;
    }

    /** The same, with the entries of one table only, of which blocks, digests and index are held against each other. */
    public VerifyScope withTable(TableName only) {
        return new VerifyScope(fromHeight, quick, only, key, claims);
    }

    /** The same, with the entries of one key of one table only. */
    public VerifyScope withKey(TableName onlyTable, byte[] onlyKey) {
        return new VerifyScope(fromHeight, quick, onlyTable, onlyKey.clone(), claims);
    }

    /** The same, with what else the ledger's tree is to be held against. */
    public VerifyScope withClaims(List<RootClaim> more) {
        return new VerifyScope(fromHeight, quick, table, key, List.copyOf(more));
    }

    /** The first block that is checked. */
    public long fromHeight() {
        return fromHeight;
    }

    /** Whether entries and index are left out. */
    public boolean quick() {
        return quick;
    }

    /** The only table, or null for all. */
    public @Nullable TableName table() {
        return table;
    }

    /** The only key, of the only table, or null for all; the caller's own. */
    public byte @Nullable [] key() {
        return key == null ? null : key.clone();
    }

    /** What the ledger's tree is held against besides what the database itself remembers. */
    public List<RootClaim> claims() {
        return claims;
    }

    /** Whether only one key is looked at. */
    boolean ofKey() {
        return key != null;
    }

    /** Whether neither a part of the ledger nor of its entries is left out. */
    boolean isWhole() {
        return fromHeight == 0 && !quick && table == null;
    }

    /** Whether an entry is looked at. */
    boolean covers(TableName entryTable, byte[] array, int keyOffset, int keyLength) {
        byte[] only = key;
        return (table == null || table.equals(entryTable))
                && (only == null || Arrays.equals(only, 0, only.length, array, keyOffset, keyOffset + keyLength));
    }

    /** Whether an entry of that index key is looked at. */
    boolean covers(byte[] indexKey) {
        byte[] only = key;
        TableName of = table;
        if (of == null) {
            return true;
        }
        return only == null ? of.isPrefixOf(indexKey, 0, indexKey.length) : Arrays.equals(of.indexKey(only), indexKey);
    }

    /** The index keys that may be looked at lie between these two; null for all. */
    byte @Nullable [] firstIndexKey() {
        byte[] only = key;
        return table == null ? null : table.indexKey(only == null ? new byte[0] : only);
    }

    /** As {@link #firstIndexKey}. */
    byte @Nullable [] lastIndexKey() {
        byte[] only = key;
        return table == null ? null : only == null ? table.indexKeyBehindAll() : table.indexKey(only);
    }
}
