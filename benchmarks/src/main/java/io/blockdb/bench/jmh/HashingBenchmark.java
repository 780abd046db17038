package io.blockdb.bench.jmh;

import io.blockdb.base.Hash;
import io.blockdb.proof.EntryLeaf;
import io.blockdb.proof.MerkleTree;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What makes a write provable: the leaf of an entry with the digest of its value, its hash, and the tree over a block. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class HashingBenchmark {
    private static final int LEAVES = 1_000;
    private static final byte[] NONE = {};

    /** Length of the value. */
    @Param({"100", "1024"})
    private int valueSize;

    private final byte[] key = Entries.key(7);
    private final byte[] leafHashes = new byte[LEAVES * Hash.LENGTH];
    private final Hash leafHash = MerkleTree.leafHash(key);
    private final MerkleTree tree = new MerkleTree();
    private byte[] value = {};

    /** Makes the value. */
    @Setup
    public void makeValue() {
        value = new byte[valueSize];
    }

    /** Encodes and hashes an entry. */
    @Benchmark
    public Hash entry() {
        return MerkleTree.leafHash(
                EntryLeaf.encode(EntryLeaf.KIND_PUT, NONE, Entries.TABLE, key, value, NONE, 0, false));
    }

    /** Appends a leaf to a tree that keeps growing. */
    @Benchmark
    public MerkleTree merkleAppend() {
        tree.append(leafHash);
        return tree;
    }

    /** The root over a block of 1,000 entries, for each of them. */
    @Benchmark
    @OperationsPerInvocation(LEAVES)
    public Hash merkleRoot() {
        return MerkleTree.root(leafHashes, LEAVES);
    }
}
