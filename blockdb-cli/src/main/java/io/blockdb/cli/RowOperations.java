package io.blockdb.cli;

import java.io.IOException;
import java.util.function.Function;

/** The rows of a CSV or TSV file, behind its header. */
final class RowOperations implements OperationInput {
    private final DelimitedInput rows;
    private final RowMapping mapping;

    private RowOperations(DelimitedInput rows, RowMapping mapping) {
        this.rows = rows;
        this.mapping = mapping;
    }

    /**
     * Reads the header.
     *
     * @param mapping makes of it what says what a row asks for
     * @throws UsageException if there is none, or the mapping takes another one
     */
    static RowOperations open(DelimitedInput rows, Function<Header, RowMapping> mapping) throws IOException {
        if (!rows.next()) {
            throw new UsageException(
                    "line 1: expected a row with the names of the columns, found the end of the input");
        }
        return new RowOperations(rows, mapping.apply(Header.of(rows)));
    }

    @Override
    public boolean next() throws IOException {
        return rows.next();
    }

    @Override
    public long line() {
        return rows.line();
    }

    @Override
    public InputLine read() {
        String problem = rows.problem();
        if (problem != null) {
            throw new UsageException(problem);
        }
        return mapping.map(rows);
    }

    @Override
    public long offset() {
        return rows.offset();
    }

    @Override
    public long linesEnded() {
        return rows.linesEnded();
    }

    @Override
    public void skipTo(long offset, long lines) throws IOException {
        rows.skipTo(offset, lines);
    }

    @Override
    public void close() throws IOException {
        rows.close();
    }
}
