/** A database behind a server, asked over HTTP. Loaded only where a server is named. */
@NullMarked
package io.blockdb.cli.remote;

import org.jspecify.annotations.NullMarked;
