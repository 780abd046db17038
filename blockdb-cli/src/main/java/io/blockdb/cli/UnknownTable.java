package io.blockdb.cli;

import io.blockdb.base.TableName;
import io.blockdb.cli.database.Database;
import io.blockdb.db.TableInfo;
import java.io.IOException;
import java.util.List;

/** Says of a table that is not there which one may have been meant. */
final class UnknownTable {
    private UnknownTable() {}

    /** Notes that there is no such table, if there is none. Nothing is said of BlockDB's own tables. */
    static void note(Database db, TableName name, Messages messages) throws IOException {
        if (name.isSystem() || name.equals(TableName.DEFAULT)) {
            return;
        }
        List<String> known = db.tables().stream()
                .map(TableInfo::name)
                .map(TableName::toString)
                .toList();
        if (!known.contains(name.toString())) {
            String nearest = Mistyped.nearest(name.toString(), known);
            messages.note(
                    "there is no table '" + name + "'" + (nearest == null ? "" : " (did you mean '" + nearest + "'?)"));
        }
    }
}
