package io.blockdb.cli;

import io.blockdb.proof.Receipt;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.jspecify.annotations.Nullable;

/** The file that {@code --receipt} names. One that is there is replaced, as a command may be repeated. */
final class ReceiptFile {
    private ReceiptFile() {}

    /**
     * Holds the name against what is there, before anything is done.
     *
     * @throws UsageException if no file can have it
     */
    static void check(@Nullable Path file) {
        if (file == null) {
            return;
        }
        if (file.toString().equals("-")) {
            throw new UsageException("--receipt: name a file; 'receipt' prints one to standard output");
        }
        Path directory = file.toAbsolutePath().getParent();
        if (file.toString().isEmpty() || Files.isDirectory(file)) {
            throw new UsageException("--receipt: '" + file + "' is no name of a file");
        }
        if (directory == null || !Files.isDirectory(directory)) {
            throw new UsageException("--receipt: there is no directory " + directory);
        }
    }

    /** Writes a receipt; the file has its name when it is whole and on disk. */
    static void write(Path file, Receipt receipt) throws IOException {
        byte[] json = (receipt.toJson() + "\n").getBytes(StandardCharsets.UTF_8);
        if (Files.exists(file) && !Files.isRegularFile(file)) { // a device or a pipe
            Files.write(file, json);
            return;
        }
        Path part = file.resolveSibling(
                file.getFileName() + "." + ProcessHandle.current().pid() + ".part");
        try {
            try (FileOutputStream out = new FileOutputStream(part.toFile())) {
                out.write(json);
                out.getFD().sync();
            }
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(part);
        }
    }
}
