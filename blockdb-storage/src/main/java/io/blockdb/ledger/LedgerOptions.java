package io.blockdb.ledger;

/**
 * How a ledger is written and read.
 *
 * @param segmentSize when a segment would grow beyond this many bytes, the next one begins; a larger frame gets a segment of
 *     its own
 * @param inlineValueLimit values of more bytes than this are framed by themselves
 * @param openSegmentsMax how many segments are kept open for reading
 * @param diskReserve bytes of the file system that are left free: nothing is appended that would go below
 * @param readOnly whether the ledger is opened without changing a byte
 */
public record LedgerOptions(
        long segmentSize, int inlineValueLimit, int openSegmentsMax, long diskReserve, boolean readOnly) {}
