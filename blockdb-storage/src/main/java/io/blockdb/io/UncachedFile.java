package io.blockdb.io;

/**
 * A file read past whatever holds a copy of it in memory, so that what is read is what the disk holds.
 *
 * <p>Threading: one thread at a time.
 */
public interface UncachedFile extends ReadableFile {
    /** Whether reads really go to the disk; false where the file system does not allow that, and reads are the usual ones. */
    boolean isDirect();
}
