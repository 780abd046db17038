package io.blockdb.cli.database;

import io.blockdb.db.Commit;
import io.blockdb.db.ErasureCopies;

/**
 * What erasing a value has come to; its bytes are gone from the ledger.
 *
 * @param commit of the entry in {@code _erasures}
 * @param copies where the value may still stand
 */
public record ErasedValue(Commit commit, ErasureCopies copies) {}
