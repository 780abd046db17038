package io.blockdb.io;

import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;

/** The contract, kept on disk: mapped by Chronicle Bytes, and without JVM flags by the JDK. */
@Tag("no-flags")
final class DiskFileSystemContractTest extends FileSystemContract {
    @TempDir
    private Path directory;

    @Override
    FileSystem fileSystem() {
        return new DiskFileSystem();
    }

    @Override
    Path directory() {
        return directory;
    }
}
