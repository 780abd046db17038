package io.blockdb.server.http;

import io.javalin.http.Context;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Which form of an answer is wanted (RFC 9110, 12.5.1). */
public final class Negotiation {
    static final String JSON = "application/json";
    static final String OCTETS = "application/octet-stream";
    static final String TEXT = "text/plain";
    static final String EVENTS = "text/event-stream";

    private Negotiation() {}

    /** Whether JSON is asked for by name: where a route has another form that is usual. */
    public static boolean prefersJson(Context ctx) {
        String accept = ctx.header("Accept");
        return accept != null
                && weight(accept, JSON) > 0
                && accept.toLowerCase(Locale.ROOT).contains("json");
    }

    /** Whether bytes are wanted rather than JSON. */
    static boolean prefersOctets(Context ctx) {
        String accept = ctx.header("Accept");
        return accept != null && weight(accept, OCTETS) > weight(accept, JSON);
    }

    /**
     * Refuses who accepts none of the forms that there are.
     *
     * @throws Problem with 406
     */
    static void check(Context ctx, List<String> forms) {
        String accept = ctx.header("Accept");
        if (accept == null || accept.isBlank()) {
            return;
        }
        for (String form : forms) {
            if (weight(accept, form) > 0) {
                return;
            }
        }
        throw new Problem(
                Problem.Kind.NOT_ACCEPTABLE,
                "the answer is " + String.join(" or ", forms)
                        + ", which the request does not accept: its header Accept says " + Shown.text(accept));
    }

    /** How much a form is wanted, 0 to 1: by the most specific range that it matches. */
    private static double weight(String accept, String form) {
        int best = -1;
        double weight = 0;
        String type = form.substring(0, form.indexOf('/') + 1);
        for (String range : accept.toLowerCase(Locale.ROOT).split(",", -1)) {
            String[] parts = range.split(";", -1);
            String media = parts[0].strip();
            int specific = media.equals(form) ? 2 : media.equals(type + "*") ? 1 : media.equals("*/*") ? 0 : -1;
            if (specific > best) {
                best = specific;
                weight = quality(parts);
            }
        }
        return weight;
    }

    private static double quality(String[] parts) {
        for (int i = 1; i < parts.length; i++) {
            String parameter = parts[i].strip();
            if (parameter.startsWith("q=")) {
                @Nullable Double quality = number(parameter.substring(2));
                return quality == null ? 0 : quality;
            }
        }
        return 1;
    }

    private static @Nullable Double number(String text) {
        try {
            return Double.valueOf(text);
        } catch (NumberFormatException e) {
            return null;
        }
    }
}
