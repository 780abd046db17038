package io.blockdb.proof;

import io.blockdb.base.Hash;
import io.blockdb.base.TableName;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The leaf data of an entry: one write of one key as the ledger hashes it (LEDGER.md, section Entry). The only home of
 * its layout:
 *
 * <pre>
 *   0        1        2        3        4                 6                 8
 *   +--------+--------+--------+--------+-----------------+-----------------+
 *   | format | kind   | salt   | flags  | author length A | table length T  |
 *   |   1    |  1, 2  | 0, 16  |  0, 1  |    0 to 255     |    1 to 255     |
 *   +--------+--------+--------+--------+-----------------+-----------------+ 8
 *   | key length K, 1 to 64,000         | value length V                    |
 *   +-----------------------------------+-----------------------------------+ 16
 *   | expires_at, microseconds since the Unix epoch, 0 = never              |
 *   +-----------------------------------------------------------------------+ 24
 *   | author, A bytes | table, T bytes | key, K bytes | value digest, 32    |
 *   +-----------------------------------------------------------------------+ 56 + A + T + K
 * </pre>
 *
 * <p>Numbers are big-endian. The value is not in it, only its digest {@code H(salt || value)}: so a value can be withheld
 * or erased without breaking a proof. Nothing in it depends on the entry's place in the ledger, so client threads encode
 * and hash their own entries.
 *
 * <p>An instance is a view of leaf data that obeys every rule which can be told from the entry alone. What depends on
 * its neighbours or its table (the last entry of a block is not joined, tombstones and expiry only in versioned tables)
 * is not judged here.
 *
 * <p>Threading: immutable, as long as nobody writes to the array that was parsed.
 */
public final class EntryLeaf {
    /** The layout's version, the first byte. */
    public static final int FORMAT = 1;
    /** A write of a value. */
    public static final int KIND_PUT = 1;
    /** A tombstone; only in versioned tables. */
    public static final int KIND_DELETE = 2;
    /** Bit 0 of the flags: the next entry of the block belongs to the same batch. */
    public static final int FLAG_JOINED = 1;
    /** Length in bytes of a salt, where there is one. */
    public static final int SALT_LENGTH = 16;
    /** The longest author, in bytes of UTF-8. */
    public static final int AUTHOR_LENGTH_MAX = 255;
    /** The longest key, in bytes. */
    public static final int KEY_LENGTH_MAX = 64_000;
    /** The longest key and value together, in bytes. */
    public static final int KEY_PLUS_VALUE_MAX = 8 << 20;
    /** The greatest number anywhere in the ledger: 2^53 - 1, so that signed and floating readers agree. */
    public static final long NUMBER_MAX = (1L << 53) - 1;
    /** Length of leaf data apart from author, table and key. */
    public static final int FIXED = 56;
    /** No leaf data is longer; the other limits see to it. */
    public static final int LEAF_LENGTH_MAX = 65_535;

    /** Bytes before the author. */
    private static final int HEAD = FIXED - Hash.LENGTH;

    private final byte[] array;
    private final int offset;
    private final int length;

    private EntryLeaf(byte[] array, int offset, int length) {
        this.array = array;
        this.offset = offset;
        this.length = length;
    }

    /** Length of the leaf data of an entry with an author and a key of so many bytes. */
    public static int encodedLength(int authorLength, TableName table, int keyLength) {
        return FIXED + authorLength + table.utf8Length() + keyLength;
    }

    /**
     * The leaf data of an entry, in a new array of its exact length. Computes the value's digest.
     *
     * @param kind {@link #KIND_PUT} or {@link #KIND_DELETE}; a delete has an empty value and salt, and expires never
     * @param author UTF-8 of who wrote it; empty for nobody
     * @param table the table written to
     * @param key the key, 1 to 64,000 bytes
     * @param value the value; with the key at most 8 MiB
     * @param salt 16 random bytes where the value may one day be erased, else empty
     * @param expiresAt microseconds since the Unix epoch, 0 for never
     * @param joined whether the next entry of the block belongs to the same batch
     * @throws IllegalArgumentException if a limit is exceeded
     */
    public static byte[] encode(
            int kind,
            byte[] author,
            TableName table,
            byte[] key,
            byte[] value,
            byte[] salt,
            long expiresAt,
            boolean joined) {
        byte[] leaf = new byte[encodedLength(author.length, table, key.length)];
        encode(kind, author, table, key, value, salt, expiresAt, joined, leaf, 0);
        return leaf;
    }

    /**
     * Writes the leaf data of an entry to {@code target} at {@code offset}; allocates nothing. Otherwise as the other
     * {@code encode}.
     *
     * @return the length of what was written: {@link #encodedLength}
     */
    public static int encode(
            int kind,
            byte[] author,
            TableName table,
            byte[] key,
            byte[] value,
            byte[] salt,
            long expiresAt,
            boolean joined,
            byte[] target,
            int offset) {
        checkLimits(kind, author, key, value, salt, expiresAt);
        target[offset] = FORMAT;
        target[offset + 1] = (byte) kind;
        target[offset + 2] = (byte) salt.length;
        target[offset + 3] = (byte) (joined ? FLAG_JOINED : 0);
        BigEndian.put16(target, offset + 4, author.length);
        BigEndian.put16(target, offset + 6, table.utf8Length());
        BigEndian.put32(target, offset + 8, key.length);
        BigEndian.put32(target, offset + 12, value.length);
        BigEndian.put64(target, offset + 16, expiresAt);
        int at = offset + HEAD;
        System.arraycopy(author, 0, target, at, author.length);
        at += author.length;
        table.copyUtf8To(target, at);
        at += table.utf8Length();
        System.arraycopy(key, 0, target, at, key.length);
        at += key.length;
        MessageDigest digest = Sha256.digest();
        digest.update(salt);
        digest.update(value);
        Sha256.finish(digest, target, at);
        return at + Hash.LENGTH - offset;
    }

    private static void checkLimits(int kind, byte[] author, byte[] key, byte[] value, byte[] salt, long expiresAt) {
        String problem = problemOfFields(kind, salt.length, author.length, key.length, value.length, expiresAt);
        if (problem == null) {
            problem = PlainText.problem(author, 0, author.length, "author");
        }
        if (problem != null) {
            throw new IllegalArgumentException(problem);
        }
    }

    /**
     * Length of the leaf data that begins at {@code offset}, so that leaf data that stands one behind the other can be
     * walked. Looks at the format and the lengths, and at nothing else: {@link #parse} checks the rest.
     *
     * @param available how many bytes there are from {@code offset} on
     * @throws MalformedException if the format is unknown, a length is out of its limits, or there are too few bytes
     */
    public static int lengthAt(byte[] array, int offset, int available) throws MalformedException {
        if (available < 1) {
            throw new MalformedException("entry is empty");
        }
        int format = array[offset] & 0xff;
        if (format > FORMAT) {
            throw MalformedException.tooNew("entry format", format, FORMAT);
        }
        if (format != FORMAT) {
            throw new MalformedException("entry format is " + format + ", not " + FORMAT);
        }
        if (available < HEAD) {
            throw new MalformedException("entry has " + available + " bytes, fewer than its first " + HEAD);
        }
        int authorLength = BigEndian.u16(array, offset + 4);
        int tableLength = BigEndian.u16(array, offset + 6);
        long keyLength = BigEndian.u32(array, offset + 8);
        refuse(problemOfLengths(authorLength, keyLength));
        if (tableLength < 1 || tableLength > TableName.MAX_LENGTH) {
            throw new MalformedException("table has " + tableLength + " bytes, not 1 to " + TableName.MAX_LENGTH);
        }
        int total = FIXED + authorLength + tableLength + (int) keyLength;
        if (total > available) {
            throw new MalformedException("entry is cut off: needs " + total + " bytes, has " + available);
        }
        return total;
    }

    /**
     * Checks leaf data against every rule of the section Entry, and gives a view of it. The array is not copied: it must
     * not change as long as the view is used.
     *
     * @throws MalformedException if a rule is broken, or {@code length} is not exactly the length of the leaf data
     */
    public static EntryLeaf parse(byte[] array, int offset, int length) throws MalformedException {
        int total = lengthAt(array, offset, length);
        if (total != length) {
            throw new MalformedException("entry is followed by " + (length - total) + " bytes too many");
        }
        int flags = array[offset + 3] & 0xff;
        if ((flags & ~FLAG_JOINED) != 0) {
            throw new MalformedException("flags 0x%02x has unknown bits".formatted(flags));
        }
        int authorLength = BigEndian.u16(array, offset + 4);
        int kind = array[offset + 1] & 0xff;
        refuse(problemOfFields(
                kind,
                array[offset + 2] & 0xff,
                authorLength,
                BigEndian.u32(array, offset + 8),
                BigEndian.u32(array, offset + 12),
                BigEndian.i64(array, offset + 16)));
        refuse(PlainText.problem(array, offset + HEAD, authorLength, "author"));
        refuse(PlainText.problem(array, offset + HEAD + authorLength, BigEndian.u16(array, offset + 6), "table"));
        EntryLeaf leaf = new EntryLeaf(array, offset, length);
        if (kind == KIND_DELETE && !MerkleTree.EMPTY_ROOT.matches(array, leaf.digestAt())) {
            throw new MalformedException("value digest of a delete is " + leaf.valueDigest() + ", not H(\"\")");
        }
        return leaf;
    }

    private static void refuse(@Nullable String problem) throws MalformedException {
        if (problem != null) {
            throw new MalformedException(problem);
        }
    }

    private static @Nullable String problemOfLengths(int authorLength, long keyLength) {
        if (authorLength > AUTHOR_LENGTH_MAX) {
            return "author has " + authorLength + " bytes, at most " + AUTHOR_LENGTH_MAX + " are allowed";
        }
        if (keyLength < 1 || keyLength > KEY_LENGTH_MAX) {
            return "key has " + keyLength + " bytes, not 1 to " + KEY_LENGTH_MAX;
        }
        return null;
    }

    private static @Nullable String problemOfFields(
            int kind, int saltLength, int authorLength, long keyLength, long valueLength, long expiresAt) {
        String lengths = problemOfLengths(authorLength, keyLength);
        if (lengths != null) {
            return lengths;
        }
        if (kind != KIND_PUT && kind != KIND_DELETE) {
            return "kind is " + kind + ", neither 1 (put) nor 2 (delete)";
        }
        if (saltLength != 0 && saltLength != SALT_LENGTH) {
            return "salt has " + saltLength + " bytes, neither 0 nor " + SALT_LENGTH;
        }
        if (keyLength + valueLength > KEY_PLUS_VALUE_MAX) {
            return "key and value have " + (keyLength + valueLength) + " bytes, at most " + KEY_PLUS_VALUE_MAX
                    + " are allowed";
        }
        if (expiresAt < 0 || expiresAt > NUMBER_MAX) {
            return "expires_at " + Long.toUnsignedString(expiresAt) + " is over 2^53 - 1";
        }
        if (kind == KIND_DELETE && (saltLength != 0 || valueLength != 0 || expiresAt != 0)) {
            return "a delete has a salt, a value or an expiry";
        }
        return null;
    }

    /** {@link #KIND_PUT} or {@link #KIND_DELETE}. */
    public int kind() {
        return array[offset + 1];
    }

    /** Length of the salt in bytes: 0, or 16 where the value may be erased. */
    public int saltLength() {
        return array[offset + 2];
    }

    /** Whether the next entry of the block belongs to the same batch. */
    public boolean joined() {
        return (array[offset + 3] & FLAG_JOINED) != 0;
    }

    /** Who wrote it, empty for nobody. */
    public String author() {
        return new String(array, offset + HEAD, authorLength(), StandardCharsets.UTF_8);
    }

    /** The table written to. */
    public TableName table() {
        return TableName.of(new String(array, offset + HEAD + authorLength(), tableLength(), StandardCharsets.UTF_8));
    }

    /** Whether the table written to is this one; costs less than {@link #table}. */
    public boolean isOf(TableName table) {
        return table.isUtf8(array, offset + HEAD + authorLength(), tableLength());
    }

    /** A copy of the key. */
    public byte[] key() {
        int from = keyOffset();
        return Arrays.copyOfRange(array, from, from + keyLength());
    }

    /** Index of the key's first byte in the array that was parsed. */
    public int keyOffset() {
        return offset + HEAD + authorLength() + tableLength();
    }

    /** Length of the key in bytes. */
    public int keyLength() {
        return (int) BigEndian.u32(array, offset + 8);
    }

    /** Length of the value in bytes; 0 for a delete. */
    public int valueLength() {
        return (int) BigEndian.u32(array, offset + 12);
    }

    /** When the entry expires, in microseconds since the Unix epoch; 0 for never. */
    public long expiresAt() {
        return BigEndian.i64(array, offset + 16);
    }

    /** {@code H(salt || value)}. */
    public Hash valueDigest() {
        return Hash.of(array, digestAt(), Hash.LENGTH);
    }

    /** Length of the leaf data in bytes. */
    public int length() {
        return length;
    }

    /** The entry's hash: that of a leaf with this leaf data. */
    public Hash hash() {
        return MerkleTree.leafHash(array, offset, length);
    }

    /**
     * Whether these are the salt and the value that were written: both have their lengths, and the digest is theirs.
     * The lengths count, since the digest alone would not tell where the salt ends.
     */
    public boolean digestMatches(byte[] salt, byte[] value) {
        if (salt.length != saltLength() || value.length != valueLength()) {
            return false;
        }
        return digest(salt, value).matches(array, digestAt());
    }

    /** {@code H(salt || value)}. */
    public static Hash digest(byte[] salt, byte[] value) {
        MessageDigest digest = Sha256.digest();
        digest.update(salt);
        digest.update(value);
        return Sha256.finish(digest);
    }

    private int authorLength() {
        return BigEndian.u16(array, offset + 4);
    }

    private int tableLength() {
        return BigEndian.u16(array, offset + 6);
    }

    private int digestAt() {
        return offset + length - Hash.LENGTH;
    }
}
