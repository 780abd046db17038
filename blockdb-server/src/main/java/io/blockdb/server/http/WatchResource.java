package io.blockdb.server.http;

import io.blockdb.base.TableName;
import io.blockdb.server.feed.Feed;
import io.blockdb.server.feed.Rights;
import io.blockdb.server.feed.Selection;
import io.blockdb.server.feed.WatchRefusedException;
import io.blockdb.server.feed.WatchRequest;
import io.blockdb.server.node.Node;
import io.blockdb.server.security.Caller;
import io.blockdb.server.security.Gate;
import io.blockdb.server.security.RequestFacts;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The live feed: {@code GET /api/v1/watch}, answered with server-sent events until either side hangs up.
 *
 * <p>Threading: any thread.
 */
public final class WatchResource {
    private static final String ALL_TABLES = "*";
    private static final int RETRY_AFTER_SECONDS = 5;

    private final Feed feed;
    private final Node node;
    private final Gate gate;

    /** The feed of a node, for those whom a gate lets in. */
    public WatchResource(Feed feed, Node node, Gate gate) {
        this.feed = feed;
        this.node = node;
        this.gate = gate;
    }

    /** Its route. */
    public List<Route> routes() {
        return List.of(
                new Route(HandlerType.GET, "/api/v1/watch", Access.READ, List.of(Negotiation.EVENTS), this::watch));
    }

    private void watch(Context ctx) throws IOException {
        Ledgers.asked(ctx, node);
        Selection selection = selection(ctx);
        WatchRequest request = new WatchRequest(
                selection,
                rights(ctx, selection),
                Asked.encoding(ctx) == ByteText.BASE64,
                Asked.number(ctx, "from", 0, Long.MAX_VALUE, -1),
                lastEventId(ctx));
        if (ctx.method().equals(HandlerType.HEAD)) {
            EventStream.headers(ctx);
            return;
        }
        ctx.future(() -> begin(ctx, request));
    }

    private CompletableFuture<@Nullable Void> begin(Context ctx, WatchRequest request) {
        EventStream[] stream = new EventStream[1];
        Feed.Watch watch;
        try {
            watch = feed.watch(request, () -> {
                Routes.release(ctx);
                return stream[0] = EventStream.begin(ctx);
            });
        } catch (WatchRefusedException e) {
            throw refused(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        stream[0].whenLost(watch::lost);
        return stream[0].over();
    }

    private static Problem refused(WatchRefusedException e) {
        String message = String.valueOf(e.getMessage());
        return switch (e.reason()) {
            case MALFORMED -> Problem.invalid(message);
            case OTHER_LEDGER, BEYOND_THE_END, OTHER_HISTORY -> new Problem(Problem.Kind.CONFLICT, message);
            case TOO_MANY -> new Problem(Problem.Kind.RATE_LIMITED, message).retryAfter(RETRY_AFTER_SECONDS);
            case NOT_READY -> new Problem(Problem.Kind.NOT_READY, message).retryAfter(1);
        };
    }

    private static Selection selection(Context ctx) {
        String key = ctx.queryParam("key");
        String prefix = ctx.queryParam("prefix");
        if (key != null && prefix != null) {
            throw Problem.invalid("key and prefix exclude each other: watch one key, or all that begin alike");
        }
        ByteText encoding = Asked.encoding(ctx);
        if (ALL_TABLES.equals(ctx.queryParam("table"))) {
            if (key != null || prefix != null) {
                throw Problem.invalid("table=* watches all tables: key and prefix need the name of one");
            }
            return Selection.ofAllTables();
        }
        TableName table = Asked.table(ctx);
        if (key != null) {
            return Selection.ofKey(table, Asked.checkedKey(encoding.decode("key", key), "key"));
        }
        if (prefix != null) {
            byte[] bytes = encoding.decode("prefix", prefix);
            if (bytes.length > Asked.KEY_LENGTH_MAX) {
                throw Problem.invalid("prefix has " + bytes.length + " bytes: no key is that long");
            }
            return Selection.ofPrefix(table, bytes);
        }
        return Selection.ofTable(table);
    }

    /** What the caller may be told, as long as what the request shows lets him in. */
    private static final class CallersRights implements Rights {
        private final Gate gate;
        private final RequestFacts facts;
        private final @Nullable TableName only;
        private final boolean values;
        private volatile Caller caller;

        CallersRights(Gate gate, RequestFacts facts, @Nullable TableName only, boolean values, Caller caller) {
            this.gate = gate;
            this.facts = facts;
            this.only = only;
            this.values = values;
            this.caller = caller;
        }

        @Override
        public Extent of(TableName table) {
            Caller now = caller;
            if (now.mayRead(table)) {
                return values ? Extent.WITH_VALUE : Extent.WITHOUT_VALUE;
            }
            return now.mayAudit() ? Extent.WITHOUT_VALUE : Extent.NOTHING;
        }

        @Override
        public boolean renew() throws IOException {
            Caller now = gate.again(facts, caller);
            if (now == null) {
                return false;
            }
            caller = now;
            return only == null || of(only) != Extent.NOTHING;
        }
    }

    private Rights rights(Context ctx, Selection selection) {
        Caller caller = Asked.caller(ctx);
        TableName only = selection.table();
        if (only != null && !caller.mayAudit()) {
            caller.requireRead(only);
        }
        return new CallersRights(gate, Admission.facts(ctx), only, Asked.truth(ctx, "values"), caller);
    }

    private static @Nullable String lastEventId(Context ctx) {
        String id = ctx.header("Last-Event-ID");
        return id == null || id.isEmpty() ? null : id;
    }
}
