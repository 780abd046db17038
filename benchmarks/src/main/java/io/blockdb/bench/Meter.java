package io.blockdb.bench;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What this process has used since the meter was made. */
final class Meter {
    private static final Path IO = Path.of("/proc/self/io");
    private static final double MB = 1 << 20;

    private final long cpuNanos = cpuNanosOfProcess();
    private final long gcCount = gcCountOfProcess();
    private final long gcMillis = gcMillisOfProcess();
    private final long kernelBytes = bytesWritten("wchar:");
    private final long deviceBytes = bytesWritten("write_bytes:");

    Meter() throws IOException {
        heapPools().forEach(MemoryPoolMXBean::resetPeakUsage);
    }

    double cpuSeconds() {
        return (cpuNanosOfProcess() - cpuNanos) / 1e9;
    }

    long gcCount() {
        return gcCountOfProcess() - gcCount;
    }

    long gcMillis() {
        return gcMillisOfProcess() - gcMillis;
    }

    /** Bytes given to write calls; a write into a mapping is not among them. */
    long kernelBytes() throws IOException {
        return bytesWritten("wchar:") - kernelBytes;
    }

    /** Bytes of pages made dirty, which the kernel charges to who made them so. */
    long deviceBytes() throws IOException {
        return bytesWritten("write_bytes:") - deviceBytes;
    }

    /** The sum of what each pool of the heap had in use at most. */
    double heapPeakMb() {
        return heapPools().stream()
                        .map(MemoryPoolMXBean::getPeakUsage)
                        .mapToLong(MemoryUsage::getUsed)
                        .sum()
                / MB;
    }

    /** What is in use after a collection. */
    static double heapLiveMb() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() / MB;
    }

    private static List<MemoryPoolMXBean> heapPools() {
        return ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.getType() == MemoryType.HEAP)
                .toList();
    }

    private static long cpuNanosOfProcess() {
        return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime();
    }

    private static long gcCountOfProcess() {
        return ManagementFactory.getGarbageCollectorMXBeans().stream()
                .mapToLong(GarbageCollectorMXBean::getCollectionCount)
                .sum();
    }

    private static long gcMillisOfProcess() {
        return ManagementFactory.getGarbageCollectorMXBeans().stream()
                .mapToLong(GarbageCollectorMXBean::getCollectionTime)
                .sum();
    }

    private static long bytesWritten(String name) throws IOException {
        if (!Files.exists(IO)) {
            return 0; // Only Linux counts them.
        }
        return Files.readAllLines(IO).stream()
                .filter(line -> line.startsWith(name))
                .mapToLong(line -> Long.parseLong(line.substring(name.length()).trim()))
                .sum();
    }
}
