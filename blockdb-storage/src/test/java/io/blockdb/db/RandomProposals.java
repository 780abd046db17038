package io.blockdb.db;

import io.blockdb.access.ApiToken;
import io.blockdb.access.Grant;
import io.blockdb.access.PasswordHash;
import io.blockdb.access.Principal;
import io.blockdb.access.Role;
import io.blockdb.base.TableName;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Proposals by chance, over so few keys, tables, authors and request ids that every rule is met again and again. */
final class RandomProposals {
    private static final String[] TABLES = {"default", "w", "v", "v", "v", "s", "t", "_tables"};

    private static final PasswordHash HASH = PasswordHash.kept(1, new byte[16], new byte[32]);
    private static final Grant[] GRANTS = {
        Grant.of(Role.READER), Grant.of(Role.WRITER, TableName.of("v")), Grant.of(Role.ADMIN)
    };

    private final Random random;
    private final long ledgerEntries;
    private long time = EngineFixture.BEGIN;
    private long number;

    /** @param ledgerEntries sequences up to about this are erased */
    RandomProposals(Random random, long ledgerEntries) {
        this.random = random;
        this.ledgerEntries = ledgerEntries;
    }

    Proposal founding() {
        return new Proposal(
                EngineFixture.position(++number),
                time,
                EngineFixture.ID,
                List.of(EngineFixture.founding().batch()));
    }

    Proposal next() {
        int step = random.nextInt(20);
        time += step == 0 ? EngineFixture.DAY / 2 : random.nextInt(100) - 30;
        List<Batch> batches = new ArrayList<>();
        for (int i = random.nextInt(4); i >= 0; i--) {
            batches.add(batch());
        }
        return new Proposal(EngineFixture.position(++number), time, null, batches);
    }

    private Batch batch() {
        Ask ask = new Ask();
        for (int i = random.nextInt(3); i >= 0; i--) {
            operation(ask);
        }
        if (random.nextInt(3) == 0) {
            ask.request("r" + random.nextInt(8));
        }
        if (random.nextInt(3) == 0) {
            ask.author(random.nextBoolean() ? "ada" : "bob");
        }
        return ask.batch();
    }

    private void operation(Ask ask) {
        String table = TABLES[random.nextInt(TABLES.length)];
        String key = "k" + random.nextInt(12);
        String value = random.nextInt(8) == 0 ? "long".repeat(40) + random.nextInt(2) : "v" + random.nextInt(2);
        switch (random.nextInt(18)) {
            case 0, 1 -> ask.delete(table, key);
            case 2 -> ask.put("v", key, value, time + random.nextInt(200) - 20);
            case 3 -> ask.create(table, random.nextBoolean() ? TablePolicy.VERSIONED : TablePolicy.WRITE_ONCE, false);
            case 4 -> ask.create("s", TablePolicy.WRITE_ONCE, true);
            case 5 -> ask.alter(table, random.nextBoolean());
            case 6 -> ask.erase((long) (random.nextDouble() * ledgerEntries));
            case 7 -> system(ask);
            case 16, 17 -> access(ask);
            case 8, 9, 10 -> ask.putSalted(table, key, value, random.nextInt(4));
            default -> ask.put(table, key, value);
        }
    }

    private void system(Ask ask) {
        var key = EngineFixture.key(1 + random.nextInt(5));
        switch (random.nextInt(3)) {
            case 0 -> ask.operation(new Operation.AddKey(key, "node"));
            case 1 -> ask.operation(new Operation.RetireKey(key, "node"));
            default -> ask.operation(new Operation.RaiseLevel(random.nextInt(3), "writer"));
        }
    }

    private void access(Ask ask) {
        String id = "%016x".formatted(random.nextInt(3));
        String token = "%016x".formatted(random.nextInt(2));
        List<Grant> grants = List.of(GRANTS[random.nextInt(GRANTS.length)]);
        switch (random.nextInt(8)) {
            case 0 -> ask.operation(new Operation.AddPrincipal(Principal.of(id, "n" + random.nextInt(3), grants)));
            case 1 -> ask.operation(new Operation.ChangeGrants(id, grants, List.of()));
            case 2 -> ask.operation(new Operation.ChangeGrants(id, List.of(), grants));
            case 3 -> ask.operation(new Operation.AddToken(new ApiToken(id, token, "t", 0, true)));
            case 4 ->
                ask.erase((long) (random.nextDouble() * ledgerEntries)).operation(new Operation.RevokeToken(id, token));
            case 5 -> ask.operation(new Operation.SetToken(id, token, new byte[32]), random.nextInt(4));
            case 6 -> ask.operation(new Operation.SetPassword(id, HASH), random.nextInt(4));
            default -> ask.operation(new Operation.RemovePrincipal(id));
        }
    }

    /** Outcomes as text: equal where the decisions are. */
    static List<String> outcomes(Applied applied) {
        List<String> texts = new ArrayList<>();
        for (Outcome outcome : applied.outcomes()) {
            texts.add(
                    outcome instanceof Outcome.Refused refused
                            ? refused.reason().reason() + " "
                                    + refused.reason().operations() + " "
                                    + refused.reason().getMessage()
                            : outcome.toString());
        }
        return texts;
    }
}
