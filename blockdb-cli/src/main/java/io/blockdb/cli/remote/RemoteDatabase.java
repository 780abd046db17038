package io.blockdb.cli.remote;

import io.blockdb.base.Hash;
import io.blockdb.base.LedgerId;
import io.blockdb.base.TableName;
import io.blockdb.cli.database.Accounts;
import io.blockdb.cli.database.Database;
import io.blockdb.cli.database.EntryKey;
import io.blockdb.cli.database.ErasedValue;
import io.blockdb.cli.database.Figures;
import io.blockdb.cli.database.Moment;
import io.blockdb.cli.database.NotAllowedException;
import io.blockdb.cli.remote.Refusal.AbsentException;
import io.blockdb.cli.remote.Refusal.ConflictException;
import io.blockdb.db.BackupOptions;
import io.blockdb.db.BackupReport;
import io.blockdb.db.Commit;
import io.blockdb.db.CopyProgress;
import io.blockdb.db.Erasure;
import io.blockdb.db.ErasureCopies;
import io.blockdb.db.KeyRotation;
import io.blockdb.db.LedgerKey;
import io.blockdb.db.RefusedException;
import io.blockdb.db.TableInfo;
import io.blockdb.db.TablePolicy;
import io.blockdb.db.VerifyReport;
import io.blockdb.db.VerifyScope;
import io.blockdb.db.WriteBatch;
import io.blockdb.proof.Checkpoint;
import io.blockdb.proof.ConsistencyProof;
import io.blockdb.proof.GrowthProof;
import io.blockdb.proof.MalformedException;
import io.blockdb.proof.Receipt;
import io.blockdb.proof.VerifierKey;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The database that a server serves. Every write either is the same when it is done twice, or carries a name by which the server
 * knows it again, so that one whose answer was lost can be sent again.
 *
 * <p>Threading: one thread at a time.
 */
public final class RemoteDatabase implements Database {
    private final Connection connection;
    private final Writing writing;
    private @Nullable String author;

    /** The database behind a connection; nothing is sent yet. */
    public RemoteDatabase(Connection connection) {
        this.connection = connection;
        this.writing = new Writing(this);
    }

    /** Sends a request whose answer must be a good one. */
    Answer ask(Call call) throws IOException {
        return Refusal.check(connection.send(call));
    }

    /** As {@link #ask}, of JSON. */
    Fields fields(Call call) throws IOException {
        return ask(call).fields();
    }

    /**
     * A page of a listing.
     *
     * @param wanted page that is as long as this program likes best
     * @param usual one as long as the server's pages are, for one whose pages are shorter
     */
    Fields page(Call wanted, Call usual) throws IOException {
        try {
            return fields(wanted);
        } catch (IllegalArgumentException e) {
            return fields(usual);
        }
    }

    /** What the server says of itself, well or not. */
    public Health health() throws IOException {
        return Health.of(connection.send(Call.get("/health")));
    }

    /** Host and port of the server, as messages name them. */
    public String place() {
        return connection.place();
    }

    /**
     * What a server tells, well or not: texts, numbers, truths, lists and maps of them.
     *
     * @param path such as {@code /cluster/status}
     */
    public Map<String, @Nullable Object> tell(String path) throws IOException {
        Answer answer = connection.send(Call.get(path));
        Fields fields = answer.fields();
        if (fields.has("error")) {
            Refusal.check(answer);
        }
        return fields.asMap();
    }

    /** Watches entries as they are written; begins with {@link Watching#next}. */
    public Watching watch(Watching.Asked asked, Connection.Pause pause) {
        return new Watching(connection, asked, pause);
    }

    /** Whether it is spoken to over TLS. */
    public boolean isSecure() {
        return connection.isSecure();
    }

    @Override
    public String author() throws IOException {
        String known = author;
        if (known == null) {
            Answer answer = connection.send(Call.get("/api/v1/auth/whoami"));
            String principal = answer.good() ? answer.fields().textOrNull("principal") : null;
            known = principal == null ? "" : principal;
            author = known;
        }
        return known;
    }

    @Override
    public Accounts accounts() {
        return new RemoteAccounts(this);
    }

    // ---- Writing

    @Override
    public Commit write(WriteBatch batch) throws IOException {
        return writing.write(batch);
    }

    @Override
    public Commit createTable(TableName table, TablePolicy policy, boolean erasable) throws IOException {
        byte[] body = JsonText.object(json -> {
            json.writeStringField("name", table.toString());
            json.writeStringField("policy", policy.toString());
            json.writeBooleanField("erasable", erasable);
        });
        writing.forgetTables();
        return commit(fields(Call.post("/api/v1/tables", body).repeatable()), 1);
    }

    @Override
    public Commit alterTable(TableName table, boolean erasable) throws IOException {
        byte[] body = JsonText.object(json -> json.writeBooleanField("erasable", erasable));
        // HttpURLConnection knows no PATCH.
        Call call = Call.post("/api/v1/tables", body).segment(table.toString()).repeatable();
        return commit(fields(call), 1);
    }

    @Override
    public ErasedValue erase(TableName table, byte[] key, long sequence, String reason, String named)
            throws IOException {
        byte[] body = JsonText.object(json -> {
            json.writeStringField("table", table.toString());
            json.writeStringField("key", Base64.getEncoder().encodeToString(key));
            json.writeStringField("encoding", "base64");
            json.writeNumberField("sequence_number", sequence);
            json.writeStringField("reason", reason);
        });
        Fields done = fields(Call.post("/api/v1/erase", body).repeatable().patient());
        return new ErasedValue(
                commit(done, 1),
                new ErasureCopies(paths(done.texts("quarantined_copies")), paths(done.texts("backups"))));
    }

    private static List<Path> paths(List<String> names) {
        return names.stream().map(Path::of).toList();
    }

    /** Where a write stands. */
    static Commit commit(Fields done, int entries) throws IOException {
        return new Commit(
                done.number("sequence_number"),
                entries,
                done.number("height"),
                hash(done.text("block_hash")),
                done.number("timestamp"),
                done.truth("existing"));
    }

    static Hash hash(String hex) throws IOException {
        try {
            return Hash.parse(hex);
        } catch (IllegalArgumentException e) {
            throw new IOException("the server's answer is not understood: '" + hex + "' is no hash", e);
        }
    }

    @Override
    public void erasures(boolean pendingOnly, Erasure.Visitor visitor) throws IOException {
        Fields answer = fields(Call.get("/api/v1/erasures").with("pending", pendingOnly ? "true" : null));
        for (Fields each : answer.objects("erasures")) {
            String by = each.textOrNull("author");
            visitor.erasure(new Erasure(
                    each.number("sequence_number"),
                    each.number("erased_sequence"),
                    TableName.of(each.text("table")),
                    each.bytes("key"),
                    each.text("reason"),
                    by == null ? "" : by,
                    each.number("timestamp"),
                    each.truth("pending")));
        }
    }

    // ---- Reading

    @Override
    public long height() throws IOException {
        return now().height();
    }

    @Override
    public Moment now() {
        return new RemoteMoment(this, RemoteMoment.NOW, false);
    }

    @Override
    public Moment at(long height) {
        return new RemoteMoment(this, height, false);
    }

    @Override
    public List<TableInfo> tables() throws IOException {
        return now().tables();
    }

    /** The tables that an answer lists. */
    static List<TableInfo> tables(Fields answer) throws IOException {
        List<TableInfo> tables = new ArrayList<>();
        for (Fields each : answer.objects("tables")) {
            tables.add(new TableInfo(
                    TableName.of(each.text("name")),
                    TablePolicy.parse(each.text("policy")),
                    each.truth("erasable"),
                    each.truth("declared")));
        }
        return tables;
    }

    @Override
    public Figures figures() throws IOException {
        return StatsAnswer.figures(fields(Call.get("/stats")));
    }

    /** Has the server verify what is on its disk. */
    public VerifyReport verify(VerifyScope scope) throws IOException {
        return VerifyCall.report(fields(VerifyCall.of(scope)));
    }

    // ---- Signing and proving

    @Override
    public @Nullable Checkpoint newestCheckpoint() throws IOException {
        try {
            return checkpoint(0);
        } catch (AbsentException e) {
            return null;
        }
    }

    @Override
    public Checkpoint checkpoint() throws IOException {
        return checkpoint(height() + 1);
    }

    private Checkpoint checkpoint(long size) throws IOException {
        Call call = Call.get("/api/v1/ledger/checkpoint")
                .with("at_least", size == 0 ? null : size)
                .accept("text/plain, application/problem+json")
                .patient();
        try {
            return Checkpoint.parse(ask(call).body());
        } catch (MalformedException e) {
            throw misread("checkpoint", e);
        }
    }

    private IOException misread(String what, MalformedException e) {
        return new IOException("the " + what + " that " + place() + " answered is none: " + e.getMessage(), e);
    }

    @Override
    public Receipt coveredReceipt(EntryKey entry) throws IOException {
        return receipt(entry);
    }

    @Override
    public Receipt receipt(EntryKey entry) throws IOException {
        byte[] key = entry.key();
        Call call = key == null
                ? Call.get("/api/v1/ledger/receipt")
                : Call.get("/api/v1/receipt").key(key).with("table", entry.table());
        call.with("sequence", entry.sequence()).patient();
        try {
            return Receipt.parse(ask(call).body());
        } catch (MalformedException e) {
            throw misread("receipt", e);
        }
    }

    @Override
    public ConsistencyProof consistency(long from, long to) throws IOException {
        Call call = Call.get("/api/v1/ledger/consistency").with("from", from).with("to", to);
        try {
            return GrowthProof.parse(ask(call).body()).proof();
        } catch (MalformedException e) {
            throw misread("consistency proof", e);
        }
    }

    @Override
    public List<LedgerKey> keys() throws IOException {
        List<LedgerKey> keys = new ArrayList<>();
        for (Fields each : fields(Call.get("/api/v1/ledger/keys")).objects("keys")) {
            keys.add(new LedgerKey(
                    verifierKey(each.text("vkey")),
                    each.text("node"),
                    each.number("sequence_number"),
                    each.number("height"),
                    each.number("retired_at_height", -1)));
        }
        return keys;
    }

    private VerifierKey verifierKey(String text) throws IOException {
        try {
            return VerifierKey.parse(text);
        } catch (MalformedException e) {
            throw misread("verifier key", e);
        }
    }

    @Override
    public KeyRotation rotateKey(boolean lost) throws IOException {
        byte[] body = JsonText.object(json -> json.writeBooleanField("lost", lost));
        Answer answer = ask(Call.post("/api/v1/ledger/keys/rotate", body).patient());
        Fields done = answer.fields();
        List<VerifierKey> retired = new ArrayList<>();
        for (String key : done.texts("retired")) {
            retired.add(verifierKey(key));
        }
        byte[] handover = Fields.raw(answer.body(), "handover");
        try {
            return new KeyRotation(
                    verifierKey(done.text("vkey")), retired, handover == null ? null : Receipt.parse(handover));
        } catch (MalformedException e) {
            throw misread("receipt", e);
        }
    }

    // ---- Copies

    /**
     * Has the server write a backup beneath the directory that it is told for that.
     *
     * @param directory the backup's name there
     * @throws IllegalArgumentException if it is more than a name, or more is asked than a server does
     * @throws NotAllowedException if something else stands there, or the server writes no backups
     */
    @Override
    public BackupReport backup(Path directory, BackupOptions how, CopyProgress progress) throws IOException {
        if (directory.isAbsolute() || directory.getNameCount() != 1) {
            throw new IllegalArgumentException(
                    "a server writes its backups beneath its own backup_dir: give a name, not" + " the path "
                            + directory);
        }
        byte[] body = JsonText.object(json -> json.writeStringField("name", directory.toString()));
        Fields done;
        try {
            done = fields(Call.post("/api/v1/backup", body).patient());
        } catch (ConflictException e) {
            throw new NotAllowedException(String.valueOf(e.getMessage()));
        }
        String notSigned = done.textOrNull("not_signed");
        return new BackupReport(
                LedgerId.parse(done.text("ledger_id")),
                done.number("blocks"),
                done.number("entries"),
                done.number("checkpoint_size"),
                notSigned == null ? "" : notSigned,
                (int) done.number("files_kept"),
                (int) done.number("files_linked"),
                (int) done.number("files_copied"),
                done.number("bytes_copied"),
                done.number("erased_kept"),
                done.truth("with_keys"),
                done.truth("recorded"));
    }

    /** What is thrown where a key that was to be deleted is not there. */
    static RefusedException keyAbsent(AbsentException e) {
        return new RefusedException(RefusedException.Reason.KEY_ABSENT, List.of(), String.valueOf(e.getMessage()));
    }
}
