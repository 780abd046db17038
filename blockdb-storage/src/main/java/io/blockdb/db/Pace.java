package io.blockdb.db;

import java.io.IOException;

/** Hears how many bytes were read, and may hold up who read them. Threading: any thread, unless said otherwise. */
@FunctionalInterface
interface Pace {
    /** As fast as it goes. */
    Pace FREE = bytes -> {};

    /** So many bytes were read. */
    void read(long bytes) throws IOException;
}
