package io.blockdb.ledger;

/**
 * Where a value framed by itself stands, and what its entry says of it.
 *
 * @param segment number of the segment, from 1
 * @param offset where the value's frame begins in the segment, in bytes
 * @param valueLength raw length of the value in bytes
 * @param saltLength 0 or 16
 */
public record ValuePlace(long segment, long offset, int valueLength, int saltLength) {}
