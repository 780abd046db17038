package io.blockdb.server.config;

/** What a line of the log is. */
public enum LogFormat {
    /** A line for people. */
    PLAIN("plain"),
    /** A JSON object a line, for machines. */
    JSON("json");

    private final String word;

    LogFormat(String word) {
        this.word = word;
    }

    /** The word in the settings. */
    @Override
    public String toString() {
        return word;
    }
}
