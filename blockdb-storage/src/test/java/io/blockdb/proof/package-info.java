/** Tests of the ledger's arithmetic. */
@NullMarked
package io.blockdb.proof;

import org.jspecify.annotations.NullMarked;
