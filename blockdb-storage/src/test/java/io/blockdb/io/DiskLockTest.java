package io.blockdb.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Locks between processes. */
final class DiskLockTest {
    private final FileSystem files = new DiskFileSystem();

    @TempDir
    private Path directory;

    @Test
    void exclusiveLocksExcludeOtherProcesses() throws Exception {
        Path file = directory.resolve("LOCK");
        try (FileSystem.Lock lock = files.lock(file, false)) {
            assertNotNull(lock);
            assertEquals("refused", ask(file, "exclusive"));
            assertNull(files.lock(file, false));
            assertNull(files.lock(file, true));
            assertNull(files.lock(directory.resolve(".").resolve("LOCK"), true));
            Path link = Files.createLink(directory.resolve("link"), file);
            assertNull(files.lock(link, false), "the same file by another name");
            assertEquals("refused", ask(file, "exclusive"), "asking again here has not dropped the lock");
            assertEquals("refused", ask(file, "shared"));
        }
        assertEquals("locked", ask(file, "exclusive"));
    }

    @Test
    void sharedLocksLetReadersIn() throws Exception {
        Path file = Files.createFile(directory.resolve("LOCK"));
        try (FileSystem.Lock one = files.lock(file, true)) {
            assertNotNull(one);
            try (FileSystem.Lock two = files.lock(file, true)) {
                assertNotNull(two);
                assertEquals("locked", ask(file, "shared"));
            }
            assertEquals("refused", ask(file, "exclusive"), "one owner is left");
        }
        assertEquals("locked", ask(file, "exclusive"));
    }

    @Test
    void locksOfAProcessEndWithIt() throws Exception {
        Path file = directory.resolve("LOCK");
        Process holder = DiskProcess.start(List.of(), "lock", file.toString(), "exclusive");
        try (var output = DiskProcess.output(holder)) {
            assertEquals("locked", output.readLine());
            assertNull(files.lock(file, false));
            assertNull(files.lock(file, true));
        } finally {
            holder.destroyForcibly().waitFor();
        }
        try (FileSystem.Lock lock = files.lock(file, false)) {
            assertNotNull(lock);
        }
    }

    /** What another process is told that asks for the lock and gives it back at once. */
    private static String ask(Path file, String mode) throws IOException, InterruptedException {
        Process process = DiskProcess.start(List.of(), "lock", file.toString(), mode);
        try (var output = DiskProcess.output(process)) {
            String answer = output.readLine();
            process.getOutputStream().close();
            assertEquals(0, process.waitFor());
            return String.valueOf(answer);
        } finally {
            process.destroyForcibly();
        }
    }
}
