package io.blockdb.bench;

/**
 * How a database is opened.
 *
 * @param synced whether a put is on disk when it returns; if not, it survives the end of the process, where the database can
 * @param writeOnce BlockDB: whether keys go to a write-once table, which looks for the key before it writes
 * @param valueSize size of the values, in bytes
 * @param memtableBytes size of a memtable, where there is one
 * @param cacheBytes memory for what is read from files, where the database keeps such memory
 * @param syncMillis BlockDB: how often puts that are not synced are synced in the background
 */
record EngineSettings(
        boolean synced, boolean writeOnce, int valueSize, long memtableBytes, long cacheBytes, long syncMillis) {
    EngineSettings withSynced(boolean value) {
        return new EngineSettings(value, writeOnce, valueSize, memtableBytes, cacheBytes, syncMillis);
    }

    EngineSettings withWriteOnce(boolean value) {
        return new EngineSettings(synced, value, valueSize, memtableBytes, cacheBytes, syncMillis);
    }
}
