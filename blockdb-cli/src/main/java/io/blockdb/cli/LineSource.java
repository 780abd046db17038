package io.blockdb.cli;

import java.io.Closeable;
import java.io.EOFException;
import java.io.FileInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/** The content of a file, of a file that gzip compressed ({@code .gz}), or of standard input ({@code -}). */
final class LineSource implements Closeable {
    private final InputStream content;
    private final LineInput lines;
    private final Counting counting;
    private final long size;

    private LineSource(String name, InputStream source, boolean compressed, long size) throws IOException {
        this.counting = new Counting(source);
        this.content = compressed ? new Unpacked(name, counting) : counting;
        this.lines = new LineInput(content);
        this.size = size;
    }

    /** Opens what a command's FILE argument names. */
    static LineSource open(String file, Session session) throws IOException {
        if (file.equals("-")) {
            if (session.shared() != null) {
                throw new UsageException("in a session standard input is the session itself; give a file");
            }
            return new LineSource("standard input", session.streams().in(), false, 0);
        }
        Path path = Path.of(file);
        if (Files.isDirectory(path)) {
            throw new UsageException(file + " is a directory");
        }
        InputStream in = new FileInputStream(file);
        try {
            return new LineSource(file, in, file.endsWith(".gz"), Files.size(path));
        } catch (IOException e) {
            in.close();
            throw e;
        }
    }

    /** The content, as lines; whoever reads them does not read {@link #content}. */
    LineInput lines() {
        return lines;
    }

    /** The content, as bytes. */
    InputStream content() {
        return content;
    }

    /** Bytes read so far, as they are in the file. */
    long bytesRead() {
        return counting.count;
    }

    /** Bytes of the file, 0 where that is not known. */
    long size() {
        return size;
    }

    @Override
    public void close() throws IOException {
        content.close();
    }

    /** What gzip compressed; where it is cut or damaged that is said in words, with the file's name. */
    private static final class Unpacked extends FilterInputStream {
        private final String name;

        Unpacked(String name, InputStream packed) throws IOException {
            super(unpack(name, packed));
            this.name = name;
        }

        private static InputStream unpack(String name, InputStream packed) throws IOException {
            try {
                return new GZIPInputStream(packed, 64 << 10);
            } catch (EOFException e) {
                throw damaged(name, e);
            } catch (ZipException e) {
                throw new IOException(name + " is not what gzip writes, although its name ends in .gz", e);
            }
        }

        private static IOException damaged(String name, IOException e) {
            String what = e instanceof EOFException
                    ? "the compressed file is cut: it ends before its content does"
                    : "the compressed file is damaged: " + e.getMessage();
            return new IOException(name + ": " + what, e);
        }

        @Override
        public int read() throws IOException {
            try {
                return super.read();
            } catch (EOFException | ZipException e) {
                throw damaged(name, e);
            }
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            try {
                return super.read(bytes, offset, length);
            } catch (EOFException | ZipException e) {
                throw damaged(name, e);
            }
        }

        @Override
        public long skip(long length) throws IOException {
            try {
                return super.skip(length);
            } catch (EOFException | ZipException e) {
                throw damaged(name, e);
            }
        }
    }

    private static final class Counting extends FilterInputStream {
        private long count;

        Counting(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            int b = super.read();
            count += b < 0 ? 0 : 1;
            return b;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            int read = super.read(bytes, offset, length);
            count += Math.max(0, read);
            return read;
        }

        @Override
        public long skip(long length) throws IOException {
            long skipped = super.skip(length);
            count += skipped;
            return skipped;
        }
    }
}
