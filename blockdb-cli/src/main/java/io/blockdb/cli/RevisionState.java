package io.blockdb.cli;

import io.blockdb.db.Revision;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What became of a revision, in words. */
final class RevisionState {
    private RevisionState() {}

    /** {@code present}, {@code deleted} or {@code erased}. */
    static String name(Revision revision) {
        return revision.state().name().toLowerCase(Locale.ROOT);
    }

    /** The value; where it was erased, in a table words that say so. */
    static @Nullable Object value(Revision revision, OutputFormat format) {
        if (revision.state() == Revision.State.ERASED && format == OutputFormat.TABLE) {
            return "(erased, see _erasures, sequence " + revision.erasureSequence() + ")";
        }
        return revision.value();
    }
}
