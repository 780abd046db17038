package io.blockdb.server.http;

import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * What the server says of itself: its description in OpenAPI, a page to try it, and at the root where to find both. The page loads
 * nothing from elsewhere, and its policy has browsers see to that.
 *
 * <p>Threading: any thread.
 */
final class DocsResource {
    /** What a page from here may do: load its own parts, and speak to this server (Content Security Policy Level 3). */
    static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"
            + " img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private static final int TAG_BYTES = 8;

    private final Part description = Part.read("openapi.json", "application/json");
    private final Part page = Part.read("docs/docs.html", "text/html; charset=utf-8");
    private final Map<String, Part> parts = Map.of(
            "docs.css", Part.read("docs/docs.css", "text/css; charset=utf-8"),
            "docs.js", Part.read("docs/docs.js", "text/javascript; charset=utf-8"),
            "answer.js", Part.read("docs/answer.js", "text/javascript; charset=utf-8"),
            "request.js", Part.read("docs/request.js", "text/javascript; charset=utf-8"),
            "icon.svg", Part.read("docs/icon.svg", "image/svg+xml"));

    /**
     * A resource of this package.
     *
     * @param gzip its bytes, compressed: whoever asks for it without end costs nothing each time
     * @param tag its entity tag, which changes with its bytes; weak, because it is sent compressed to some
     */
    private record Part(byte[] bytes, byte[] gzip, String type, String tag) {
        static Part read(String name, String type) {
            try (InputStream in = DocsResource.class.getResourceAsStream(name)) {
                if (in == null) {
                    throw new IllegalStateException("this server was packaged without " + name);
                }
                byte[] bytes = in.readAllBytes();
                byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes);
                return new Part(
                        bytes,
                        Delivery.gzip(bytes),
                        type,
                        "W/\"" + HexFormat.of().formatHex(digest, 0, TAG_BYTES) + "\"");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("every JDK has SHA-256", e);
            }
        }
    }

    List<Route> routes() {
        return List.of(
                new Route(HandlerType.GET, "/", Access.OPEN, DocsResource::start),
                new Route(HandlerType.GET, "/openapi.json", Access.OPEN, ctx -> answer(ctx, description)),
                new Route(HandlerType.GET, "/docs", Access.OPEN, ctx -> answer(ctx, page)),
                new Route(HandlerType.GET, "/docs/{file}", Access.OPEN, this::part));
    }

    /** Links are relative, so that they hold behind a proxy that puts something before the path. */
    private static void start(Context ctx) {
        ctx.header("Cache-Control", "no-cache");
        ctx.res().addHeader("Vary", "Accept");
        String accept = ctx.header("Accept");
        if (accept != null && accept.contains("text/html")) {
            ctx.status(303).header("Location", "docs");
            return;
        }
        ctx.contentType("application/json").result(Json.success(json -> {
            json.writeStringField("name", "BlockDB");
            json.writeObjectFieldStart("links");
            json.writeStringField("docs", "docs");
            json.writeStringField("openapi", "openapi.json");
            json.writeEndObject();
        }));
    }

    private void part(Context ctx) {
        String name = ctx.pathParam("file");
        Part part = parts.get(name);
        if (part == null) {
            throw new Problem(Problem.Kind.NOT_FOUND, "the page has no part '" + Shown.text(name) + "'");
        }
        answer(ctx, part);
    }

    private static void answer(Context ctx, Part part) {
        ctx.header("ETag", part.tag);
        // Held by whoever has it, and asked after each time: a server of another version may answer at this address.
        ctx.header("Cache-Control", "no-cache");
        ctx.header("Content-Security-Policy", POLICY);
        ctx.header("Referrer-Policy", "no-referrer");
        ctx.header("X-Frame-Options", "DENY");
        ctx.header("Cross-Origin-Opener-Policy", "same-origin");
        if (EntityTags.match(ctx.header("If-None-Match"), part.tag)) {
            ctx.status(304).contentType(part.type);
            return;
        }
        ctx.contentType(part.type).result(part.bytes);
        Delivery.compressed(ctx, part.gzip);
    }
}
