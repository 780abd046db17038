package io.blockdb.cli;

/** What one write may hold. Checked before a database is opened, so that a refused command changes nothing. */
final class Limits {
    static final int KEY_BYTES = 64_000;
    static final int VALUE_BYTES = 4 << 20;
    static final int BATCH_OPERATIONS = 10_000;
    static final int BATCH_BYTES = 8 << 20;

    private Limits() {}

    /** The key itself. */
    static byte[] key(byte[] key) {
        if (key.length == 0) {
            throw new UsageException("the key is empty");
        }
        if (key.length > KEY_BYTES) {
            throw new UsageException("the key has " + Counts.format(key.length) + " bytes; at most "
                    + Counts.format(KEY_BYTES) + " are allowed");
        }
        return key;
    }

    /** The value itself. */
    static byte[] value(byte[] value) {
        if (value.length > VALUE_BYTES) {
            throw new UsageException("the value has " + Counts.format(value.length) + " bytes; at most "
                    + Counts.format(VALUE_BYTES) + " (" + Sizes.format(VALUE_BYTES) + ") are allowed");
        }
        return value;
    }
}
