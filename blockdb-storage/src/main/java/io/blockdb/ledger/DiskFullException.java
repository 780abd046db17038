package io.blockdb.ledger;

import java.io.IOException;
import java.util.Locale;

/** There is too little room left on the disk to write; nothing was written. Reads go on. */
public final class DiskFullException extends IOException {
    private static final long serialVersionUID = 1L;

    /** A file system with {@code usable} bytes left, where writes are refused below {@code watermark}. */
    public DiskFullException(String directory, long usable, long watermark) {
        super(String.format(
                Locale.ROOT,
                "disk full: %s has %,d bytes left, and writes are refused below %,d; free some space and try again",
                directory,
                usable,
                watermark));
    }

    /** A write of {@code needed} bytes that would leave less than {@code reserve} of {@code usable} bytes free. */
    public DiskFullException(String directory, long needed, long usable, long reserve) {
        super(String.format(
                Locale.ROOT,
                "disk full: %s has %,d bytes left, writing %,d would go below the reserve of %,d; free some space and try again",
                directory,
                usable,
                needed,
                reserve));
    }
}
