package io.blockdb.cli;

/** What a line or row of input asks for. */
sealed interface InputLine permits OperationLine, TableLine {
    /** Number of the line, from 1; of the first one where there are several. */
    long line();
}
