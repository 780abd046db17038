package io.blockdb.server.config;

/** Whether clients show a certificate of their own (mutual TLS). */
public enum ClientAuth {
    /** They are not asked for one. */
    NONE("none"),
    /** They are asked, and may have none; one that they show must be good. */
    OPTIONAL("optional"),
    /** Without one there is no connection. */
    REQUIRED("required");

    private final String word;

    ClientAuth(String word) {
        this.word = word;
    }

    /** The word in the settings. */
    @Override
    public String toString() {
        return word;
    }
}
