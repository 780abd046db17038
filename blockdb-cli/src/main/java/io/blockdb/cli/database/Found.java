package io.blockdb.cli.database;

import io.blockdb.db.Revision;
import org.jspecify.annotations.Nullable;

/**
 * A revision, and where it stands.
 *
 * @param place null where it was not asked for
 */
public record Found(Revision revision, @Nullable Place place) {
    /**
     * The place.
     *
     * @throws IllegalStateException if it was not asked for
     */
    public Place requirePlace() {
        Place known = place;
        if (known == null) {
            throw new IllegalStateException("the place of the revision was not asked for");
        }
        return known;
    }
}
