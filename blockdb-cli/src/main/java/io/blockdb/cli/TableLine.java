package io.blockdb.cli;

import io.blockdb.base.TableName;
import io.blockdb.db.TablePolicy;

/**
 * A table as a line of an export tells of it: it is created where it is not there.
 *
 * @param line number of the line, from 1
 */
record TableLine(long line, TableName table, TablePolicy policy, boolean erasable) implements InputLine {
    /** What stands behind the policy where policy and this are one text. */
    static final String ERASABLE = " erasable";
}
