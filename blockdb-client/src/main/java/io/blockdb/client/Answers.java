package io.blockdb.client;

import io.blockdb.base.Hash;
import io.blockdb.base.LedgerId;
import io.blockdb.proof.Checkpoint;
import io.blockdb.proof.GrowthProof;
import io.blockdb.proof.MalformedException;
import io.blockdb.proof.Receipt;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What answers mean. Each method throws {@link MalformedAnswerException} where an answer has another form. */
final class Answers {
    private Answers() {}

    private static Json success(Answer answer) {
        Json json = Json.parse(answer.body(), "the answer");
        if (!json.flag("success")) {
            throw new MalformedAnswerException(
                    "the answer has the status " + answer.status() + " and says that it failed");
        }
        return json;
    }

    static Commit commit(Answer answer) {
        Json json = success(answer);
        return commit(json, json.number("sequence_number"), 1);
    }

    static Commit batch(Answer answer, int operations) {
        Json json = success(answer);
        List<Json> results = json.objects("results");
        if (results.size() != operations) {
            throw new MalformedAnswerException(
                    "the answer has " + results.size() + " results for " + operations + " operations");
        }
        return commit(json, results.get(0).number("sequence_number"), operations);
    }

    private static Commit commit(Json json, long sequence, int operations) {
        return new Commit(
                ledgerId(json),
                sequence,
                operations,
                json.number("height"),
                hash(json),
                json.number("timestamp"),
                Boolean.TRUE.equals(json.flagOrNull("existing")));
    }

    static LedgerId ledgerId(Json json) {
        try {
            return LedgerId.parse(json.text("ledger_id"));
        } catch (IllegalArgumentException e) {
            throw new MalformedAnswerException("the answer's ledger_id is none: " + e.getMessage(), e);
        }
    }

    private static Hash hash(Json json) {
        try {
            return Hash.parse(json.text("block_hash"));
        } catch (IllegalArgumentException e) {
            throw new MalformedAnswerException("the answer's block_hash is none", e);
        }
    }

    /**
     * The answer to a get, which must be about the key that was asked for.
     *
     * @param ledger is told which ledger it is of
     */
    static Revision found(Answer answer, Key key, Consumer<LedgerId> ledger) {
        Json json = success(answer);
        ledger.accept(ledgerId(json));
        if (!new Key(json.text("table"), json.bytes("key")).equals(key)) {
            throw new MalformedAnswerException("the answer is about another key than was asked for");
        }
        return revision(json, key, false, json.bytes("value"));
    }

    private static Revision revision(Json json, Key key, boolean deletion, byte @Nullable [] value) {
        return new Revision(
                key,
                deletion,
                value,
                json.number("sequence_number"),
                json.number("height"),
                hash(json),
                json.number("timestamp"),
                numberOr(json, "expires_at", 0),
                numberOr(json, "erasure_sequence", -1));
    }

    private static long numberOr(Json json, String name, long absent) {
        Long number = json.numberOrNull(name);
        return number == null ? absent : number;
    }

    static Page<Revision> history(Answer answer, Key key) {
        Json json = success(answer);
        List<Revision> revisions = new ArrayList<>();
        for (Json item : json.objects("revisions")) {
            revisions.add(revision(item, key, isDeletion(item), item.bytesOrNull("value")));
        }
        return new Page<>(revisions, json.textOrNull("cursor"));
    }

    static boolean isDeletion(Json json) {
        String kind = json.text("kind");
        return switch (kind) {
            case "put" -> false;
            case "delete" -> true;
            default -> throw new MalformedAnswerException("an entry is of the kind '" + kind + "', not put or delete");
        };
    }

    static Page<Row> rows(Answer answer, String table) {
        Json json = success(answer);
        List<Row> rows = new ArrayList<>();
        for (Json item : json.objects("entries")) {
            rows.add(new Row(
                    key(table, item.bytes("key")),
                    item.bytesOrNull("value"),
                    item.number("sequence_number"),
                    numberOr(item, "expires_at", 0),
                    numberOr(item, "erasure_sequence", -1)));
        }
        return new Page<>(rows, json.textOrNull("cursor"));
    }

    /** A key that a server states, which may break the limits of one. */
    static Key key(String table, byte[] bytes) {
        try {
            return new Key(table, bytes);
        } catch (IllegalArgumentException e) {
            throw new MalformedAnswerException("the answer has an impossible key: " + e.getMessage(), e);
        }
    }

    static List<Table> tables(Answer answer) {
        List<Table> tables = new ArrayList<>();
        for (Json table : success(answer).objects("tables")) {
            tables.add(table(table));
        }
        return List.copyOf(tables);
    }

    static VerifyResult verified(Answer answer) {
        Json json = success(answer);
        return new VerifyResult(
                json.flag("blockchain_valid"),
                json.number("blocks_verified"),
                json.number("entries_verified"),
                json.number("verification_time_ms"),
                json.listOrEmpty("failures").isEmpty()
                        ? List.of()
                        : json.objects("failures").stream().map(Json::all).toList());
    }

    /** The sequence of the entry that records an erasure. */
    static long erasure(Answer answer) {
        return success(answer).number("sequence_number");
    }

    /** The table that was created or altered. */
    static Table table(Answer answer) {
        return table(success(answer));
    }

    private static Table table(Json json) {
        return new Table(json.text("name"), Table.Policy.parse(json.text("policy")), json.flag("erasable"));
    }

    /** Verifier keys, a line each. */
    static List<String> lines(Answer answer) {
        return new String(answer.body(), StandardCharsets.UTF_8).lines().toList();
    }

    static Map<String, Object> fields(Answer answer) {
        return Json.parse(answer.body(), "the answer").all();
    }

    static Checkpoint checkpoint(Answer answer) {
        try {
            return Checkpoint.parse(answer.body());
        } catch (MalformedException e) {
            throw new MalformedAnswerException("the answer is no checkpoint: " + e.getMessage(), e);
        }
    }

    static GrowthProof growth(Answer answer) {
        try {
            return GrowthProof.parse(answer.body());
        } catch (MalformedException e) {
            throw new MalformedAnswerException("the answer is no consistency proof: " + e.getMessage(), e);
        }
    }

    static Receipt receipt(Answer answer) {
        try {
            return Receipt.parse(answer.body());
        } catch (MalformedException e) {
            throw new MalformedAnswerException("the answer is no receipt: " + e.getMessage(), e);
        }
    }
}
