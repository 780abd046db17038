package io.blockdb.server.http;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class AddressCountsTest {
    @Test
    void anAddressTakesNoMoreThanItsShare() {
        AddressCounts counts = new AddressCounts(2);

        assertTrue(counts.take("a"));
        assertTrue(counts.take("a"));
        assertFalse(counts.take("a"));
        assertTrue(counts.take("b"), "others have theirs");
        counts.release("a");
        assertTrue(counts.take("a"), "free again");
        assertFalse(counts.take("a"));
    }
}
