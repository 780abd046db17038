package io.blockdb.db;

import io.blockdb.proof.Checkpoint;
import io.blockdb.proof.CheckpointVerifier;
import io.blockdb.proof.MalformedException;
import io.blockdb.proof.Origin;
import io.blockdb.proof.ProofException;
import io.blockdb.proof.Receipt;
import io.blockdb.proof.ReceiptVerifier;
import io.blockdb.proof.Signer;
import io.blockdb.proof.SigningKey;
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

/**
 * Receipts under one checkpoint, whose signature was made before: of any entry of any block, and of blocks that were asked for a
 * moment ago. In this package, as the class that makes them is nobody else's.
 *
 * <p>Of the ledger's blocks so many have the wanted number of entries that they make a million (one in a hundred, for 100), and
 * all others have one: a million blocks of a thousand entries would take hours to write.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(value = 1, jvmArgsAppend = "-Xmx2g")
public class ReceiptBenchmark {
    private static final int VALUE_LENGTH = 100;
    private static final int RECENT_BLOCKS = 20;
    private static final int RECEIPTS_TO_VERIFY = 1000;
    private static final int ENTRIES_ASKED_FOR = 1_000_000;

    /** Entries of the blocks that are asked for. */
    @Param({"1", "100", "1000"})
    private int entries;

    /** Blocks of the ledger. */
    @Param("1000000")
    private int blocks;

    private final Random random = new Random(1);
    private final List<Long> firstSequences = new ArrayList<>();
    private final List<String> received = new ArrayList<>();
    private int asked;
    private @Nullable Path directory;
    private @Nullable Setting setting;

    /** What the benchmarks work with. */
    private record Setting(BlockDb database, Receipts receipts, Checkpoint checkpoint, CheckpointVerifier verifier) {}

    /** Fills a ledger without waiting for the disk. */
    @Setup
    public void fill() throws IOException {
        Path made = Files.createTempDirectory("blockdb-bench");
        directory = made;
        BlockDb database = BlockDb.open(made, Options.defaults().withWalSyncIntervalMillis(10_000));
        int every = Math.max(1, blocks / Math.max(1, ENTRIES_ASKED_FOR / entries));
        byte[] value = new byte[VALUE_LENGTH];
        long key = 0;
        for (int block = 1; block < blocks; block++) {
            boolean wanted = block % every == 0;
            WriteBatch batch = new WriteBatch();
            for (int i = 0; i < (wanted ? entries : 1); i++) {
                random.nextBytes(value);
                batch.put(ByteBuffer.allocate(Long.BYTES).putLong(key++).array(), value.clone());
            }
            long sequence = database.write(batch).sequence();
            if (wanted) {
                firstSequences.add(sequence);
            }
        }
        Engine engine = database.engine();
        engine.sync();
        SigningKey signingKey = SigningKey.of(new byte[SigningKey.SEED_LENGTH]);
        Origin origin = new Origin(Origin.DEFAULT_NAME, engine.ledger().ledgerId());
        Checkpoint checkpoint = Checkpoint.sign(
                origin, engine.ledger().tree().size(), engine.ledger().tree().root(), List.of(signingKey));
        CheckpointVerifier verifier = new CheckpointVerifier(List.of(Signer.of(signingKey.verifierKey(origin))), 1);
        Receipts receipts = new Receipts(engine);
        setting = new Setting(database, receipts, checkpoint, verifier);
        for (int i = 0; i < RECEIPTS_TO_VERIFY; i++) {
            received.add(receipts.of(any(firstSequences.size()), checkpoint).toJson());
        }
    }

    /** Deletes it. */
    @TearDown
    public void delete() throws IOException {
        setting().database.close();
        if (directory != null) {
            try (Stream<Path> paths = Files.walk(directory)) {
                for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(path);
                }
            }
        }
    }

    private Setting setting() {
        Setting made = setting;
        if (made == null) {
            throw new IllegalStateException("the ledger was not filled");
        }
        return made;
    }

    /** A sequence within one of the first so many blocks that are asked for. */
    private long any(int ofBlocks) {
        return firstSequences.get(random.nextInt(ofBlocks)) + random.nextInt(entries);
    }

    /** A receipt of any entry. */
    @Benchmark
    public Receipt anyEntry() throws IOException {
        return setting().receipts.of(any(firstSequences.size()), setting().checkpoint);
    }

    /** A receipt of an entry of one of a few blocks. */
    @Benchmark
    public Receipt recentBlock() throws IOException {
        return setting().receipts.of(any(Math.min(RECENT_BLOCKS, firstSequences.size())), setting().checkpoint);
    }

    /** As {@link #anyEntry}, and its JSON form. */
    @Benchmark
    public byte[] anyEntryAsJson() throws IOException {
        return anyEntry().toJsonBytes();
    }

    /** Parses a receipt and checks it, its signature too, as who trusts nobody does. */
    @Benchmark
    public Object verify() throws IOException, ProofException {
        asked = (asked + 1) % received.size();
        try {
            return ReceiptVerifier.verify(Receipt.parse(received.get(asked)), setting().verifier);
        } catch (MalformedException e) {
            throw new IllegalStateException("a receipt of our own is refused", e);
        }
    }
}
