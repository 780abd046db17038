package io.blockdb.ledger;

import io.blockdb.base.Hash;
import io.blockdb.io.Environment;
import io.blockdb.io.FileSystem;
import io.blockdb.proof.MerkleTree;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** The ledger tree alone, its tiles in files. In this package, as only a ledger appends to it. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class LedgerTreeBenchmark {
    /** Blocks of the ledger. */
    @Param({"1000000", "10000000"})
    private int blocks;

    private final Random random = new Random(1);
    private @Nullable Path directory;
    private @Nullable LedgerTree tree;

    /** Appends the leaves. */
    @Setup
    public void fill() throws IOException {
        Path made = Files.createTempDirectory("blockdb-bench");
        directory = made;
        Path ledger = Files.createDirectory(made.resolve("ledger"));
        FileSystem files = Environment.system().fileSystem();
        LedgerTree filled = LedgerTree.open(
                files, ledger, false, new SegmentPool(files, ledger, 2, 0), null, false, new ArrayList<>());
        tree = filled;
        byte[] number = new byte[Long.BYTES];
        for (long i = 0; i < blocks; i++) {
            ByteBuffer.wrap(number).putLong(i);
            filled.append(MerkleTree.leafHash(number));
        }
        filled.root();
    }

    /** Deletes the files. */
    @TearDown
    public void delete() throws IOException {
        tree().close();
        if (directory != null) {
            try (Stream<Path> paths = Files.walk(directory)) {
                for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(path);
                }
            }
        }
    }

    private LedgerTree tree() {
        LedgerTree filled = tree;
        if (filled == null) {
            throw new IllegalStateException("the tree was not filled");
        }
        return filled;
    }

    /** The path of any block in the whole tree, checked. */
    @Benchmark
    public List<Hash> inclusionPath() throws IOException {
        return tree().inclusionPath(random.nextInt(blocks), blocks);
    }

    /** The path between trees of any two sizes, whose roots have to be found and checked first. */
    @Benchmark
    public List<Hash> consistencyPath() throws IOException {
        int to = 1 + random.nextInt(blocks);
        return tree().consistencyPath(1 + random.nextInt(to), to);
    }
}
