package io.blockdb.base;

/**
 * Where a block stands.
 *
 * @param segment number of the segment, from 1
 * @param offset where its frame begins in the segment, in bytes
 */
public record BlockPlace(long segment, long offset) {}
