package io.blockdb.db;

import io.blockdb.access.ApiToken;
import io.blockdb.access.Grant;
import io.blockdb.access.PasswordHash;
import io.blockdb.access.Principal;
import io.blockdb.access.TokenText;
import io.blockdb.io.Environment;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Who may use the database over a network, and what proves them. Everything stands in the ledger: principals, their grants and
 * their tokens in {@code _principals}, for ever; hashes of passwords and tokens in {@code _credentials}, from where they are erased
 * when they are replaced or revoked, and from where nothing is ever shown: it is only compared, here.
 *
 * <p>Methods that change something answer when it is durable and what they replaced or revoked is gone from the disk. Their last
 * argument is who does it: the id of a principal, empty where nobody is named. They throw as {@link BlockDb#write} does.
 *
 * <p>Threading: any thread. Passwords are hashed in the caller's.
 */
public final class Principals {
    /** How often a change is asked for again that met another one. */
    private static final int ATTEMPTS_MAX = 20;

    private static final int ID_BYTES = 8;

    private final Supplier<View> views;
    private final Engine engine;
    private final Writes writes;
    private final Environment environment;

    Principals(Supplier<View> views, Engine engine, Writes writes, Environment environment) {
        this.views = views;
        this.engine = engine;
        this.writes = writes;
        this.environment = environment;
    }

    /** A token that was just made; {@link TokenText#reveal} is known to nobody else, and to this not for long. */
    public record Issued(ApiToken token, TokenText text, Commit commit) {}

    /**
     * Somebody who has proved to be a principal.
     *
     * @param credential sequence of the entry that holds what was compared: another one stands there once that was changed
     */
    public record Proven(Principal principal, long credential) {}

    /** Operations of one batch: first the erasures. */
    private record Change(List<Operation> operations, int erasures) {}

    private interface Changing {
        Change from(View view) throws IOException;
    }

    // ---- Who there is

    /** All principals, those removed too, sorted by id. */
    public List<Principal> list() throws IOException {
        List<Principal> found = new ArrayList<>();
        try (Cursor cursor = views.get().cursor(SystemTables.PRINCIPALS, KeyRange.all())) {
            while (cursor.next()) {
                if (AccessFormat.isPrincipal(cursor.key())) {
                    found.add(AccessFormat.principal(cursor.key(), cursor.value()));
                }
            }
        }
        return List.copyOf(found);
    }

    /** The principal with that id, also once it was removed; null where there never was one. */
    public @Nullable Principal find(String id) throws IOException {
        return find(views.get(), id);
    }

    private static @Nullable Principal find(View view, String id) throws IOException {
        if (!Principal.isId(id)) {
            return null;
        }
        byte[] key = AccessFormat.principalKey(id);
        byte[] value = view.get(SystemTables.PRINCIPALS, key);
        return value == null ? null : AccessFormat.principal(key, value);
    }

    /** The principal with that name that is not removed, or null. Looks through all of them. */
    public @Nullable Principal named(String name) throws IOException {
        for (Principal principal : list()) {
            if (principal.active() && principal.name().equals(name)) {
                return principal;
            }
        }
        return null;
    }

    /** The tokens of all principals, those revoked too, sorted by the principal's id, then their own. */
    public List<ApiToken> tokens() throws IOException {
        List<ApiToken> found = new ArrayList<>();
        try (Cursor cursor = views.get().cursor(SystemTables.PRINCIPALS, KeyRange.all())) {
            while (cursor.next()) {
                if (!AccessFormat.isPrincipal(cursor.key())) {
                    found.add(AccessFormat.token(cursor.key(), cursor.value()));
                }
            }
        }
        return List.copyOf(found);
    }

    /** The token of a principal with that id, also once it was revoked, or null. */
    public @Nullable ApiToken token(String principal, String id) throws IOException {
        if (!Principal.isId(principal) || !Principal.isId(id)) {
            return null;
        }
        byte[] key = AccessFormat.tokenKey(principal, id);
        byte[] value = views.get().get(SystemTables.PRINCIPALS, key);
        return value == null ? null : AccessFormat.token(key, value);
    }

    // ---- Changing

    /**
     * Adds a principal; nothing proves it yet.
     *
     * @throws IllegalArgumentException if the name cannot be one
     * @throws RefusedException if a principal that is not removed has the name
     */
    public Principal add(String name, Collection<Grant> grants, String author) throws IOException {
        Principal principal = Principal.of(drawId(), name, grants);
        change(view -> new Change(List.of(new Operation.AddPrincipal(principal)), 0), author);
        return principal;
    }

    /**
     * Adds a principal with a password.
     *
     * @param rounds how often it is hashed, usually {@link PasswordHash#ROUNDS}
     * @throws IllegalArgumentException if the name cannot be one, or the password is too short or too long
     * @throws RefusedException if a principal that is not removed has the name
     */
    public Principal add(String name, Collection<Grant> grants, char[] password, int rounds, String author)
            throws IOException {
        Principal principal = Principal.of(drawId(), name, grants);
        PasswordHash hash = PasswordHash.of(password, random(PasswordHash.SALT_LENGTH), rounds);
        List<Operation> operations =
                List.of(new Operation.AddPrincipal(principal), new Operation.SetPassword(principal.id(), hash));
        change(view -> new Change(operations, 0), author);
        return principal;
    }

    /**
     * Changes what a principal may do; other changes at the same time count as well.
     *
     * @throws RefusedException if there is no such principal
     */
    public Commit changeGrants(String id, List<Grant> granted, List<Grant> revoked, String author) throws IOException {
        return change(view -> new Change(List.of(new Operation.ChangeGrants(id, granted, revoked)), 0), author);
    }

    /**
     * Removes a principal, for good, and erases what proves it. Its name is free again.
     *
     * @throws RefusedException if there is no such principal
     */
    public Commit remove(String id, String author) throws IOException {
        String reason = "principal removed";
        return change(
                view -> {
                    List<Operation> operations = new ArrayList<>();
                    if (Principal.isId(id)) {
                        for (byte[] key : view.credentials(AccessFormat.credentialPrefix(id))
                                .keySet()) {
                            operations.addAll(erasure(view, key, reason));
                        }
                    }
                    int erasures = operations.size();
                    operations.add(new Operation.RemovePrincipal(id));
                    return new Change(operations, erasures);
                },
                author);
    }

    /**
     * Sets the password of a principal, and erases the hash of the one before. The password is not kept, nor changed.
     *
     * @param rounds how often it is hashed, usually {@link PasswordHash#ROUNDS}
     * @throws IllegalArgumentException if it is too short or too long
     * @throws RefusedException if there is no such principal
     */
    public Commit setPassword(String id, char[] password, int rounds, String author) throws IOException {
        Principal.checkId(id);
        PasswordHash hash = PasswordHash.of(password, random(PasswordHash.SALT_LENGTH), rounds);
        return replace(AccessFormat.passwordKey(id), new Operation.SetPassword(id, hash), "password replaced", author);
    }

    /**
     * Makes an API token for a principal.
     *
     * @param label what it is for
     * @param expiresAt from when on it is refused, in microseconds since the Unix epoch; 0 = never
     * @throws IllegalArgumentException if the label cannot be one
     * @throws RefusedException if there is no such principal
     */
    public Issued createToken(String id, String label, long expiresAt, String author) throws IOException {
        ApiToken token = new ApiToken(id, drawId(), label, expiresAt, true);
        TokenText text = TokenText.of(id, token.id(), random(TokenText.SECRET_LENGTH));
        List<Operation> operations =
                List.of(new Operation.AddToken(token), new Operation.SetToken(id, token.id(), text.digest()));
        return new Issued(token, text, change(view -> new Change(operations, 0), author));
    }

    /**
     * Revokes an API token, for good, and erases what proves it.
     *
     * @throws RefusedException if there is no such token
     */
    public Commit revokeToken(String principal, String token, String author) throws IOException {
        Principal.checkId(principal);
        Principal.checkId(token);
        return replace(
                AccessFormat.tokenKey(principal, token),
                new Operation.RevokeToken(principal, token),
                "token revoked",
                author);
    }

    private Commit replace(byte[] credential, Operation operation, String reason, String author) throws IOException {
        return change(
                view -> {
                    List<Operation> operations = new ArrayList<>(erasure(view, credential, reason));
                    int erasures = operations.size();
                    operations.add(operation);
                    return new Change(operations, erasures);
                },
                author);
    }

    /** What erases the value of a key of {@code _credentials}: nothing, where it has none or it is erased. */
    private static List<Operation> erasure(View view, byte[] key, String reason) throws IOException {
        Revision current = view.credential(key);
        return current == null || current.state() != Revision.State.PRESENT
                ? List.of()
                : List.of(new Operation.Erase(current.sequence(), reason));
    }

    private Commit change(Changing changing, String author) throws IOException {
        for (int attempt = 1; ; attempt++) {
            Change change = changing.from(views.get());
            try {
                Commit commit = writes.system(change.operations(), author);
                for (int i = 0; i < change.erasures(); i++) {
                    engine.index().erasures().await(commit.sequence() + i);
                }
                return commit;
            } catch (RefusedException e) {
                boolean metAnother = e.reason() == RefusedException.Reason.CREDENTIAL_CHANGED
                        || e.reason() == RefusedException.Reason.PARTLY_STORED;
                if (!metAnother || attempt == ATTEMPTS_MAX) {
                    throw e;
                }
            }
        }
    }

    private String drawId() {
        return HexFormat.of().formatHex(random(ID_BYTES));
    }

    private byte[] random(int length) {
        byte[] drawn = new byte[length];
        environment.randomness().fill(drawn);
        return drawn;
    }

    // ---- Comparing

    /**
     * The principal that a name and a password prove, or null. It takes as long, whether there is such a principal or not: with
     * {@link PasswordHash#ROUNDS} about 0.2 seconds of a core.
     *
     * @param rounds how often the password of a principal is hashed that there is not
     */
    public @Nullable Proven byPassword(String name, char[] password, int rounds) throws IOException {
        View view = views.get();
        Principal principal = named(name);
        Revision found = principal == null ? null : view.credential(AccessFormat.passwordKey(principal.id()));
        byte[] value = found == null ? null : found.value();
        if (principal == null || found == null || value == null) {
            PasswordHash.matchesNothing(password, rounds);
            return null;
        }
        return AccessFormat.password(value).matches(password) ? new Proven(principal, found.sequence()) : null;
    }

    /** Sequence of the entry that holds the password of a principal, or -1 where it has none. */
    public long passwordSequence(String id) throws IOException {
        return Principal.isId(id) ? present(views.get().credential(AccessFormat.passwordKey(id))) : -1;
    }

    private static long present(@Nullable Revision revision) {
        return revision == null || revision.state() != Revision.State.PRESENT ? -1 : revision.sequence();
    }

    /**
     * The principal that an API token proves, or null: the token is not one, is revoked or has expired, or its principal was
     * removed. Takes microseconds.
     *
     * @param timeMicros now
     */
    public @Nullable Proven byToken(TokenText shown, long timeMicros) throws IOException {
        View view = views.get();
        Revision found = view.credential(AccessFormat.tokenKey(shown.principal(), shown.id()));
        byte[] value = found == null ? null : found.value();
        if (found == null || value == null || !shown.matches(AccessFormat.tokenDigest(value))) {
            return null;
        }
        ApiToken token = token(shown.principal(), shown.id());
        Principal principal = find(view, shown.principal());
        return token != null
                        && token.active()
                        && !token.isExpired(timeMicros)
                        && principal != null
                        && principal.active()
                ? new Proven(principal, found.sequence())
                : null;
    }
}
