package io.blockdb.cli;

import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * What all commands of a process share: its streams, its clock, and in interactive mode the one database.
 *
 * <p>Threading: one thread at a time.
 */
final class Session {
    private final Streams streams;
    private final InstantSource clock;
    private final Output out;
    private final Messages messages;
    private final Cancellation cancellation = new Cancellation();
    private Style style = Style.PLAIN;
    private @Nullable Colour colour;
    private @Nullable OutputFormat format;
    private int mistake = -1;
    private @Nullable DatabaseSource shared;

    /** @param clock by which the expiry of a written entry is reckoned */
    Session(Streams streams, InstantSource clock) {
        this.streams = streams;
        this.clock = clock;
        this.out = new Output(streams.out(), cancellation);
        this.messages = new Messages(streams);
    }

    Streams streams() {
        return streams;
    }

    InstantSource clock() {
        return clock;
    }

    Output out() {
        return out;
    }

    Messages messages() {
        return messages;
    }

    /** How standard output is painted. */
    Style style() {
        return style;
    }

    /** The database of interactive mode, or null where each command opens its own. */
    @Nullable
    DatabaseSource shared() {
        return shared;
    }

    /** Begins interactive mode, or ends it with null. */
    void share(@Nullable DatabaseSource source) {
        shared = source;
    }

    /** Ctrl-C, in interactive mode. */
    Cancellation cancellation() {
        return cancellation;
    }

    /** The format that the session was switched to, or null. */
    @Nullable
    OutputFormat format() {
        return format;
    }

    /** Switches the session to a format, or with null back to the usual ones. */
    void format(@Nullable OutputFormat chosen) {
        format = chosen;
    }

    /** Index of the argument that was refused last, as many as there are where one is missing; -1: none. */
    int mistake() {
        return mistake;
    }

    /** Remembers which argument was refused, -1: none. */
    void mistake(int argument) {
        mistake = argument;
    }

    /**
     * Paints what goes to a terminal, unless {@code NO_COLOR} or a terminal that cannot speak against it.
     *
     * @param given {@code --color}; null: the choice of the session's start, else {@code BLOCKDB_COLOR}, else on a
     *     terminal
     */
    void chooseStyle(@Nullable Colour given) {
        Colour chosen =
                given != null ? given : colour != null ? colour : Colour.named(streams.variable("BLOCKDB_COLOR"));
        if (colour == null) {
            colour = chosen;
        }
        boolean wanted = streams.variable("NO_COLOR").isEmpty()
                && !streams.variable("TERM").equals("dumb");
        style = chosen.style(wanted && streams.outIsTerminal());
        messages.style(chosen.style(wanted && streams.errIsTerminal()));
    }
}
