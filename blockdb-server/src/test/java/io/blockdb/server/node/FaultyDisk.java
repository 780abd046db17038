package io.blockdb.server.node;

import io.blockdb.io.DiskFileSystem;
import io.blockdb.io.Environment;
import io.blockdb.io.FileSystem;
import io.blockdb.io.MappedFile;
import io.blockdb.io.ReadableFile;
import io.blockdb.io.UncachedFile;
import io.blockdb.io.WritableFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The real disk, which fails, fills up and stalls when it is told to.
 *
 * <p>Threading: any thread.
 */
public final class FaultyDisk implements FileSystem {
    private final FileSystem real = new DiskFileSystem();
    private volatile Rule rule = (operation, file) -> false;
    private volatile long usable = -1;
    private volatile @Nullable CountDownLatch gate;

    /** What can be made to fail. */
    public enum Operation {
        CREATE,
        WRITE,
        SYNC
    }

    /** Decides what fails. */
    @FunctionalInterface
    public interface Rule {
        boolean fails(Operation operation, String file);
    }

    /** An environment on this disk; the clock and the randomness are the system's. */
    public Environment environment() {
        Environment system = Environment.system();
        return new Environment(this, system.clock(), system.randomness());
    }

    /** From now on what meets the rule fails. */
    public void failWhen(Rule next) {
        rule = next;
    }

    /** What meets the rule first fails, and nothing after it. */
    public void failOnce(Rule next) {
        AtomicBoolean failed = new AtomicBoolean();
        rule = (operation, file) -> next.fails(operation, file) && failed.compareAndSet(false, true);
    }

    /** From now on nothing fails. */
    public void heal() {
        rule = (operation, file) -> false;
    }

    /** What is said to be free; -1: what is. */
    public void setUsable(long bytes) {
        usable = bytes;
    }

    /** From now on whoever opens a file for reading waits. */
    public void stall() {
        gate = new CountDownLatch(1);
    }

    /** Nobody waits any more. */
    public void goOn() {
        CountDownLatch held = gate;
        gate = null;
        if (held != null) {
            held.countDown();
        }
    }

    private void check(Operation operation, Path file) throws IOException {
        if (rule.fails(operation, file.toString())) {
            throw new IOException(file + ": Input/output error, injected into " + operation);
        }
    }

    private void await() throws IOException {
        CountDownLatch held = gate;
        try {
            if (held != null) {
                held.await();
            }
        } catch (InterruptedException e) {
            throw new IOException("interrupted", e);
        }
    }

    private WritableFile faulty(Path path, WritableFile file) {
        return new WritableFile() {
            @Override
            public void write(long position, byte[] source, int offset, int length) throws IOException {
                check(Operation.WRITE, path);
                file.write(position, source, offset, length);
            }

            @Override
            public void truncate(long size) throws IOException {
                file.truncate(size);
            }

            @Override
            public void sync() throws IOException {
                check(Operation.SYNC, path);
                file.sync();
            }

            @Override
            public long size() throws IOException {
                return file.size();
            }

            @Override
            public void close() throws IOException {
                file.close();
            }
        };
    }

    @Override
    public ReadableFile openForReading(Path file) throws IOException {
        await();
        return real.openForReading(file);
    }

    @Override
    public UncachedFile openUncached(Path file) throws IOException {
        return real.openUncached(file);
    }

    @Override
    public WritableFile create(Path file) throws IOException {
        check(Operation.CREATE, file);
        return faulty(file, real.create(file));
    }

    @Override
    public WritableFile createPrivate(Path file) throws IOException {
        check(Operation.CREATE, file);
        return faulty(file, real.createPrivate(file));
    }

    @Override
    public WritableFile openForWriting(Path file) throws IOException {
        return faulty(file, real.openForWriting(file));
    }

    @Override
    public MappedFile map(Path file) throws IOException {
        return real.map(file);
    }

    @Override
    public boolean exists(Path path) throws IOException {
        return real.exists(path);
    }

    @Override
    public boolean isDirectory(Path path) throws IOException {
        return real.isDirectory(path);
    }

    @Override
    public long size(Path file) throws IOException {
        return real.size(file);
    }

    @Override
    public List<String> list(Path directory) throws IOException {
        return real.list(directory);
    }

    @Override
    public void createDirectories(Path directory) throws IOException {
        real.createDirectories(directory);
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        real.rename(from, to);
    }

    @Override
    public boolean link(Path existing, Path link) throws IOException {
        return real.link(existing, link);
    }

    @Override
    public void delete(Path file) throws IOException {
        real.delete(file);
    }

    @Override
    public void syncDirectory(Path directory) throws IOException {
        real.syncDirectory(directory);
    }

    @Override
    public long usableSpace(Path path) throws IOException {
        long said = usable;
        return said < 0 ? real.usableSpace(path) : said;
    }

    @Override
    public @Nullable Lock lock(Path file, boolean shared) throws IOException {
        return real.lock(file, shared);
    }
}
