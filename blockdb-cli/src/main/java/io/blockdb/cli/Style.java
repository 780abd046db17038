package io.blockdb.cli;

/** Colours for a terminal, or none. Immutable. */
enum Style {
    /** Escape sequences of ANSI terminals. */
    COLOURED,
    /** Text as it is. */
    PLAIN;

    String good(String text) {
        return paint("32", text);
    }

    String bad(String text) {
        return paint("31", text);
    }

    String strong(String text) {
        return paint("1", text);
    }

    private String paint(String code, String text) {
        return this == PLAIN ? text : "\u001b[" + code + "m" + text + "\u001b[0m";
    }
}
