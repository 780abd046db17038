package io.blockdb.server.http;

import io.blockdb.db.OutcomeUnknownException;
import io.blockdb.db.RefusedException;
import io.blockdb.server.node.Node;
import io.blockdb.server.node.UnavailableException;
import io.blockdb.server.security.Gate;
import io.blockdb.server.security.Sources;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.javalin.http.HandlerType;
import io.javalin.http.HttpResponseException;
import io.javalin.http.MethodNotAllowedResponse;
import io.javalin.router.Endpoint;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;

/**
 * All routes, and what is done before and after each.
 *
 * <p>Threading: any thread.
 */
public final class Routes {
    private static final String TAKEN = "io.blockdb.taken";
    private static final String OPENINGS = "io.blockdb.openings";

    private static final String CORS_HEADERS =
            "Authorization, Content-Type, Idempotency-Key, If-None-Match, Last-Event-ID, X-Request-Id";
    private static final String CORS_EXPOSED = "ETag, Retry-After, X-Request-Id";

    private final HttpSettings settings;
    private final List<Route> all = new ArrayList<>();
    private final Semaphore inFlight;
    private final AddressCounts addresses;
    private final Node node;
    private final RequestIds ids = new RequestIds();
    private final BodyBudget bodies;
    private final ReadBudget reads = new ReadBudget();
    private final AnswerBudget answers = new AnswerBudget();
    private final Origins origins;
    private final Admission admission;
    private final Delivery delivery;

    Routes(
            HttpSettings settings,
            Node node,
            Gate gate,
            InstantSource clock,
            Executor answers,
            Monitoring monitoring,
            List<Route> more) {
        this.settings = settings;
        this.node = node;
        this.inFlight = new Semaphore(settings.limits().requestsInFlight());
        this.addresses = new AddressCounts(settings.limits().requestsPerAddress());
        this.bodies = new BodyBudget(settings.limits().bodySize());
        this.origins = new Origins(settings);
        this.admission = new Admission(gate, origins);
        this.delivery = new Delivery(settings.compression());
        all.addAll(new WriteResource(node, clock, answers, settings).routes());
        all.addAll(new ReadResource(node, settings.limits()).routes());
        all.addAll(new ScanResource(node, settings.limits()).routes());
        all.addAll(new TableResource(node).routes());
        all.addAll(new LedgerResource(node).routes());
        all.addAll(new BlockResource(node, settings.limits()).routes());
        Integrity integrity = new Integrity(monitoring.warnings());
        all.addAll(new MaintenanceResource(node, clock, integrity).routes());
        all.addAll(new HealthResource(node, monitoring, clock, integrity).routes());
        all.addAll(new StatsResource(node, monitoring, clock).routes());
        all.addAll(new ClusterResource(node).routes());
        all.addAll(new AuthResource(node, gate).routes());
        all.addAll(new TokenResource(node, gate, clock).routes());
        all.addAll(new DocsResource().routes());
        all.addAll(more);
        all.sort(Comparator.comparing(Route::template)
                .thenComparing(route -> route.method().name()));
    }

    /** All of them, by template and method. */
    public List<Route> all() {
        return List.copyOf(all);
    }

    /** How many requests are worked on. */
    int requestsInFlight() {
        return settings.limits().requestsInFlight() - inFlight.availablePermits();
    }

    void register(RoutesConfig config) {
        config.before(this::take);
        config.beforeMatched(this::admit);
        for (Route route : all) {
            Handler handler = route.template().startsWith("/api/") ? route.negotiated() : route.handler();
            config.addHttpHandler(route.method(), route.template(), handler, route.access());
            if (route.method().equals(HandlerType.GET)) {
                config.addHttpHandler(HandlerType.HEAD, route.template(), handler, route.access());
            }
        }
        config.error(500, ctx -> Problems.answerLate(ctx, settings.requestTimeoutMillis()));
        config.exception(HttpResponseException.class, this::answer);
        config.exception(Exception.class, this::answer);
        config.after(this::finish);
        config.after(delivery::deliver);
    }

    /** Counts the request, and refuses one too many. */
    private void take(Context ctx) {
        ctx.header(RequestIds.HEADER, ids.of(ctx.header(RequestIds.HEADER)));
        ctx.attribute(OPENINGS, node.openings());
        ctx.header("X-Content-Type-Options", "nosniff");
        if (settings.compression()) {
            ctx.header("Vary", "Accept-Encoding");
        }
        if (!origins.alike()) {
            ctx.res().addHeader("Vary", "Origin"); // also for who sends none: caches keep that answer for others
        }
        String origin = origins.allowed(ctx.header("Origin"));
        if (origin != null) {
            ctx.header("Access-Control-Allow-Origin", origin).header("Access-Control-Expose-Headers", CORS_EXPOSED);
        }
        if (ctx.path().startsWith("/health")) {
            return; // Whoever watches over a server asks when it has too much to do, above all.
        }
        String address = Sources.of(ctx.ip());
        if (!addresses.take(address)) {
            throw new Problem(
                            Problem.Kind.RATE_LIMITED,
                            "this address has " + settings.limits().requestsPerAddress()
                                    + " requests in flight, and no more are taken of it now")
                    .retryAfter(1);
        }
        if (!inFlight.tryAcquire()) {
            addresses.release(address);
            throw new Problem(
                            Problem.Kind.NOT_READY,
                            "the server has " + settings.limits().requestsInFlight()
                                    + " requests in flight, and takes no more now")
                    .retryAfter(1);
        }
        Runnable release = () -> {
            inFlight.release();
            addresses.release(address);
            bodies.release(ctx);
            reads.release(ctx);
        };
        ctx.attribute(TAKEN, release);
        bodies.take(ctx);
        reads.count(ctx);
        answers.count(ctx);
        if (ctx.method().equals(HandlerType.OPTIONS)) {
            options(ctx);
            ctx.skipRemainingHandlers();
            finish(ctx);
        }
    }

    private void finish(Context ctx) {
        release(ctx);
    }

    /** Counts a request no more: it is answered, or has become a stream, which has a limit of its own. */
    static void release(Context ctx) {
        Runnable taken = ctx.attribute(TAKEN);
        if (taken != null) {
            ctx.attribute(TAKEN, null);
            taken.run();
        }
    }

    private void admit(Context ctx) throws IOException {
        Endpoint matched = ctx.endpoints().matchedHttpEndpoint();
        if (matched != null) {
            ctx.attribute(RequestWatch.ROUTE, matched.path);
        }
        admission.admit(ctx);
        Percent.check("the path", ctx.path());
        Percent.check("the query", ctx.queryString());
    }

    /** What may be done with a path, also for pages of other origins (Fetch, 3.2). */
    private void options(Context ctx) {
        String methods = String.join(", ", allowed(ctx.path()));
        ctx.status(204).header("Allow", methods);
        if (origins.allowed(ctx.header("Origin")) != null) {
            ctx.header("Access-Control-Allow-Methods", methods)
                    .header("Access-Control-Allow-Headers", CORS_HEADERS)
                    .header("Access-Control-Max-Age", "600");
        }
    }

    private void answer(Exception failure, Context ctx) {
        if (failure instanceof MethodNotAllowedResponse) {
            ctx.header("Allow", String.join(", ", allowed(ctx.path())));
        }
        Problem refusal = admission.refusal(ctx, failure);
        if (refusal != null) {
            Problems.answer(ctx, refusal);
            return;
        }
        Problems.answer(
                ctx,
                meetsClosing(failure, ctx)
                        ? new UnavailableException("the database was being opened again under this request: ask again")
                        : failure);
    }

    /** Whether what failed is that the database was closed meanwhile, to be opened again. */
    private boolean meetsClosing(Exception failure, Context ctx) {
        return (failure instanceof IOException || failure instanceof IllegalStateException)
                && !(failure instanceof OutcomeUnknownException || failure instanceof RefusedException)
                && !Long.valueOf(node.openings()).equals(ctx.attribute(OPENINGS));
    }

    /** The methods that a path takes. */
    private TreeSet<String> allowed(String path) {
        TreeSet<String> methods = new TreeSet<>();
        methods.add("OPTIONS");
        for (Route route : all) {
            if (matches(route.template(), path)) {
                methods.add(route.method().name());
                if (route.method().equals(HandlerType.GET)) {
                    methods.add("HEAD");
                }
            }
        }
        return methods;
    }

    private static boolean matches(String template, String path) {
        String[] wanted = template.split("/", -1);
        String[] given = path.split("/", -1);
        for (int i = 0; i < wanted.length; i++) {
            if (wanted[i].startsWith("<")) {
                return given.length > i;
            }
            if (i >= given.length || (!wanted[i].startsWith("{") && !wanted[i].equals(given[i]))) {
                return false;
            }
        }
        return wanted.length == given.length;
    }
}
