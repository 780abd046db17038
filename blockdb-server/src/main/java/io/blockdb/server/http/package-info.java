/** The HTTP routes: each group of them a resource, which speaks to a {@link io.blockdb.server.node.Node} and knows of no other database. */
@NullMarked
package io.blockdb.server.http;

import org.jspecify.annotations.NullMarked;
