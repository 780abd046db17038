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

    /**
     * The choice of that name, in any case; an empty name is {@link #AUTO}.
     *
     * @throws UsageException if it is none
     */
    static Colour named(String name) {
        for (Colour colour : values()) {
            if (colour.toString().equalsIgnoreCase(name)) {
                return colour;
            }
        }
        if (!name.isEmpty()) {
            throw new UsageException("BLOCKDB_COLOR: '" + name + "' is not one of auto, always, never");
        }
        return AUTO;
    }

    /** @param fitting whether colours fit where the output goes */
    Style style(boolean fitting) {
        return this == ALWAYS || (this == AUTO && fitting) ? Style.COLOURED : Style.PLAIN;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
