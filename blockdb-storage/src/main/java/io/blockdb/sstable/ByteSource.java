package io.blockdb.sstable;

import java.io.IOException;

/** Where the bytes of a file are read from: its map, or positional reads. Threading: as what stands behind it. */
@FunctionalInterface
interface ByteSource {
    /** Copies {@code length} bytes from {@code position} to {@code target} at {@code offset}, all of them or none. */
    void read(long position, byte[] target, int offset, int length) throws IOException;
}
