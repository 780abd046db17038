package io.blockdb.io;

import io.blockdb.base.CorruptionException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Chooses what maps files: Chronicle Bytes, which unmaps on close, where this JVM lets it, and the JDK where it does not.
 *
 * <p>Chronicle needs two packages of the JDK opened to it. Whether they are is asked of the module system rather than found
 * out by trying, because a failed try logs errors and stack traces. What else may stop Chronicle (a JVM that denies
 * Unsafe, a missing jar) shows at the first file.
 *
 * <p>Threading: any thread.
 */
final class Mapping {
    private static final Logger LOG = LoggerFactory.getLogger(DiskFileSystem.class);

    /** Whether Chronicle is still believed to work; it goes from true to false at most once. */
    private static volatile boolean chronicle = isOpenToChronicle();

    /** One, which no compiler may rely on. */
    private static volatile int one = 1;

    private Mapping() {}

    static MappedFile map(Path file) throws IOException {
        long size = Files.size(file);
        if (size == 0) {
            throw new CorruptionException(name(file), 0, 0, "the file is empty");
        }
        if (chronicle) {
            try {
                return ChronicleMappedFile.map(file, size);
            } catch (RuntimeException | LinkageError | AssertionError e) {
                // Only if the JDK can map this file is it Chronicle that does not work.
                MappedFile mapped = JdkMappedFile.map(file, size);
                giveUpChronicle(e.toString());
                return mapped;
            }
        }
        return JdkMappedFile.map(file, size);
    }

    /** Whether files are mapped by Chronicle Bytes, as far as is known. */
    static boolean isChronicle() {
        return chronicle;
    }

    private static boolean isOpenToChronicle() {
        Module reader = net.openhft.chronicle.bytes.MappedFile.class.getModule();
        for (String needed : new String[] {"java.lang.reflect", "sun.nio.ch"}) {
            if (!Object.class.getModule().isOpen(needed, reader)) {
                logFallback("start the JVM with --add-opens=java.base/" + needed + "=ALL-UNNAMED to change that");
                return false;
            }
        }
        return true;
    }

    private static synchronized void giveUpChronicle(String reason) {
        if (chronicle) {
            chronicle = false;
            logFallback(reason);
        }
    }

    private static void logFallback(String reason) {
        LOG.info("Chronicle Bytes cannot map files in this JVM, mapping with the JDK: {}", reason);
    }

    /**
     * Ends every read of mapped memory: throws here the {@link InternalError} of a page that is gone.
     *
     * <p>Left alone the JVM only notes the fault of a load in compiled code and throws later, wherever the thread enters the
     * VM next: readers go on with garbage meanwhile, and a lock whose code is hit stays locked for ever (seen on 17, in
     * Chronicle's own close). To allocate an array of arrays whose lengths the compiler cannot know enters the VM, from
     * interpreted and compiled code alike, for some 40 ns. Tried in vain: safepoint polls and native methods (17 throws at
     * neither), large allocations.
     */
    static void throwPendingFault() {
        int unknown = one;
        if (new byte[unknown][unknown].length != 1) {
            throw new AssertionError("one is " + unknown);
        }
    }

    /** What errors call a mapped file. */
    static String name(Path file) {
        Path name = file.getFileName();
        return name == null ? file.toString() : name.toString();
    }

    /** The error for a page that was mapped and cannot be read. */
    static CorruptionException unreadable(Path file, long size, long offset, long length, InternalError error) {
        return new CorruptionException(
                name(file),
                offset,
                length,
                "mapped page cannot be read: expected " + size + " bytes, found " + now(file),
                error);
    }

    private static String now(Path file) {
        try {
            return Files.size(file) + " (truncated while mapped, or the device fails)";
        } catch (IOException e) {
            return "none: " + e;
        }
    }
}
