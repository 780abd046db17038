package io.blockdb.server.http;

import io.javalin.security.RouteRole;

/** What a route asks of who calls it. What depends on a table is asked by the route itself. */
public enum Access implements RouteRole {
    /** Nothing: anybody may call it. */
    OPEN,
    /** To be known, where reading asks for that. */
    READ,
    /** To be known. */
    WRITE,
    /** To audit: checkpoints, headers and proofs, no values. */
    AUDIT,
    /** To administrate. */
    ADMIN
}
