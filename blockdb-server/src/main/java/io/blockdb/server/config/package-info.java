/**
 * The server's settings: one list of them, from which the reading of flags, environment and file, the shipped file and the
 * help of the command come. Everything else reads {@link io.blockdb.server.config.ServerConfig}.
 */
@NullMarked
package io.blockdb.server.config;

import org.jspecify.annotations.NullMarked;
