/** The HTTP server: resources, configuration, security, metrics. The only module that is to know Javalin. */
@NullMarked
package io.blockdb.server;

import org.jspecify.annotations.NullMarked;
