package io.blockdb.ledger;

import io.blockdb.base.Hash;
import io.blockdb.base.LedgerId;
import io.blockdb.base.Position;
import io.blockdb.base.TableName;
import io.blockdb.proof.BlockHeader;
import io.blockdb.proof.EntryLeaf;
import io.blockdb.proof.MerkleTree;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
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
import org.openjdk.jmh.annotations.Warmup;

/** A block's way into the bytes of its frame. In this package, as the encoder is nobody else's. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class FrameEncoderBenchmark {
    private static final int INLINE_VALUE_LIMIT = 512;
    private static final byte[] NONE = {};

    /** Entries of the block. */
    @Param({"1", "1000"})
    private int entries;

    /** Length of a value. */
    @Param({"100", "1024"})
    private int valueSize;

    private final FrameEncoder encoder = new FrameEncoder(INLINE_VALUE_LIMIT);
    private final List<BlockEntry> block = new ArrayList<>();
    private BlockHeader header =
            new BlockHeader(1, 1, 1, 1, LedgerId.of(new byte[LedgerId.LENGTH]), Hash.ZERO, Hash.ZERO);

    /** Makes the block. */
    @Setup
    public void makeBlock() {
        block.clear();
        for (int i = 0; i < entries; i++) {
            byte[] value = new byte[valueSize];
            for (int at = 0; at < valueSize; at++) {
                value[at] = (byte) ((at % (valueSize / 2) + i) * 37);
            }
            byte[] key = "key %012d".formatted(i).getBytes(java.nio.charset.StandardCharsets.US_ASCII);
            byte[] leaf = EntryLeaf.encode(EntryLeaf.KIND_PUT, NONE, TableName.of("bench"), key, value, NONE, 0, false);
            block.add(new BlockEntry(leaf, MerkleTree.leafHash(leaf).toBytes(), new StoredValue(value, NONE)));
        }
        header = new BlockHeader(entries, 1, 1, 1, header.ledgerId(), MerkleTree.leafHash(NONE), header.entriesRoot());
    }

    /** Encodes it. */
    @Benchmark
    public Object encode() {
        encoder.encode(header, block);
        return encoder.placed(1, SegmentFormat.HEADER_LENGTH, 0, Position.NONE);
    }
}
