package io.blockdb.db;

/**
 * What the cache of SSTable pages was good for since the database was opened.
 *
 * @param hits how often a page that was asked for was there
 * @param misses how often it had to be fetched from its file
 * @param bytes how many bytes the cache takes
 * @param capacityBytes how many it may take
 */
public record PageCacheUse(long hits, long misses, long bytes, long capacityBytes) {}
