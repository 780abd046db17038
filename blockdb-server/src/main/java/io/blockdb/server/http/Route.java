package io.blockdb.server.http;

import io.javalin.http.Handler;
import io.javalin.http.HandlerType;

/**
 * A route.
 *
 * @param method its method
 * @param template its path; {@code {name}} stands for a segment, {@code <key>} at the end for all that is left
 * @param access what it asks of who calls it
 * @param handler what it does
 */
public record Route(HandlerType method, String template, Access access, Handler handler) {}
