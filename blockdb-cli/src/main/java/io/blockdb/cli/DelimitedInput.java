package io.blockdb.cli;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads rows of fields as bytes, in memory bounded by the longest row allowed.
 *
 * <p>CSV is that of RFC 4180: fields parted by commas; one that begins with a quote ends at the next one that is not
 * doubled and may hold commas and line breaks; a quote elsewhere is a character like others. TSV: fields parted by tabs,
 * in which {@code \t}, {@code \n}, {@code \r} and {@code \\} stand for a tab, a line feed, a carriage return and a
 * backslash; any other backslash is itself. In both a row ends with a line feed, with or without a carriage return before
 * it, a byte-order mark at the beginning is passed over, and so are empty lines.
 *
 * <p>A row that is malformed is left out to the end of the line in which that shows: only there is the next row to be
 * trusted.
 *
 * <p>Threading: one thread at a time.
 */
final class DelimitedInput implements Closeable {
    private static final int READ_SIZE = 256 << 10;

    private static final int END = 0;
    private static final int MORE = 1;
    private static final int ROW = 2;

    private final InputStream in;
    private final byte delimiter;
    private final boolean csv;
    private final int rowMax;

    private byte[] buffer;
    /** Offset in the input of {@code buffer[0]}. */
    private long base;
    /** The row is {@code buffer[begin, after)}; the buffer is filled up to {@code end}. */
    private int begin;

    private int after;
    private int end;
    /** Whether there is nothing behind the buffer. */
    private boolean ended;

    private boolean started;

    private int count;
    private int[] starts = new int[32];
    private int[] ends = new int[32];
    private boolean[] escaped = new boolean[32];

    private long line = 1;
    private int breaks;
    private @Nullable String problem;

    private DelimitedInput(InputStream in, byte delimiter, boolean csv, int readSize, int rowMax) {
        this.in = in;
        this.delimiter = delimiter;
        this.csv = csv;
        this.buffer = new byte[readSize];
        this.rowMax = rowMax;
    }

    static DelimitedInput csv(InputStream in) {
        return csv(in, READ_SIZE, LineInput.LINE_MAX);
    }

    /** As {@link #csv(InputStream)}, with other sizes of the first buffer and of the longest row. */
    static DelimitedInput csv(InputStream in, int readSize, int rowMax) {
        return new DelimitedInput(in, (byte) ',', true, readSize, rowMax);
    }

    static DelimitedInput tsv(InputStream in) {
        return tsv(in, READ_SIZE, LineInput.LINE_MAX);
    }

    /** As {@link #tsv(InputStream)}, with other sizes of the first buffer and of the longest row. */
    static DelimitedInput tsv(InputStream in, int readSize, int rowMax) {
        return new DelimitedInput(in, (byte) '\t', false, readSize, rowMax);
    }

    /** Reads the next row; false at the end of the input. */
    boolean next() throws IOException {
        if (!started) {
            start();
        }
        for (; ; ) {
            line += breaks;
            breaks = 0;
            begin = after;
            problem = null;
            int found = scan();
            while (found == MORE) {
                found = refill() ? scan() : tooLong();
            }
            if (found == END) {
                return false;
            }
            if (problem != null || count > 1 || ends[0] > starts[0] || buffer[begin] == '"') {
                unescape();
                return true;
            }
        }
    }

    /** What is wrong with the row, and where; null: nothing, and only then it has fields. */
    @Nullable
    String problem() {
        return problem;
    }

    /** Number of the row's fields. */
    int count() {
        return count;
    }

    /** Holds the fields, until the next row is read: field i is {@code [start(i), end(i))}. */
    byte[] array() {
        return buffer;
    }

    int start(int field) {
        return starts[field];
    }

    int end(int field) {
        return ends[field];
    }

    /** The text of a field, or null where it is not valid UTF-8. */
    @Nullable
    String text(int field) {
        return Utf8.isValid(buffer, starts[field], ends[field])
                ? new String(buffer, starts[field], ends[field] - starts[field], StandardCharsets.UTF_8)
                : null;
    }

    /** Number of the row's first line, from 1. */
    long line() {
        return line;
    }

    /** Number of the row's last line. */
    long lastLine() {
        return line + Math.max(0, breaks - 1);
    }

    /** How many bytes of the input the rows so far have. */
    long offset() {
        return base + after;
    }

    /** How many lines of the input have ended so far. */
    long linesEnded() {
        return line - 1 + breaks;
    }

    /**
     * Goes on behind a row.
     *
     * @param offset bytes of the input that are passed over; not before the rows read so far
     * @param lines how many lines end in them
     */
    void skipTo(long offset, long lines) throws IOException {
        while (base + end < offset && !ended) {
            base += end;
            begin = 0;
            end = 0;
            refill();
        }
        after = (int) Math.min(end, offset - base);
        begin = after;
        line = lines + 1;
        breaks = 0;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }

    private void start() throws IOException {
        started = true;
        while (end < 3 && !ended) {
            refill();
        }
        boolean mark =
                end >= 3 && (buffer[0] & 0xff) == 0xef && (buffer[1] & 0xff) == 0xbb && (buffer[2] & 0xff) == 0xbf;
        after = mark ? 3 : 0;
    }

    /** Reads more behind what is there of the row; false where the row is too long to be one. */
    private boolean refill() throws IOException {
        if (begin > 0) {
            System.arraycopy(buffer, begin, buffer, 0, end - begin);
            base += begin;
            end -= begin;
            after -= begin;
            begin = 0;
        } else if (end > rowMax) {
            return false;
        } else if (end == buffer.length) {
            buffer = Arrays.copyOf(buffer, 2 * buffer.length);
        }
        int read = in.read(buffer, end, buffer.length - end);
        ended = read < 0;
        end += Math.max(0, read);
        return true;
    }

    /** Finds the row that begins at {@link #begin} and its fields. */
    private int scan() {
        count = 0;
        breaks = 0;
        if (begin == end) {
            return ended ? END : MORE;
        }
        int at = begin;
        for (; ; ) {
            int stop = csv && at < end && buffer[at] == '"' ? quoted(at) : plain(at);
            if (stop < 0) {
                return MORE;
            }
            if (stop == end || buffer[stop] != delimiter || problem != null) {
                after = stop;
                if (stop < end) { // at the end of a line
                    breaks++;
                    after++;
                }
                return ROW;
            }
            at = stop + 1;
        }
    }

    /** Takes the field without quotes that begins at an index; answers where it is ended, or -1 where that is not read yet. */
    private int plain(int start) {
        byte[] bytes = buffer;
        byte separator = delimiter;
        int limit = end;
        int at = start;
        while (at < limit && bytes[at] != separator && bytes[at] != '\n') {
            at++;
        }
        if (at == limit && !ended) {
            return -1;
        }
        boolean lineEnd = at == limit || bytes[at] == '\n';
        add(start, lineEnd && at > start && bytes[at - 1] == '\r' ? at - 1 : at, !csv);
        return at;
    }

    /** As {@link #plain}, of a field in quotes. */
    private int quoted(int start) {
        byte[] bytes = buffer;
        boolean doubled = false;
        int at = start + 1;
        for (; ; at++) {
            if (at == end) {
                return ended ? neverClosed(start) : -1;
            }
            if (bytes[at] == '\n') {
                breaks++;
            } else if (bytes[at] == '"') {
                if (at + 1 == end && !ended) {
                    return -1;
                }
                if (at + 1 == end || bytes[at + 1] != '"') {
                    break;
                }
                doubled = true;
                at++;
            }
        }
        add(start + 1, at, doubled);
        at++;
        if (at < end && bytes[at] == '\r') {
            if (at + 1 == end && !ended) {
                return -1;
            }
            at += at + 1 == end || bytes[at + 1] == '\n' ? 1 : 0;
        }
        if (at == end) {
            return ended ? at : -1;
        }
        return bytes[at] == delimiter || bytes[at] == '\n' ? at : notBehindAQuote(at);
    }

    private int neverClosed(int quote) {
        long last = line + breaks - (buffer[end - 1] == '\n' ? 1 : 0);
        problem = place(quote)
                + "the quoted field that begins here is never closed: expected \", found the end of the input"
                + (last > line ? "; all up to line " + last + " is left out" : "");
        return end;
    }

    private int notBehindAQuote(int at) {
        int stop = at;
        while (stop < end && buffer[stop] != '\n') {
            stop++;
        }
        if (stop == end && !ended) {
            return -1;
        }
        int character = at + 1;
        while (character < end && (buffer[character] & 0xc0) == 0x80) {
            character++;
        }
        String found = Text.shown(Arrays.copyOfRange(buffer, at, character));
        problem = place(at) + "expected a comma or the end of the line behind a closing quote, found '" + found + "'"
                + (breaks > 0 ? "; lines " + line + " to " + (line + breaks) + " are left out" : "");
        return stop;
    }

    /** The row is left out, to the end of the line that the buffer ends in. */
    private int tooLong() throws IOException {
        breaks = 0;
        for (int i = begin; i < end; i++) {
            breaks += buffer[i] == '\n' ? 1 : 0;
        }
        problem = "the row that begins here is longer than " + Sizes.format(rowMax) + ": is a quote not closed?"
                + (breaks > 0 ? " Lines " + line + " to " + (line + breaks) + " are left out" : "");
        for (; ; ) {
            base += end;
            begin = 0;
            end = 0;
            after = 0;
            refill();
            for (int i = 0; i < end; i++) {
                if (buffer[i] == '\n') {
                    breaks++;
                    after = i + 1;
                    return ROW;
                }
            }
            if (ended) {
                return ROW;
            }
        }
    }

    /** Where something is, for a message: the column counts characters, the line is said where it is not the row's first. */
    private String place(int at) {
        int lineStart = at;
        while (lineStart > begin && buffer[lineStart - 1] != '\n') {
            lineStart--;
        }
        int before = 0;
        for (int i = begin; i < lineStart; i++) {
            before += buffer[i] == '\n' ? 1 : 0;
        }
        int column = 1 + Utf8.characters(buffer, lineStart, at);
        return (before > 0 ? "line " + (line + before) + ", " : "") + "column " + column + ": ";
    }

    private void add(int from, int to, boolean mayBeEscaped) {
        if (count == starts.length) {
            starts = Arrays.copyOf(starts, 2 * count);
            ends = Arrays.copyOf(ends, 2 * count);
            escaped = Arrays.copyOf(escaped, 2 * count);
        }
        starts[count] = from;
        ends[count] = to;
        escaped[count] = mayBeEscaped;
        count++;
    }

    /** In place: what a field stands for is never longer than how it is written. */
    private void unescape() {
        for (int i = 0; i < count && problem == null; i++) {
            if (escaped[i]) {
                ends[i] = csv ? halveQuotes(starts[i], ends[i]) : replaceEscapes(starts[i], ends[i]);
            }
        }
    }

    private int halveQuotes(int from, int to) {
        int target = from;
        for (int i = from; i < to; i++) {
            buffer[target++] = buffer[i];
            i += buffer[i] == '"' ? 1 : 0;
        }
        return target;
    }

    private int replaceEscapes(int from, int to) {
        int target = from;
        for (int i = from; i < to; i++) {
            byte b = buffer[i];
            if (b == '\\' && i + 1 < to) {
                byte meant = meaning(buffer[i + 1]);
                i += meant == 0 ? 0 : 1;
                b = meant == 0 ? b : meant;
            }
            buffer[target++] = b;
        }
        return target;
    }

    private static byte meaning(byte escape) {
        return switch (escape) {
            case 't' -> '\t';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case '\\' -> '\\';
            default -> 0;
        };
    }
}
