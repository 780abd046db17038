package io.blockdb.server.http;

import io.javalin.security.RouteRole;

/** What a route asks of who calls it. What depends on a table is asked by the route itself. */
public enum Access implements RouteRole {
    /** Nothing: anybody may call it. */
    OPEN,
    /** To be known, where reading asks for that. */
    READ,
    /** To be known; to write to which table, and to read from which, is asked by the route. */
    WRITE,
    /** To audit: headers and leaf data of all tables, no values of clients. */
    AUDIT,
    /** To administrate. */
    ADMIN
}
