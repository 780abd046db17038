package io.blockdb.server.http;

import io.blockdb.base.TableName;
import io.blockdb.server.security.Caller;
import io.javalin.http.Context;
import org.jspecify.annotations.Nullable;

/** What a request asks for, taken out of its path and query, checked. */
final class Asked {
    /** The longest key (LEDGER.md, section Entry). */
    static final int KEY_LENGTH_MAX = 64_000;

    private static final String KEY_IN_PATH = "the key in the path";

    /** The context's attribute that holds the {@link Caller}. */
    static final String CALLER = "io.blockdb.caller";

    private Asked() {}

    /** Who asks. */
    static Caller caller(Context ctx) {
        Caller caller = ctx.attribute(CALLER);
        if (caller == null) {
            throw new IllegalStateException("nobody was admitted to " + ctx.path());
        }
        return caller;
    }

    /** The key at the end of the path, in the encoding that the query names. */
    static byte[] key(Context ctx, ByteText encoding) {
        byte[] bytes = Percent.decoded(KEY_IN_PATH, KeyPath.raw(ctx.path()));
        String text = Percent.utf8(KEY_IN_PATH, bytes);
        if (encoding == ByteText.BASE64) {
            bytes = encoding.decode(KEY_IN_PATH, text);
        }
        return checkedKey(bytes, "the key");
    }

    /** A key that the ledger can take. */
    static byte[] checkedKey(byte[] key, String what) {
        return checkedKey(key, what, KEY_LENGTH_MAX);
    }

    /** A key that is no longer than it may be. */
    static byte[] checkedKey(byte[] key, String what, int lengthMax) {
        if (key.length == 0) {
            throw Problem.invalid(what + " is empty: a key has 1 to " + lengthMax + " bytes");
        }
        if (key.length > lengthMax) {
            throw new Problem(
                    Problem.Kind.TOO_LARGE,
                    what + " has " + key.length + " bytes: a key has 1 to " + lengthMax + " bytes");
        }
        return key;
    }

    /** The encoding that the query names. */
    static ByteText encoding(Context ctx) {
        return ByteText.named(ctx.queryParam("encoding"));
    }

    /** The table that the query names, else {@code default}. */
    static TableName table(Context ctx) {
        return table(ctx.queryParam("table"));
    }

    /** A table by its name; null: {@code default}. */
    static TableName table(@Nullable String name) {
        if (name == null) {
            return TableName.DEFAULT;
        }
        try {
            return TableName.of(name);
        } catch (IllegalArgumentException e) {
            throw Problem.invalid(String.valueOf(e.getMessage()));
        }
    }

    /** A number of the query, or a default. */
    static long number(Context ctx, String name, long min, long max, long byDefault) {
        String text = ctx.queryParam(name);
        if (text == null) {
            return byDefault;
        }
        long number;
        try {
            number = Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw Problem.invalid(name + " must be a whole number, is '" + Shown.text(text) + "'");
        }
        if (number < min || number > max) {
            throw Problem.invalid(name + " must be " + min + " to " + max + ", is " + number);
        }
        return number;
    }

    /** Whether the query asks for something: {@code true} or {@code false}. */
    static boolean truth(Context ctx, String name) {
        String text = ctx.queryParam(name);
        if (text == null || text.equals("false")) {
            return false;
        }
        if (text.equals("true") || text.isEmpty()) {
            return true;
        }
        throw Problem.invalid(name + " must be true or false, is '" + Shown.text(text) + "'");
    }
}
