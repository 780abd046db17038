package io.blockdb.cli;

import io.blockdb.base.TableName;
import io.blockdb.db.TablePolicy;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The fields of one operation, gathered from a line of JSON or a row of CSV, and what they ask for together.
 *
 * <p>Threading: one thread at a time.
 */
final class OperationFields {
    /** What {@code scan} and {@code get} say besides the entry itself, so that what they wrote can be read again. */
    private static final Set<String> PLACES = Set.of("sequence_number", "height", "block_hash", "timestamp");

    /** The last moment that an entry can hold: 2^53 - 1, in microseconds. */
    private static final long EXPIRES_AT_MAX = (1L << 53) - 1;

    /** A field. */
    enum Name {
        TYPE,
        KEY,
        VALUE,
        TABLE,
        ENCODING,
        TTL_SECONDS,
        EXPIRES_AT,
        POLICY,
        ERASABLE,
        STATE;

        private static final Map<String, Name> BY_TEXT =
                Stream.of(values()).collect(Collectors.toUnmodifiableMap(Name::toString, Function.identity()));

        /** The field that is written so, or null where there is none. */
        static @Nullable Name of(String text) {
            return BY_TEXT.get(text);
        }

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private final TableName defaultTable;
    private final InstantSource clock;

    private String type = "put";
    private byte @Nullable [] key;
    private byte @Nullable [] value;
    /** Whether the value may as well be none: an empty field of CSV. */
    private boolean blank;

    private @Nullable TableName table;
    private Encoding encoding = Encoding.TEXT;
    private long ttlSeconds;
    private long expiresAt;
    private @Nullable String policy;
    private boolean erasable;
    private String state = "present";

    /** @param defaultTable the table of an operation that names none */
    OperationFields(TableName defaultTable, InstantSource clock) {
        this.defaultTable = defaultTable;
        this.clock = clock;
    }

    /** Whether a field says only where an entry stands, and is passed over. */
    static boolean isPlace(String name) {
        return PLACES.contains(name);
    }

    /** Begins with the next operation. */
    void begin() {
        type = "put";
        key = null;
        value = null;
        blank = false;
        table = null;
        encoding = Encoding.TEXT;
        ttlSeconds = 0;
        expiresAt = 0;
        policy = null;
        erasable = false;
        state = "present";
    }

    /** @param written UTF-8 of how the key is written, the caller's no more */
    void key(byte[] written) {
        key = written;
    }

    /** @param written UTF-8 of how the value is written, the caller's no more; an empty one is none in a delete */
    void value(byte[] written) {
        value = written;
        blank = written.length == 0;
    }

    void table(TableName named) {
        table = named;
    }

    /** Sets a field to a text. */
    void set(Name name, String text) {
        switch (name) {
            case TYPE -> type = text;
            case KEY -> key = Encoding.TEXT.decode("key", text);
            case VALUE -> value = Encoding.TEXT.decode("value", text);
            case TABLE -> table = TableOption.parseWritable(text);
            case ENCODING -> {
                encoding = switch (text) {
                    case "text" -> Encoding.TEXT;
                    case "base64" -> Encoding.BASE64;
                    default -> throw new UsageException("encoding must be text or base64, is '" + text + "'");
                };
            }
            case TTL_SECONDS -> ttlSeconds = TimeToLive.checked(whole(name, text));
            case EXPIRES_AT -> {
                expiresAt = whole(name, text);
                if (expiresAt < 1 || expiresAt > EXPIRES_AT_MAX) {
                    throw new UsageException(
                            "expires_at must be microseconds since 1970, at most 2^53 - 1, is " + text);
                }
            }
            case POLICY -> policy = text;
            case ERASABLE -> {
                if (!text.equals("true") && !text.equals("false")) {
                    throw new UsageException("erasable must be true or false, is '" + text + "'");
                }
                erasable = text.equals("true");
            }
            case STATE -> state = text;
        }
    }

    private static long whole(Name name, String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new UsageException(name + " must be a whole number");
        }
    }

    /**
     * What the fields ask for.
     *
     * @param number of the line that they stand in
     * @throws UsageException if they contradict each other, lack one, or break a limit
     */
    InputLine line(long number) {
        if (type.equals("table")) {
            return table(number);
        }
        boolean delete = type.equals("delete");
        if (!delete && !type.equals("put")) {
            throw new UsageException("type must be put or delete, is '" + type + "'");
        }
        byte[] writtenKey = key;
        byte[] writtenValue = value;
        if (writtenKey == null) {
            throw new UsageException("key is missing");
        }
        if (delete && (writtenValue != null && !blank || ttlSeconds != 0 || expiresAt != 0)) {
            throw new UsageException("a delete has neither value nor ttl_seconds");
        }
        if (!state.equals("present")) {
            throw new UsageException("value is missing: its state is '" + state + "'");
        }
        if (!delete && writtenValue == null) {
            throw new UsageException("value is missing");
        }
        if (ttlSeconds != 0 && expiresAt != 0) {
            throw new UsageException("ttl_seconds and expires_at contradict each other");
        }
        return new OperationLine(
                number,
                delete,
                table == null ? defaultTable : table,
                Limits.key(decode("key", writtenKey)),
                writtenValue == null ? new byte[0] : Limits.value(decode("value", writtenValue)),
                ttlSeconds == 0 ? expiresAt : TimeToLive.expiry(clock, ttlSeconds));
    }

    private byte[] decode(String what, byte[] written) {
        return encoding == Encoding.TEXT ? written : encoding.decode(what, new String(written, StandardCharsets.UTF_8));
    }

    /** A table: in CSV its policy is the value, such as {@code versioned} or {@code versioned erasable}. */
    private TableLine table(long number) {
        TableName named = table;
        if (named == null) {
            throw new UsageException("table is missing");
        }
        String written = policy;
        boolean canErase = erasable;
        byte[] words = value;
        if (written == null && words != null) {
            written = new String(words, StandardCharsets.UTF_8);
            canErase = written.endsWith(TableLine.ERASABLE);
            written = canErase ? written.substring(0, written.length() - TableLine.ERASABLE.length()) : written;
        }
        try {
            return new TableLine(number, named, TablePolicy.parse(written == null ? "" : written), canErase);
        } catch (IllegalArgumentException e) {
            throw new UsageException(String.valueOf(e.getMessage()));
        }
    }
}
