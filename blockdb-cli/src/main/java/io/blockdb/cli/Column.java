package io.blockdb.cli;

/**
 * One field of a result.
 *
 * @param name its name in JSON and CSV
 * @param heading its heading in a table; empty: tables leave it out
 * @param kind what it holds
 */
record Column(String name, String heading, Kind kind) {
    /** What a column holds. */
    enum Kind {
        /** A key or value: {@code byte[]}. */
        BYTES,
        /** A {@code String}. */
        TEXT,
        /** A {@code Long}. */
        NUMBER,
        /** A {@code Long} of microseconds since the Unix epoch; a date in a table. */
        TIME,
        /** A {@code Long} of nanoseconds that something took; in a table with the unit that fits. */
        NANOS,
        /** A {@code Boolean}. */
        FLAG,
        /** A {@code Map} of names to such values, or a {@code List} of them, for JSON alone. */
        OBJECT
    }

    static Column bytes(String name, String heading) {
        return new Column(name, heading, Kind.BYTES);
    }

    static Column text(String name, String heading) {
        return new Column(name, heading, Kind.TEXT);
    }

    static Column number(String name, String heading) {
        return new Column(name, heading, Kind.NUMBER);
    }

    static Column nanos(String name, String heading) {
        return new Column(name, heading, Kind.NANOS);
    }

    static Column time(String name, String heading) {
        return new Column(name, heading, Kind.TIME);
    }

    static Column flag(String name, String heading) {
        return new Column(name, heading, Kind.FLAG);
    }
}
