/** Tests of the vocabulary, and what all tests share. */
@NullMarked
package io.blockdb.base;

import org.jspecify.annotations.NullMarked;
