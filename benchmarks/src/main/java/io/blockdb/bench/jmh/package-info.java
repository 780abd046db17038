/** The hot parts one by one, by JMH. */
@NullMarked
package io.blockdb.bench.jmh;

import org.jspecify.annotations.NullMarked;
