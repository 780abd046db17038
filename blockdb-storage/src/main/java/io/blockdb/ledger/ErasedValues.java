package io.blockdb.ledger;

import java.io.IOException;

/**
 * Which values were erased, by what the entries of {@code _erasures} say and never by the bytes of the values: those hold a
 * mixture of old and new while an erasure is carried out.
 *
 * <p>Threading: any thread.
 */
@FunctionalInterface
public interface ErasedValues {
    /** Whether an entry of {@code _erasures} that was applied erases the value of the entry of that sequence. */
    boolean isErased(long sequence) throws IOException;
}
