/** Who asks, and what they may do. */
@NullMarked
package io.blockdb.server.security;

import org.jspecify.annotations.NullMarked;
