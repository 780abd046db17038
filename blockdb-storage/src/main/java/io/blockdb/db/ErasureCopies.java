package io.blockdb.db;

import java.nio.file.Path;
import java.util.List;

/**
 * Where a value that is erased may still stand.
 *
 * @param quarantined files of the database itself that hold bytes of the ledger that were put aside, or
 *     that a repair was writing when it ended
 * @param backups directories of backups that the database knows of and that reach the value; an erasure never reaches into them
 */
public record ErasureCopies(List<Path> quarantined, List<Path> backups) {}
