package io.blockdb.server.http;

import io.blockdb.db.BlockDb;
import io.blockdb.db.TableInfo;
import io.blockdb.db.TablePolicy;
import io.blockdb.server.http.WriteRequest.Write;
import java.io.IOException;
import java.util.List;

/** What the tables of a database say. */
final class Tables {
    private Tables() {}

    /** Whether all tables written to are write-once. */
    static boolean allWriteOnce(BlockDb db, List<Write> writes) throws IOException {
        for (TableInfo table : db.tables()) {
            if (table.policy() == TablePolicy.VERSIONED
                    && writes.stream().anyMatch(write -> write.table().equals(table.name()))) {
                return false;
            }
        }
        return true;
    }
}
