package io.blockdb.db;

import io.blockdb.access.ApiToken;
import io.blockdb.access.Grant;
import io.blockdb.access.Principal;
import io.blockdb.db.Decider.Finding;
import io.blockdb.db.RefusedException.Reason;
import io.blockdb.proof.EntryLeaf;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * How the operations on {@code _principals} and {@code _credentials} are decided:
 *
 * <ul>
 *   <li>The id of a principal or token is used once; the name of a principal is free again once that was removed.
 *   <li>Grants are changed from what they are then. What is removed or revoked stays so.
 *   <li>What proves somebody is only set where the one before it is erased, and who is removed, or the token that is revoked,
 *       has none that is not: in the same batch or an earlier one. So no verifier outlives its use.
 * </ul>
 *
 * <p>Threading: the committer only.
 */
final class AccessRules {
    private final Standing standing;

    AccessRules(Standing standing) {
        this.standing = standing;
    }

    /** The key that an operation writes, or null where it is none of these. */
    static Standing.@Nullable KeyOf keyOf(Operation operation) {
        if (operation instanceof Operation.AddPrincipal add) {
            return principals(AccessFormat.principalKey(add.principal().id()));
        }
        if (operation instanceof Operation.ChangeGrants change) {
            return principals(AccessFormat.principalKey(change.principal()));
        }
        if (operation instanceof Operation.RemovePrincipal remove) {
            return principals(AccessFormat.principalKey(remove.principal()));
        }
        if (operation instanceof Operation.AddToken add) {
            return principals(
                    AccessFormat.tokenKey(add.token().principal(), add.token().id()));
        }
        if (operation instanceof Operation.RevokeToken revoke) {
            return principals(AccessFormat.tokenKey(revoke.principal(), revoke.token()));
        }
        if (operation instanceof Operation.SetPassword set) {
            return new Standing.KeyOf(SystemTables.CREDENTIALS, AccessFormat.passwordKey(set.principal()));
        }
        return operation instanceof Operation.SetToken set
                ? new Standing.KeyOf(SystemTables.CREDENTIALS, AccessFormat.tokenKey(set.principal(), set.token()))
                : null;
    }

    private static Standing.KeyOf principals(byte[] key) {
        return new Standing.KeyOf(SystemTables.PRINCIPALS, key);
    }

    /** Decides an operation, as {@link SystemRules#find}; null where it is none of these. */
    @Nullable
    Finding find(Operation operation, int number, byte[] salt, List<Planned> added) throws IOException {
        Standing.KeyOf key = keyOf(operation);
        return key == null ? null : new Question(operation, key, number, salt, added).decide();
    }

    /** The entry that an operation makes, without asking whether it may; null where it is none of these, or there is none. */
    @Nullable
    Planned entryOf(Operation operation) throws IOException {
        Standing.KeyOf key = keyOf(operation);
        return key == null ? null : new Question(operation, key, 0, Batch.NO_SALT, List.of()).entry();
    }

    /** One operation of a batch, and what comes before it. */
    private final class Question {
        private final Operation operation;
        private final Standing.KeyOf key;
        private final int number;
        private final byte[] salt;
        private final List<Planned> added;

        Question(Operation operation, Standing.KeyOf key, int number, byte[] salt, List<Planned> added) {
            this.operation = operation;
            this.key = key;
            this.number = number;
            this.salt = salt;
            this.added = added;
        }

        Finding decide() throws IOException {
            Standing.Current current = standing.current(key.table(), key.key());
            if (operation instanceof Operation.AddPrincipal add) {
                return addPrincipal(add.principal(), current);
            }
            if (operation instanceof Operation.ChangeGrants change) {
                Principal before = active(change.principal());
                Principal after = changed(before, change);
                return current != null && after.equals(before) ? stands(current) : adds(AccessFormat.value(after));
            }
            if (operation instanceof Operation.RemovePrincipal remove) {
                return removePrincipal(remove.principal(), current);
            }
            if (operation instanceof Operation.AddToken add) {
                active(add.token().principal());
                byte[] value = AccessFormat.value(add.token());
                return current == null ? adds(value) : standsOrConflicts(current, value);
            }
            if (operation instanceof Operation.RevokeToken revoke) {
                return revokeToken(revoke, current);
            }
            return setCredential(current);
        }

        private Finding addPrincipal(Principal principal, Standing.@Nullable Current current) throws IOException {
            byte[] value = AccessFormat.value(principal);
            if (current != null) {
                return standsOrConflicts(current, value);
            }
            for (Standing.KeyOf other : standing.keys(SystemTables.PRINCIPALS, new byte[0])) {
                checkName(principal, other.key(), valueOf(other));
            }
            for (Planned other : added) {
                if (other.table().equals(SystemTables.PRINCIPALS)) {
                    checkName(principal, other.key(), other.value());
                }
            }
            return adds(value);
        }

        private void checkName(Principal principal, byte[] otherKey, byte @Nullable [] otherValue) throws IOException {
            if (!AccessFormat.isPrincipal(otherKey) || otherValue == null) {
                return;
            }
            Principal other = AccessFormat.principal(otherKey, otherValue);
            if (other.active() && other.name().equals(principal.name())) {
                throw refuse(Reason.PRINCIPAL_CONFLICT, "there is a principal '" + principal.name() + "' already");
            }
        }

        private Finding removePrincipal(String id, Standing.@Nullable Current current) throws IOException {
            Principal before = principal(id);
            if (before == null) {
                throw noPrincipal(id);
            }
            if (current != null && !before.active()) {
                return stands(current);
            }
            for (Standing.KeyOf credential :
                    standing.keys(SystemTables.CREDENTIALS, AccessFormat.credentialPrefix(id))) {
                checkErased(credential);
            }
            for (Planned entry : added) {
                String of =
                        entry.table().equals(SystemTables.CREDENTIALS) ? AccessFormat.principalOf(entry.key()) : null;
                if (id.equals(of)) {
                    throw refuse(Reason.INVALID, "the batch sets what proves a principal, and removes that");
                }
            }
            return adds(AccessFormat.value(before.removed()));
        }

        private Finding revokeToken(Operation.RevokeToken revoke, Standing.@Nullable Current current)
                throws IOException {
            ApiToken before = token(revoke.principal(), revoke.token());
            if (before == null) {
                throw noToken(revoke.principal(), revoke.token());
            }
            if (current != null && !before.active()) {
                return stands(current);
            }
            checkErased(new Standing.KeyOf(SystemTables.CREDENTIALS, key.key()));
            return adds(AccessFormat.value(before.revoked()));
        }

        private Finding setCredential(Standing.@Nullable Current current) throws IOException {
            if (operation instanceof Operation.SetToken set) {
                active(set.principal());
                ApiToken token = token(set.principal(), set.token());
                if (token == null || !token.active()) {
                    throw noToken(set.principal(), set.token());
                }
            } else if (operation instanceof Operation.SetPassword set) {
                active(set.principal());
            }
            if (salt.length != EntryLeaf.SALT_LENGTH) {
                throw refuse(Reason.INVALID, "what proves a principal is only kept with a salt");
            }
            if (current != null && standing.erasedBy(current) < 0 && standing.valueEquals(current, credential())) {
                return stands(current);
            }
            checkErased(key);
            return adds(credential());
        }

        private byte[] credential() {
            if (operation instanceof Operation.SetPassword set) {
                return AccessFormat.value(set.hash());
            }
            if (operation instanceof Operation.SetToken set) {
                return AccessFormat.tokenValue(set.digest());
            }
            throw new IllegalStateException("sets no credential: " + operation);
        }

        /** Fails if a key of {@code _credentials} has a value that nothing erases. */
        private void checkErased(Standing.KeyOf credential) throws IOException {
            Standing.Current current = standing.current(credential.table(), credential.key());
            if (current == null || standing.erasedBy(current) >= 0) {
                return;
            }
            byte[] erasure = SystemTables.erasureKey(current.sequence());
            for (Planned entry : added) {
                if (entry.table().equals(SystemTables.ERASURES) && Arrays.equals(entry.key(), erasure)) {
                    return;
                }
            }
            throw refuse(
                    Reason.CREDENTIAL_CHANGED,
                    "what proves this principal was changed meanwhile (see _credentials, sequence " + current.sequence()
                            + ") and is not erased by this batch: ask again");
        }

        /** The value that the batch, or what stands there, gives a key; null where there is none. */
        private byte @Nullable [] valueOf(Standing.KeyOf of) throws IOException {
            for (int i = added.size() - 1; i >= 0; i--) {
                Planned entry = added.get(i);
                if (entry.table().equals(of.table()) && Arrays.equals(entry.key(), of.key())) {
                    return entry.value();
                }
            }
            Standing.Current current = standing.current(of.table(), of.key());
            return current == null ? null : standing.value(current);
        }

        private @Nullable Principal principal(String id) throws IOException {
            byte[] of = AccessFormat.principalKey(id);
            byte[] value = valueOf(principals(of));
            return value == null ? null : AccessFormat.principal(of, value);
        }

        private Principal active(String id) throws IOException {
            Principal principal = principal(id);
            if (principal == null || !principal.active()) {
                throw noPrincipal(id);
            }
            return principal;
        }

        private @Nullable ApiToken token(String principal, String id) throws IOException {
            byte[] of = AccessFormat.tokenKey(principal, id);
            byte[] value = valueOf(principals(of));
            return value == null ? null : AccessFormat.token(of, value);
        }

        private Principal changed(Principal before, Operation.ChangeGrants change) {
            Set<Grant> grants = new TreeSet<>(before.grants());
            grants.addAll(change.granted());
            change.revoked().forEach(grants::remove);
            try {
                return before.with(grants);
            } catch (IllegalArgumentException e) {
                throw refuse(Reason.INVALID, String.valueOf(e.getMessage()));
            }
        }

        @Nullable
        Planned entry() throws IOException {
            byte @Nullable [] value = null;
            if (operation instanceof Operation.AddPrincipal add) {
                value = AccessFormat.value(add.principal());
            } else if (operation instanceof Operation.AddToken add) {
                value = AccessFormat.value(add.token());
            } else if (operation instanceof Operation.ChangeGrants change) {
                Principal before = principal(change.principal());
                value = before == null ? null : AccessFormat.value(changed(before, change));
            } else if (operation instanceof Operation.RemovePrincipal remove) {
                Principal before = principal(remove.principal());
                value = before == null ? null : AccessFormat.value(before.removed());
            } else if (operation instanceof Operation.RevokeToken revoke) {
                ApiToken before = token(revoke.principal(), revoke.token());
                value = before == null ? null : AccessFormat.value(before.revoked());
            } else {
                value = credential();
            }
            return value == null ? null : Planned.system(key.table(), key.key(), value);
        }

        private Finding standsOrConflicts(Standing.Current current, byte[] value) throws IOException {
            if (standing.valueEquals(current, value)) {
                return stands(current);
            }
            throw refuse(Reason.PRINCIPAL_CONFLICT, "this id was used before, see _principals: draw another one");
        }

        private Finding stands(Standing.Current current) {
            return new Finding.Stands(current.sequence());
        }

        private Finding adds(byte[] value) {
            byte[] drawn = key.table().equals(SystemTables.CREDENTIALS) ? salt : Batch.NO_SALT;
            return new Finding.Adds(new Planned(EntryLeaf.KIND_PUT, key.table(), key.key(), value, drawn, 0, null));
        }

        private RefusedException noPrincipal(String id) {
            return refuse(Reason.NO_SUCH_PRINCIPAL, "there is no principal with id " + id + ", or it was removed");
        }

        private RefusedException noToken(String principal, String id) {
            return refuse(
                    Reason.NO_SUCH_PRINCIPAL,
                    "there is no token with id " + id + " of principal " + principal + ", or it was revoked");
        }

        private RefusedException refuse(Reason reason, String message) {
            return new RefusedException(reason, List.of(number), message);
        }
    }
}
