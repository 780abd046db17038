package io.blockdb.client;

import io.blockdb.base.TableName;
import org.jspecify.annotations.Nullable;

/**
 * Which keys of a table are asked for: {@code Scan.of("files").prefix("docs/")}. Pure data; every method gives a changed copy. The
 * listing is in the order of the keys' bytes, and of one moment, however many pages it takes.
 *
 * @param table the table
 * @param prefix what the keys begin with; null: anything
 * @param from first key of the range; null: the first of all
 * @param to first key behind the range; null: none
 * @param at height of the block after which is looked; null: now
 * @param reverse whether the last key comes first
 * @param pageSize how many rows the server is to answer at a time, 1 to 1,000
 */
public record Scan(
        String table,
        byte @Nullable [] prefix,
        byte @Nullable [] from,
        byte @Nullable [] to,
        @Nullable Long at,
        boolean reverse,
        int pageSize) {
    private static final int PAGE_SIZE_MAX = 1000;

    /** @throws IllegalArgumentException if the table's name or the page size break a limit, or prefix and range are both given */
    public Scan {
        TableName.of(table);
        if (pageSize < 1 || pageSize > PAGE_SIZE_MAX) {
            throw new IllegalArgumentException("a page has 1 to " + PAGE_SIZE_MAX + " rows, not " + pageSize);
        }
        if (prefix != null && (from != null || to != null)) {
            throw new IllegalArgumentException("a scan takes a prefix or a range, not both");
        }
    }

    /** All keys of a table. */
    public static Scan of(String table) {
        return new Scan(table, null, null, null, null, false, PAGE_SIZE_MAX);
    }

    /** The keys that begin so. */
    public Scan prefix(byte[] bytes) {
        return new Scan(table, bytes, from, to, at, reverse, pageSize);
    }

    /** The keys that begin with the UTF-8 of a text. */
    public Scan prefix(String text) {
        return prefix(StrictText.utf8(text));
    }

    /** The keys from one on, that one included. */
    public Scan from(byte[] key) {
        return new Scan(table, prefix, key, to, at, reverse, pageSize);
    }

    /** The keys before one. */
    public Scan to(byte[] key) {
        return new Scan(table, prefix, from, key, at, reverse, pageSize);
    }

    /** As it stood after the block of a height. */
    public Scan at(long height) {
        return new Scan(table, prefix, from, to, height, reverse, pageSize);
    }

    /** The last key first. */
    public Scan reversed() {
        return new Scan(table, prefix, from, to, at, true, pageSize);
    }

    /** So many rows at a time. */
    public Scan pageSize(int rows) {
        return new Scan(table, prefix, from, to, at, reverse, rows);
    }

    String path(@Nullable String cursor) {
        return Paths.of("/api/v1/scan")
                .with("table", table)
                .withBytes("prefix", prefix)
                .withBytes("from", from)
                .withBytes("to", to)
                .with("at", at)
                .withFlag("reverse", reverse)
                .with("limit", pageSize)
                .with("cursor", cursor)
                .with("encoding", "base64")
                .toString();
    }
}
