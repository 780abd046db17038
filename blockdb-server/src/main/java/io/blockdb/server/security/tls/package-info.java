/** TLS from PEM files, with the JDK alone. */
@NullMarked
package io.blockdb.server.security.tls;

import org.jspecify.annotations.NullMarked;
