package io.blockdb.server.http;

import io.blockdb.server.security.Caller;
import io.blockdb.server.security.ForbiddenException;
import io.blockdb.server.security.Gate;
import io.blockdb.server.security.LockedOutException;
import io.blockdb.server.security.RequestFacts;
import io.blockdb.server.security.UnauthorizedException;
import io.javalin.http.Context;
import io.javalin.security.RouteRole;
import java.io.IOException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Lets a request in, or not: finds out who asks, and holds it against what the route asks for. Whom it refuses is told so and
 * written down.
 *
 * <p>Threading: any thread.
 */
final class Admission {
    private static final String FACTS = "io.blockdb.facts";

    private final Gate gate;
    private final Origins origins;

    Admission(Gate gate, Origins origins) {
        this.gate = gate;
        this.origins = origins;
    }

    /** What there is to know of a request before it is believed. */
    static RequestFacts facts(Context ctx) {
        RequestFacts known = ctx.attribute(FACTS);
        if (known == null) {
            known = new RequestFacts(
                    RequestIds.of(ctx),
                    ctx.method().name(),
                    KeyPath.shown(ctx.path()),
                    ctx.req().getRemoteAddr(),
                    ctx.header("Authorization"));
            ctx.attribute(FACTS, known);
        }
        return known;
    }

    /** Finds out who asks, and fails where they may not call the route. */
    void admit(Context ctx) throws IOException {
        Access access = access(ctx.routeRoles());
        if (access == Access.OPEN) {
            ctx.attribute(Asked.CALLER, gate.enabled() ? Caller.NOBODY : Caller.ANYBODY);
            return;
        }
        Caller caller = gate.admit(facts(ctx), access == Access.READ);
        ctx.attribute(Asked.CALLER, caller);
        if (caller.principal() == null) {
            origins.checkPage(ctx); // A page has no rights of its own, but would have anybody's.
        }
        if (access == Access.AUDIT) {
            caller.requireAudit();
        } else if (access == Access.ADMIN) {
            caller.requireAdmin();
        }
    }

    private static Access access(Set<RouteRole> roles) {
        for (RouteRole role : roles) {
            if (role instanceof Access access) {
                return access;
            }
        }
        return Access.ADMIN;
    }

    /** The problem that a refusal is, written down; null where a failure is none. */
    @Nullable
    Problem refusal(Context ctx, Throwable failure) {
        String why = String.valueOf(failure.getMessage());
        if (failure instanceof UnauthorizedException unknown) {
            ctx.header("WWW-Authenticate", "Bearer realm=\"blockdb\", Basic realm=\"blockdb\", charset=\"UTF-8\"");
            return written(ctx, new Problem(Problem.Kind.UNAUTHORIZED, why), unknown.principal());
        }
        if (failure instanceof LockedOutException locked) {
            return written(ctx, new Problem(Problem.Kind.RATE_LIMITED, why).retryAfter(locked.retryAfterSeconds()), "");
        }
        return failure instanceof ForbiddenException
                ? written(ctx, new Problem(Problem.Kind.FORBIDDEN, why), "")
                : null;
    }

    /** @param claimed id of the principal that was claimed to ask, where nobody was let in */
    private Problem written(Context ctx, Problem problem, String claimed) {
        Caller caller = ctx.attribute(Asked.CALLER);
        String who = caller == null ? claimed : caller.id();
        gate.trail().refused(facts(ctx), problem.kind().status(), who, problem.text());
        return problem;
    }
}
