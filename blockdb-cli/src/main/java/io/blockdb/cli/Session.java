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
    private Style style = Style.PLAIN;
    private @Nullable DatabaseSource shared;

    /** @param clock by which the expiry of a written entry is reckoned */
    Session(Streams streams, InstantSource clock) {
        this.streams = streams;
        this.clock = clock;
        this.out = new Output(streams.out());
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

    /** Paints what goes to a terminal, unless {@code NO_COLOR} or a terminal that cannot speak against it. */
    void chooseStyle(Colour colour) {
        boolean wanted = streams.variable("NO_COLOR").isEmpty()
                && !streams.variable("TERM").equals("dumb");
        style = colour.style(wanted && streams.outIsTerminal());
        messages.style(colour.style(wanted && streams.errIsTerminal()));
    }
}
