package io.blockdb.cli;

import java.io.Closeable;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Where interactive mode gets its lines. */
interface CommandLines extends Closeable {
    /** The next line, null at the end. */
    @Nullable
    String next() throws IOException;

    /** Where the line came from, to go with a complaint; empty where the user sees it. */
    String place();
}
