package io.blockdb.cli.remote;

import com.fasterxml.jackson.core.JsonGenerator;
import io.blockdb.base.TableName;
import io.blockdb.cli.database.NotAllowedException;
import io.blockdb.cli.remote.Refusal.AbsentException;
import io.blockdb.db.Commit;
import io.blockdb.db.DuplicateKeyException;
import io.blockdb.db.Operation;
import io.blockdb.db.TableInfo;
import io.blockdb.db.TablePolicy;
import io.blockdb.db.WriteBatch;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Sends writes. One that only puts keys of write-once tables is the same when it is done twice; any other gets a name, unless it has
 * one, which the ledger keeps for a day.
 *
 * <p>Threading: one thread at a time.
 */
final class Writing {
    private final RemoteDatabase database;
    /** The tables that there are; null: not asked for yet. */
    private @Nullable Map<TableName, TablePolicy> policies;

    Writing(RemoteDatabase database) {
        this.database = database;
    }

    /** Has the tables asked for again. */
    void forgetTables() {
        policies = null;
    }

    /** Writes a batch. */
    Commit write(WriteBatch batch) throws IOException {
        List<Operation> operations = batch.operations();
        Call call = operations.size() == 1 ? single(operations.get(0)) : many(operations);
        byte[] id = batch.requestId();
        if (id != null) {
            call.named(new String(id, StandardCharsets.US_ASCII));
        } else if (!isRepeatable(operations)) {
            call.named(UUID.randomUUID().toString());
        } else {
            call.repeatable();
        }
        try {
            return commit(database.fields(call), operations.size());
        } catch (DuplicateKeyException e) {
            if (call.wasRepeated() && call.idempotencyKey() == null) {
                checkReadable(operations.get(0), e);
            }
            // Of a single operation the server need not say which it was.
            throw e.operations().isEmpty() && operations.size() == 1
                    ? new DuplicateKeyException(List.of(0), String.valueOf(e.getMessage()))
                    : e;
        } catch (AbsentException e) {
            throw RemoteDatabase.keyAbsent(e);
        }
    }

    /**
     * Who may not read is told of a duplicate also where it is the very same write, such as the one whose answer was lost.
     *
     * @throws IOException if whoever asks may not read
     */
    private void checkReadable(Operation operation, DuplicateKeyException duplicate) throws IOException {
        if (operation instanceof Operation.Put put) {
            try {
                database.now().find(put.table(), put.key(), false);
            } catch (NotAllowedException e) {
                throw new IOException(
                        "the answer was lost, and who asks may not read: whether it was written, or the key held"
                                + " another value before, is not known",
                        duplicate);
            }
        }
    }

    private static Commit commit(Fields done, int operations) throws IOException {
        if (done.has("sequence_number")) {
            return RemoteDatabase.commit(done, operations);
        }
        List<Fields> results = done.objects("results");
        return new Commit(
                results.isEmpty()
                        ? done.number("sequence_number")
                        : results.get(0).number("sequence_number"),
                operations,
                done.number("height"),
                RemoteDatabase.hash(done.text("block_hash")),
                done.number("timestamp"),
                done.truth("existing"));
    }

    private static Call single(Operation operation) throws IOException {
        if (operation instanceof Operation.Delete delete) {
            return Call.delete("/api/v1/keys").key(delete.key()).with("table", delete.table());
        }
        return Call.post("/api/v1/put", JsonText.object(json -> {
            json.writeStringField("encoding", "base64");
            fields(json, operation);
        }));
    }

    private static Call many(List<Operation> operations) throws IOException {
        return Call.post("/api/v1/batch", JsonText.object(json -> {
            json.writeStringField("encoding", "base64");
            json.writeArrayFieldStart("operations");
            for (Operation operation : operations) {
                json.writeStartObject();
                if (operation instanceof Operation.Delete) {
                    json.writeStringField("type", "delete");
                }
                fields(json, operation);
                json.writeEndObject();
            }
            json.writeEndArray();
        }));
    }

    private static void fields(JsonGenerator json, Operation operation) throws IOException {
        if (operation instanceof Operation.Put put) {
            table(json, put.table());
            json.writeStringField("key", Base64.getEncoder().encodeToString(put.key()));
            json.writeStringField("value", Base64.getEncoder().encodeToString(put.value()));
            if (put.expiresAt() != 0) {
                json.writeNumberField("expires_at", put.expiresAt());
            }
        } else if (operation instanceof Operation.Delete delete) {
            table(json, delete.table());
            json.writeStringField("key", Base64.getEncoder().encodeToString(delete.key()));
        } else {
            throw new IllegalStateException("no client asks for " + operation.getClass());
        }
    }

    private static void table(JsonGenerator json, TableName table) throws IOException {
        if (!table.equals(TableName.DEFAULT)) {
            json.writeStringField("table", table.toString());
        }
    }

    private boolean isRepeatable(List<Operation> operations) throws IOException {
        for (Operation operation : operations) {
            if (!(operation instanceof Operation.Put put) || !isWriteOnce(put.table())) {
                return false;
            }
        }
        return true;
    }

    /** Whether a table is write-once for good. One that is not there yet may be created otherwise before the write arrives. */
    private boolean isWriteOnce(TableName table) throws IOException {
        if (table.equals(TableName.DEFAULT)) {
            return true;
        }
        Map<TableName, TablePolicy> known = policies;
        if (known == null) {
            known = new HashMap<>();
            try {
                for (TableInfo info : database.tables()) {
                    known.put(info.name(), info.policy());
                }
            } catch (NotAllowedException e) {
                known.clear(); // who may not see the tables names every write
            }
            policies = known;
        }
        return known.get(table) == TablePolicy.WRITE_ONCE;
    }
}
