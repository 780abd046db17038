package io.blockdb.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Standard output: results and nothing else, in UTF-8, buffered until {@link #flush}. A failure to write is never
 * swallowed, as a {@code PrintStream} would: it is thrown as {@link OutputException}.
 *
 * <p>Threading: one thread at a time.
 */
final class Output extends OutputStream {
    private static final int BUFFER_SIZE = 64 << 10;

    private final OutputStream target;
    private final Cancellation cancellation;
    private final byte[] buffer = new byte[BUFFER_SIZE];
    private int buffered;

    /** @param cancellation asked before every write: no result is longer than its reader wants */
    Output(OutputStream target, Cancellation cancellation) {
        this.target = target;
        this.cancellation = cancellation;
    }

    /** Writes a text and ends the line. */
    void line(String text) throws IOException {
        text(text);
        write('\n');
    }

    /** Writes a text. */
    void text(String text) throws IOException {
        write(text.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void write(int b) throws IOException {
        if (buffered == buffer.length) {
            drain();
        }
        buffer[buffered++] = (byte) b;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        cancellation.check();
        if (length > buffer.length - buffered) {
            drain();
        }
        if (length > buffer.length) {
            pass(bytes, offset, length);
        } else {
            System.arraycopy(bytes, offset, buffer, buffered, length);
            buffered += length;
        }
    }

    @Override
    public void flush() throws IOException {
        drain();
        try {
            target.flush();
        } catch (IOException e) {
            throw new OutputException(e);
        }
    }

    /** Flushes. Standard output itself stays open: it is the process's. */
    @Override
    public void close() throws IOException {
        flush();
    }

    /** What could not be written is dropped: written again it would fail again, at the end of the process. */
    private void drain() throws IOException {
        int length = buffered;
        buffered = 0;
        if (length > 0) {
            pass(buffer, 0, length);
        }
    }

    private void pass(byte[] bytes, int offset, int length) throws IOException {
        try {
            target.write(bytes, offset, length);
        } catch (IOException e) {
            throw new OutputException(e);
        }
    }
}
