package io.blockdb.cli;

import java.util.Locale;

/** The choice of {@code --color}. */
enum Colour {
    /** On a terminal. */
    AUTO,
    /** Even into a pipe, such as to a pager. */
    ALWAYS,
    /** Not at all. */
    NEVER;

    /** @param fitting whether colours fit where the output goes */
    Style style(boolean fitting) {
        return this == ALWAYS || (this == AUTO && fitting) ? Style.COLOURED : Style.PLAIN;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
