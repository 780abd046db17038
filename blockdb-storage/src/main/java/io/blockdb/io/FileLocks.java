package io.blockdb.io;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The file locks that this process holds. POSIX drops all locks of a process on a file as soon as it closes any descriptor
 * of that file, so a locked file is never opened a second time: who asks for another lock on it is answered from the table.
 *
 * <p>Threading: any thread; all of them wait for each other.
 */
final class FileLocks {
    /** By the file's identity, so that a second name of the same file does not pass for another file. */
    @GuardedBy("FileLocks.class")
    private static final Map<Object, Held> HELD = new HashMap<>();

    /**
     * Channels of files that code of another class loader in this process has locked: closing them would drop that lock, and
     * being unreachable would close them.
     */
    @GuardedBy("FileLocks.class")
    private static final List<FileChannel> NEVER_CLOSED = new ArrayList<>();

    private FileLocks() {}

    /** As {@link FileSystem#lock} says. */
    static synchronized FileSystem.@Nullable Lock lock(Path file, boolean shared) throws IOException {
        Object key = key(file);
        Held held = key == null ? null : HELD.get(key);
        if (held == null) {
            held = acquire(file, shared);
        } else if (!shared || !held.shared) {
            return null;
        }
        if (held == null) {
            return null;
        }
        held.owners++;
        return new Handle(held);
    }

    /** What tells the file from others, null if it does not exist. Does not open it. */
    private static @Nullable Object key(Path file) throws IOException {
        try {
            Object key = Files.readAttributes(file, BasicFileAttributes.class).fileKey();
            return key == null ? file.toRealPath() : key;
        } catch (NoSuchFileException absent) {
            return null;
        }
    }

    @GuardedBy("FileLocks.class")
    private static @Nullable Held acquire(Path file, boolean shared) throws IOException {
        FileChannel channel = FileChannel.open(
                file,
                shared ? Set.of(StandardOpenOption.READ) : Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE));
        boolean keep = false;
        try {
            FileLock lock = channel.tryLock(0, Long.MAX_VALUE, shared);
            Object key = lock == null ? null : key(file);
            if (key == null) {
                return null;
            }
            keep = true;
            Held held = new Held(file, key, channel, shared);
            HELD.put(key, held);
            return held;
        } catch (OverlappingFileLockException e) {
            keep = true;
            NEVER_CLOSED.add(channel);
            return null;
        } catch (IOException e) {
            throw DiskFileSystem.located(file, e);
        } finally {
            if (!keep) {
                channel.close();
            }
        }
    }

    private static synchronized void release(Held held) throws IOException {
        held.owners--;
        if (held.owners == 0) {
            HELD.remove(held.key);
            try {
                held.channel.close();
            } catch (IOException e) {
                throw DiskFileSystem.located(held.file, e);
            }
        }
    }

    /** One lock of the operating system, with as many owners in this process as share it. Guarded by the class. */
    private static final class Held {
        private final Path file;
        private final Object key;
        private final FileChannel channel;
        private final boolean shared;
        private int owners;

        Held(Path file, Object key, FileChannel channel, boolean shared) {
            this.file = file;
            this.key = key;
            this.channel = channel;
            this.shared = shared;
        }
    }

    /** One owner's hold. */
    private static final class Handle implements FileSystem.Lock {
        private final Held held;
        private boolean closed;

        Handle(Held held) {
            this.held = held;
        }

        @Override
        public synchronized void close() throws IOException {
            if (!closed) {
                closed = true;
                release(held);
            }
        }
    }
}
