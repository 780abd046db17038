package io.blockdb.cli;

import java.io.BufferedOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Where an export goes: standard output, or a file. A file appears under its name when it is complete and on disk, and not
 * before; until then it is written under that name with the process's number and {@code .part} behind it. With the ending
 * {@code .gz} it is compressed.
 *
 * <p>Threading: one thread at a time.
 */
final class ExportTarget implements AutoCloseable {
    private static final int BUFFER_SIZE = 256 << 10;

    private final OutputStream out;
    /** The file under its temporary name; null: there is none. */
    private final @Nullable FileOutputStream part;

    private final @Nullable Path partPath;
    private final @Nullable Path path;
    private final String option;
    private final boolean force;

    private ExportTarget(
            OutputStream out,
            @Nullable FileOutputStream part,
            @Nullable Path partPath,
            @Nullable Path path,
            String option,
            boolean force) {
        this.out = out;
        this.part = part;
        this.partPath = partPath;
        this.path = path;
        this.option = option;
        this.force = force;
    }

    /**
     * Opens what was asked for.
     *
     * @param option which option named it
     * @param file {@code -}: standard output
     * @param force whether a file that is there is replaced
     */
    static ExportTarget open(String option, String file, boolean force, Output standard) throws IOException {
        if (file.equals("-")) {
            return new ExportTarget(standard, null, null, null, option, force);
        }
        check(option, file, force);
        Path path = Path.of(file).toAbsolutePath();
        boolean compressed = file.endsWith(".gz");
        if (Files.exists(path) && !Files.isRegularFile(path)) { // a device or a pipe
            return new ExportTarget(
                    packed(new FileOutputStream(path.toFile()), compressed), null, null, null, option, force);
        }
        Path target = Files.exists(path) ? path.toRealPath() : path;
        Path partPath = target.resolveSibling(
                target.getFileName() + "." + ProcessHandle.current().pid() + ".part");
        partPath.toFile().deleteOnExit(); // Ctrl-C ends the process without a call of close
        FileOutputStream part = new FileOutputStream(partPath.toFile());
        return new ExportTarget(packed(part, compressed), part, partPath, target, option, force);
    }

    /**
     * Holds what was asked for against what is there.
     *
     * @throws UsageException if the file is there and must not be replaced, or is a directory
     */
    static void check(String option, String file, boolean force) {
        if (file.equals("-")) {
            return;
        }
        Path path = Path.of(file);
        if (Files.isDirectory(path)) {
            throw new UsageException(option + ": " + file + " is a directory");
        }
        if (!force && Files.isRegularFile(path)) {
            throw new UsageException(option + ": " + file + " is there already; --force replaces it");
        }
    }

    private static OutputStream packed(FileOutputStream file, boolean compressed) throws IOException {
        OutputStream buffered = new BufferedOutputStream(file, BUFFER_SIZE);
        return compressed ? new GZIPOutputStream(buffered, BUFFER_SIZE) : buffered;
    }

    OutputStream out() {
        return out;
    }

    /** Ends the export: only now the file has its name. */
    void complete() throws IOException {
        Path from = partPath;
        Path to = path;
        if (from == null || to == null || part == null) {
            out.close();
            return;
        }
        if (out instanceof GZIPOutputStream packed) {
            packed.finish();
        }
        out.flush();
        part.getFD().sync();
        out.close();
        check(option, to.toString(), force);
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Closes it; a file that was not completed is gone. */
    @Override
    public void close() throws IOException {
        FileOutputStream file = part;
        Path unfinished = partPath;
        if (file != null && unfinished != null) {
            file.close();
            Files.deleteIfExists(unfinished);
        }
    }
}
