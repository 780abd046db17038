/** Benchmarks and load drivers. They depend on the modules that they measure; nothing depends on them. */
@NullMarked
package io.blockdb.bench;

import org.jspecify.annotations.NullMarked;
