package io.blockdb.io;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;

/** The contract, kept in memory. */
final class MemoryFileSystemContractTest extends FileSystemContract {
    private final MemoryFileSystem memory = new MemoryFileSystem();

    @Override
    FileSystem fileSystem() {
        return memory;
    }

    @Override
    Path directory() throws IOException {
        Path directory = Path.of("/db");
        memory.createDirectories(directory);
        return directory;
    }

    @AfterEach
    void nothingLeftOpen() {
        memory.assertNoOpenFiles();
    }
}
