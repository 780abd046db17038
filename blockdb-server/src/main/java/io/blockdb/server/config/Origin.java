package io.blockdb.server.config;

/**
 * Where a value comes from.
 *
 * @param source the kind of place
 * @param where the place itself, as a user knows it: {@code --port}, {@code BLOCKDB_HOST}, {@code blockdb.toml:12:8}
 */
record Origin(Source source, String where) {
    /** The kinds of places, those that count more first. */
    enum Source {
        FLAG,
        ENVIRONMENT,
        FILE,
        DEFAULT
    }

    static final Origin STANDARD = new Origin(Source.DEFAULT, "default");

    static Origin given(String flag) {
        return new Origin(Source.FLAG, flag);
    }

    static Origin environment(String variable) {
        return new Origin(Source.ENVIRONMENT, variable);
    }

    static Origin file(String position) {
        return new Origin(Source.FILE, position);
    }
}
