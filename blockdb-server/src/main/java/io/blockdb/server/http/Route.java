package io.blockdb.server.http;

import io.javalin.http.Handler;
import io.javalin.http.HandlerType;
import java.util.List;

/**
 * A route.
 *
 * @param method its method
 * @param template its path; {@code {name}} stands for a segment, {@code <key>} at the end for all that is left
 * @param access what it asks of who calls it
 * @param forms the media types that it answers with, the usual one first
 * @param handler what it does
 */
public record Route(HandlerType method, String template, Access access, List<String> forms, Handler handler) {
    /** Copies the list. */
    public Route {
        forms = List.copyOf(forms);
    }

    /** A route that answers with JSON. */
    public Route(HandlerType method, String template, Access access, Handler handler) {
        this(method, template, access, List.of(Negotiation.JSON), handler);
    }

    /** What it does for who accepts one of its forms; others are refused. */
    Handler negotiated() {
        return ctx -> {
            if (forms.size() > 1) {
                ctx.res().addHeader("Vary", "Accept");
            }
            Negotiation.check(ctx, forms);
            handler.handle(ctx);
        };
    }
}
