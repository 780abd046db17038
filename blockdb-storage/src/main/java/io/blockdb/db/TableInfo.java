package io.blockdb.db;

import io.blockdb.base.TableName;

/**
 * What holds for a table.
 *
 * @param name its name
 * @param policy what may be done to its keys
 * @param erasable whether values written now get a salt, so that they can be erased one day
 * @param declared whether the table was created; one that was only written to is write-once and not erasable
 */
public record TableInfo(TableName name, TablePolicy policy, boolean erasable, boolean declared) {}
