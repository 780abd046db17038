package io.blockdb.cli;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads lines as bytes, in memory bounded by the longest line allowed. A byte-order mark before the first line is
 * passed over, the carriage return of a line's end is left to whoever reads the line.
 *
 * <p>Threading: one thread at a time.
 */
final class LineInput implements Closeable {
    /** Longer than any operation: a value of 4 MiB all in escapes of six characters. */
    static final int LINE_MAX = 26 << 20;

    private static final int READ_SIZE = 64 << 10;

    private final InputStream in;
    private final byte[] chunk = new byte[READ_SIZE];
    private int position;
    private int end;
    private byte[] line = new byte[1 << 10];
    private int length;
    private boolean tooLong;
    private long number;
    private long offset;
    /** Whether the last byte read ended a line. */
    private boolean lineEnded;

    LineInput(InputStream in) {
        this.in = in;
    }

    /** Reads the next line; false at the end of the input. */
    boolean next() throws IOException {
        length = 0;
        tooLong = false;
        while (fill()) {
            int stop = position;
            while (stop < end && chunk[stop] != '\n') {
                stop++;
            }
            append(stop);
            lineEnded = stop < end;
            offset += stop - position + (lineEnded ? 1 : 0);
            if (lineEnded) {
                position = stop + 1;
                number++;
                return true;
            }
            position = end;
        }
        if (length == 0 && !tooLong) {
            return false;
        }
        number++;
        return true;
    }

    /** Number of the line, from 1. */
    long number() {
        return number;
    }

    /** How many bytes of the input the lines so far have. */
    long offset() {
        return offset;
    }

    /** How many lines have ended so far. */
    long linesEnded() {
        return number - (lineEnded ? 0 : 1);
    }

    /**
     * Goes on behind a line, before anything was read.
     *
     * @param bytes of the input that are passed over
     * @param lines how many lines end in them
     */
    void skip(long bytes, long lines) throws IOException {
        in.skipNBytes(bytes);
        offset = bytes;
        number = lines;
        lineEnded = true;
    }

    /** Whether there is nothing in the line but white space. */
    boolean isBlank() {
        for (int i = begin(); i < length; i++) {
            if (line[i] != ' ' && line[i] != '\t' && line[i] != '\r') {
                return false;
            }
        }
        return !tooLong;
    }

    /**
     * The line's text.
     *
     * @throws UsageException if it is too long, or not valid UTF-8
     */
    String text() {
        if (tooLong) {
            throw new UsageException("the line is longer than " + Sizes.format(LINE_MAX));
        }
        int begin = begin();
        @Nullable String text = Text.decode(line, begin, length - begin);
        if (text == null) {
            throw new UsageException("the line is not valid UTF-8");
        }
        return text;
    }

    /** Where the text begins: behind a byte-order mark. */
    private int begin() {
        return number == 1
                        && length >= 3
                        && (line[0] & 0xff) == 0xef
                        && (line[1] & 0xff) == 0xbb
                        && (line[2] & 0xff) == 0xbf
                ? 3
                : 0;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }

    private boolean fill() throws IOException {
        if (position < end) {
            return true;
        }
        position = 0;
        end = Math.max(0, in.read(chunk, 0, chunk.length));
        return end > 0;
    }

    /** Takes {@code chunk[position, stop)} over, or only remembers that it was too much. */
    private void append(int stop) {
        int count = stop - position;
        if (tooLong || length + count > LINE_MAX) {
            tooLong = true;
            length = 0;
            return;
        }
        if (length + count > line.length) {
            line = Arrays.copyOf(line, Math.min(LINE_MAX, Math.max(2 * line.length, length + count)));
        }
        System.arraycopy(chunk, position, line, length, count);
        length += count;
    }
}
