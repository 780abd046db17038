package io.blockdb.cli;

/** What a row of fields asks for. */
interface RowMapping {
    /**
     * What the row that was read last asks for.
     *
     * @throws UsageException if it cannot be written; the message says which field is wrong
     */
    InputLine map(DelimitedInput row);
}
