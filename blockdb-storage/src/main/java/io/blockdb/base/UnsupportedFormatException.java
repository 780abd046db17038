package io.blockdb.base;

import java.io.IOException;

/**
 * A file whose format this version does not read: not damaged, but too new, too old, or of another program.
 */
public final class UnsupportedFormatException extends IOException {
    private static final long serialVersionUID = 1L;

    /** @param reason names the file, the version found and the range of versions that can be read */
    public UnsupportedFormatException(String reason) {
        super(reason);
    }

    /**
     * A format version outside of what can be read.
     *
     * @param file the file's name
     * @param found the version it states
     * @param oldest the oldest version that can be read
     * @param newest the newest version that can be read
     */
    public static UnsupportedFormatException version(String file, int found, int oldest, int newest) {
        String why = found > newest ? "is too new: use a newer BlockDB" : "is too old";
        return new UnsupportedFormatException(file + ": format version " + found + " " + why + " (this version reads "
                + oldest + " to " + newest + ")");
    }
}
