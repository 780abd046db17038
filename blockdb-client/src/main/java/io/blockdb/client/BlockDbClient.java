package io.blockdb.client;

import io.blockdb.base.LedgerId;
import io.blockdb.proof.Checkpoint;
import io.blockdb.proof.CheckpointVerifier;
import io.blockdb.proof.GrowthProof;
import io.blockdb.proof.ProvedEntry;
import io.blockdb.proof.Receipt;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A client of a BlockDB server.
 *
 * <pre>{@code
 * try (BlockDbClient client = BlockDbClient.builder("https://ledger.example:8080")
 *         .token(System.getenv("BLOCKDB_TOKEN"))
 *         .verifierKeys("blockdb/f5b165224a58b791df6af1d8303e61cd+0c8848c5+AX…")
 *         .checkpointStore(CheckpointStore.inFile(Path.of("ledger.checkpoint")))
 *         .build()) {
 *     Commit commit = client.put(Key.of("invoice-17"), "paid");
 *     String value = client.get(Key.of("invoice-17")).orElseThrow().text();
 *     ProvedReceipt proved = client.receipt(commit.sequence());
 *     Files.writeString(Path.of("invoice-17.receipt"), proved.receipt().toJson());
 * }
 * }</pre>
 *
 * <p><b>Repeating.</b> What fails on the way is tried again, after a pause that grows, as long as {@link BlockDbClientBuilder#retryFor}
 * says, with another server if there are several. Only what is safe to repeat is repeated: reads; writes to write-once tables,
 * where the same write again is the same write; and all other writes, because an {@code Idempotency-Key} is drawn for each, by which the
 * server knows it again for 24 hours. Switching {@link #alterTable} is not repeated once it may have arrived. Where a write may have been done
 * and no answer says so, that is an {@link OutcomeUnknownException}, and never anything else.
 *
 * <p><b>Proving.</b> With the ledger's verifier keys, {@link #receipt(Key)}, {@link #getVerified} and {@link #checkpoint} check what the server
 * shows, and remember the newest checkpoint. A checkpoint that does not continue the one remembered is not believed, whoever signed it:
 * {@link LedgerConflictException} carries both. What other methods return is the server's word.
 *
 * <p><b>Errors</b> are {@link BlockDbClientException}s, which are unchecked. Futures fail with the same. An interrupt ends a call that waits;
 * the thread's flag stays set.
 *
 * <p>Threading: any thread. One client serves a whole program; it keeps connections open between calls.
 */
public final class BlockDbClient implements AutoCloseable {
    private final Transport transport;
    private final Duration timeout;
    private final int answerLengthMax;
    private final Writes writes;
    private final @Nullable TrustedLedger trusted;
    private final Set<Watch> watches = ConcurrentHashMap.newKeySet();

    BlockDbClient(
            Transport transport,
            Duration timeout,
            int answerLengthMax,
            @Nullable CheckpointVerifier keys,
            CheckpointStore store) {
        this.transport = transport;
        this.timeout = timeout;
        this.answerLengthMax = answerLengthMax;
        this.trusted = keys == null ? null : new TrustedLedger(keys, store, new FromServer());
        TablePolicies policies = new TablePolicies(transport, Call.get("/api/v1/tables", Call.JSON, timeout));
        this.writes = new Writes(
                transport,
                policies,
                timeout,
                keys == null ? null : keys.origin().ledgerId(),
                this::checked);
    }

    /**
     * A client of a server, or of several that serve the same ledger.
     *
     * @param urls such as {@code http://127.0.0.1:8080}; a path behind it is kept
     * @throws IllegalArgumentException if there is none, or one is no such address
     */
    public static BlockDbClientBuilder builder(String... urls) {
        return new BlockDbClientBuilder(List.of(urls));
    }

    // ---- Writing

    /**
     * Puts a key, and returns when it is durable. In a write-once table, putting the same value again is the same write.
     *
     * @throws RefusedException if a key of a write-once table holds another value ({@link RefusedException#isDuplicateKey}), or for another
     *     reason; nothing was written
     * @throws OutcomeUnknownException if it may have been written
     */
    public Commit put(Key key, byte[] value) {
        return writes.put(key, value).await();
    }

    /** Puts a key; the value is the UTF-8 of a text. As {@link #put(Key, byte[])}. */
    public Commit put(Key key, String value) {
        return put(key, StrictText.utf8(value));
    }

    /** As {@link #put(Key, byte[])}, without waiting. */
    public CompletableFuture<Commit> putAsync(Key key, byte[] value) {
        return writes.put(key, value);
    }

    /**
     * Deletes a key of a versioned table: it reads as absent from then on, its history stays.
     *
     * @throws RefusedException if the table is write-once, or the key is absent
     * @throws OutcomeUnknownException if it may have been deleted
     */
    public Commit delete(Key key) {
        return writes.delete(key).await();
    }

    /** As {@link #delete}, without waiting. */
    public CompletableFuture<Commit> deleteAsync(Key key) {
        return writes.delete(key);
    }

    /**
     * Writes a batch, whole or not at all, and returns when it is durable.
     *
     * @throws RefusedException if a rule refuses the batch; {@link RefusedException#operations} says which operations are the reason
     * @throws OutcomeUnknownException if it may have been written, whole
     */
    public Commit write(Batch batch) {
        return writes.write(batch).await();
    }

    /** As {@link #write}, without waiting. */
    public CompletableFuture<Commit> writeAsync(Batch batch) {
        return writes.write(batch);
    }

    /**
     * Erases the value of one entry for good; every proof stays valid.
     *
     * @param sequence which entry of the key, as {@link #history} has it
     * @param reason why, for whoever asks later: part of the ledger for ever
     * @return sequence of the entry that records it
     * @throws RefusedException if there is no such entry, or its table was not erasable when it was written
     */
    public long erase(Key key, long sequence, String reason) {
        return writes.erase(key, sequence, reason);
    }

    // ---- Tables

    /** The tables that there are. */
    public List<Table> tables() {
        return writes.tables();
    }

    /**
     * Creates a table. Creating it again alike is the same write.
     *
     * @throws RefusedException if it exists otherwise, or was written to before
     */
    public Table createTable(Table table) {
        return writes.createTable(table);
    }

    /**
     * Switches whether values written to a table from now on can be erased one day.
     *
     * @throws OutcomeUnknownException if it may have been switched; it is not repeated then
     */
    public Table alterTable(String name, boolean erasable) {
        return writes.alterTable(name, erasable);
    }

    // ---- Reading

    /**
     * The newest value of a key; empty where it is absent.
     *
     * @throws RefusedException if the value was erased ({@link RefusedException#erasureSequence}), or for another reason
     */
    public Optional<Revision> get(Key key) {
        return get(key, null).await();
    }

    /** As {@link #get(Key)}, without waiting. */
    public CompletableFuture<Optional<Revision>> getAsync(Key key) {
        return get(key, null);
    }

    /** The value of a key as it was after the block of a height; empty also where there is no such block. As {@link #get(Key)}. */
    public Optional<Revision> getAt(Key key, long height) {
        return get(key, height).await();
    }

    private Pending<Optional<Revision>> get(Key key, @Nullable Long at) {
        Call call = read(Paths.ofKey("/api/v1/get/", key).with("at", at));
        return found(call, answer -> Answers.found(answer, key, this::checkLedger));
    }

    /** Sends a call whose answer may be that there is no such thing. */
    private <T> Pending<Optional<T>> found(Call call, Function<Answer, T> parser) {
        Pending<Optional<T>> pending = new Pending<>();
        CompletableFuture<Optional<T>> sent =
                pending.now(call, transport.send(call, answer -> Optional.of(parser.apply(answer))));
        return pending.endingAs(sent.exceptionallyCompose(failure -> {
            Throwable cause = Pending.unwrapped(failure);
            return cause instanceof RefusedException refused && refused.error().equals("NotFound")
                    ? CompletableFuture.completedFuture(Optional.empty())
                    : CompletableFuture.failedFuture(cause);
        }));
    }

    /**
     * The keys of a table and their values, as of one moment. Pages are fetched as they are needed: {@link BlockDbClientException}s come out of
     * the iterator too.
     */
    public Iterable<Row> scan(Scan scan) {
        return () -> new Listing<>(cursor -> scanPage(scan, cursor));
    }

    /**
     * One page of a scan.
     *
     * @param cursor of the page before; null for the first
     */
    public Page<Row> scanPage(Scan scan, @Nullable String cursor) {
        return page(scan, cursor).await();
    }

    /** As {@link #scanPage}, without waiting. */
    public CompletableFuture<Page<Row>> scanPageAsync(Scan scan, @Nullable String cursor) {
        return page(scan, cursor);
    }

    private Pending<Page<Row>> page(Scan scan, @Nullable String cursor) {
        Call call = Call.get(scan.path(cursor), Call.JSON, timeout);
        Pending<Page<Row>> pending = new Pending<>();
        return pending.endingAs(pending.now(call, transport.send(call, answer -> Answers.rows(answer, scan.table()))));
    }

    /** Every revision of a key, the oldest first, deletes and what has expired included; none where it was never written. As {@link #scan}. */
    public Iterable<Revision> history(Key key) {
        return () -> new Listing<>(cursor -> {
            Call call = read(Paths.ofKey("/api/v1/history/", key).with("cursor", cursor));
            return found(call, answer -> Answers.history(answer, key)).await().orElse(new Page<>(List.of(), null));
        });
    }

    /**
     * Hears of entries as they are written, from any sequence on. Returns when it is connected: what is written after that is heard of.
     *
     * @throws RefusedException if the server refuses
     */
    public Watch watch(WatchRequest request) {
        Watch watch = new Watch(transport, request, timeout, answerLengthMax, watches::remove);
        watches.add(watch);
        try {
            watch.connected();
            return watch;
        } catch (InterruptedException e) {
            watch.close();
            Thread.currentThread().interrupt();
            throw new UnreachableException("watching: interrupted while connecting", e);
        } catch (RuntimeException e) {
            watch.close();
            throw e;
        }
    }

    /** What the server tells of itself, as its {@code /stats} has it: texts, numbers, flags, lists, and maps of them. */
    public Map<String, Object> stats() {
        return transport.call(Call.get("/stats", Call.JSON, timeout), Answers::fields);
    }

    /**
     * Has the server recompute its ledger, and hold it against the checkpoint remembered, if there is one. It reads all of it from its disk.
     *
     * @param longest how long it may take
     */
    public VerifyResult verify(Duration longest) {
        Checkpoint remembered = trusted == null ? null : trusted.remembered();
        Call call = new Call("POST", "/verify", Bodies.verify(remembered), Call.JSON, null, Call.Repeat.READ, longest);
        return transport.call(call, Answers::verified);
    }

    // ---- Proving

    /**
     * The receipt of a key's newest entry, checked; empty where the server says that the key was never written, which nothing proves. The
     * entry may be a deletion, or have expired.
     *
     * @throws UnprovedException if it does not hold, or is of another key
     * @throws LedgerConflictException if its checkpoint does not continue the one remembered
     * @throws StaleCheckpointException if the server has no checkpoint as new as the one remembered
     * @throws IllegalStateException if the client has no verifier keys
     */
    public Optional<ProvedReceipt> receipt(Key key) {
        Call call = read(Paths.ofKey("/api/v1/receipt/", key));
        return proved(
                call, receipt -> receipt.table().equals(key.table()) && Arrays.equals(receipt.key(), key.bytes()));
    }

    /**
     * The receipt of the entry with a sequence, checked. As {@link #receipt(Key)}.
     *
     * @throws RefusedException if there is no such entry
     */
    public ProvedReceipt receipt(long sequence) {
        Call call = read(Paths.of("/api/v1/ledger/receipt").with("sequence", sequence));
        return proved(call, receipt -> receipt.sequence() == sequence)
                .orElseThrow(() -> new RefusedException(
                        new Problem(404, true, "NotFound", "no entry " + sequence, List.of(), -1, null, null)));
    }

    /**
     * The newest value of a key, proved; empty where the server says that it was never written, and where it was deleted. The entry says
     * when it expires. That there is no newer one is the server's word, as of the checkpoint.
     *
     * @throws UnprovedException as {@link #receipt(Key)}; also if the value is withheld, because it was erased or may not be read
     */
    public Optional<ProvedEntry> getVerified(Key key) {
        Optional<ProvedReceipt> proved = receipt(key);
        if (proved.isPresent()
                && !proved.get().entry().deletion()
                && proved.get().entry().value() == null) {
            throw new UnprovedException(
                    "the receipt proves the entry of " + key + " and withholds its value",
                    proved.get().receipt().toJson(),
                    null);
        }
        return proved.map(ProvedReceipt::entry).filter(entry -> !entry.deletion());
    }

    private Optional<ProvedReceipt> proved(Call call, Predicate<Receipt> wanted) {
        TrustedLedger ledger = trusted();
        try {
            return checked(ledger, call, wanted);
        } catch (StaleCheckpointException stale) {
            // Asked for one so new, a replica that lags behind catches up, or says that it cannot.
            ledger.newest();
            return checked(ledger, call, wanted);
        }
    }

    private Optional<ProvedReceipt> checked(TrustedLedger ledger, Call call, Predicate<Receipt> wanted) {
        Checkpoint before = ledger.remembered();
        return found(call, Answers::receipt).await().map(receipt -> {
            if (!wanted.test(receipt)) {
                throw new UnprovedException(
                        "the receipt is of another entry than was asked for", receipt.toJson(), null);
            }
            return ledger.check(receipt, before);
        });
    }

    /**
     * The ledger's newest signed checkpoint, checked: it continues the one remembered, and is remembered in its place. It covers every write
     * that this client was answered if the server signs at once; a receipt always covers its entry.
     *
     * @throws LedgerConflictException if it does not continue the one remembered
     * @throws StaleCheckpointException if the server has none as new as that
     * @throws UnprovedException if it is not signed as it has to be
     * @throws IllegalStateException if the client has no verifier keys
     */
    public Checkpoint checkpoint() {
        return trusted().newest();
    }

    /** The newest checkpoint that this client has trusted; null where there was none yet. */
    public @Nullable Checkpoint rememberedCheckpoint() {
        return trusted().remembered();
    }

    /**
     * The proof that the ledger of so many blocks is the beginning of a larger one, for checkpoints of one's own
     * ({@link GrowthProof#verify} checks it).
     *
     * @throws RefusedException unless from is at most to, and the ledger has so many blocks
     */
    public GrowthProof consistency(long from, long to) {
        return new FromServer().growth(from, to);
    }

    /** The verifier keys that the server shows: what is proved with keys that come this way, is proved to whoever trusts the server. */
    public List<String> verifierKeys() {
        return transport.call(Call.get("/api/v1/ledger/keys", Call.TEXT, timeout), Answers::lines);
    }

    private TrustedLedger trusted() {
        if (trusted == null) {
            throw new IllegalStateException(
                    "nothing can be proved without the ledger's verifier keys: BlockDbClientBuilder.verifierKeys");
        }
        return trusted;
    }

    /** The server as the source of what is signed. */
    private final class FromServer implements TrustedLedger.Source {
        @Override
        public Checkpoint checkpoint(long atLeast) {
            Paths path = Paths.of("/api/v1/ledger/checkpoint").with("at_least", atLeast == 0 ? null : atLeast);
            return transport.call(Call.get(path.toString(), Call.TEXT, timeout), Answers::checkpoint);
        }

        @Override
        public GrowthProof growth(long from, long to) {
            Paths path =
                    Paths.of("/api/v1/ledger/consistency").with("from", from).with("to", to);
            return transport.call(read(path), Answers::growth);
        }
    }

    // ---- Sending

    private Call read(Paths path) {
        return Call.get(path.toString(), Call.JSON, timeout);
    }

    private Commit checked(Commit commit) {
        checkLedger(commit.ledgerId());
        return commit;
    }

    private void checkLedger(LedgerId answered) {
        if (trusted != null && !trusted.origin().ledgerId().equals(answered)) {
            throw new UnprovedException(
                    "the server keeps ledger " + answered + ", the verifier keys are of ledger "
                            + trusted.origin().ledgerId() + ": it is another database",
                    "",
                    null);
        }
    }

    // ---- Closing

    /** Ends what is under way, watches included, and refuses what comes. */
    @Override
    public void close() {
        transport.close();
        List.copyOf(watches).forEach(Watch::close);
    }
}
