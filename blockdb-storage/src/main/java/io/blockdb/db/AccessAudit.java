package io.blockdb.db;

import io.blockdb.access.ApiToken;
import io.blockdb.access.Principal;
import io.blockdb.base.CorruptionException;
import io.blockdb.proof.EntryLeaf;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Holds the entries of {@code _principals} and {@code _credentials}, in order, against the rules of {@link AccessRules}.
 *
 * <p>Threading: one thread at a time. Memory: grows with the number of principals and tokens.
 */
final class AccessAudit {
    private final LongPredicate isErased;
    private final Map<String, Principal> principals = new HashMap<>();
    /** Names of principals that are not removed, to their ids. */
    private final Map<String, String> names = new HashMap<>();

    private final Map<String, ApiToken> tokens = new HashMap<>();
    /** For each key of {@code _credentials}, the newest sequence. */
    private final Map<String, Map<String, Long>> credentials = new HashMap<>();

    /** @param isErased whether an entry so far erases the value of a sequence */
    AccessAudit(LongPredicate isErased) {
        this.isErased = isErased;
    }

    /** Takes an entry of {@code _principals}; answers what is wrong with it, or null. */
    @Nullable
    String addPrincipal(byte[] key, byte[] value) throws CorruptionException {
        String problem = AccessFormat.isPrincipal(key)
                ? add(AccessFormat.principal(key, value))
                : add(AccessFormat.token(key, value));
        return problem == null ? null : "_principals: " + problem;
    }

    private @Nullable String add(Principal principal) {
        Principal before = principals.put(principal.id(), principal);
        String id = principal.id();
        if (before != null && !before.active()) {
            return "principal " + id + " was removed, and is there again";
        }
        if (before != null && !before.name().equals(principal.name())) {
            return "the name of principal " + id + " never changes: expected " + before.name() + ", found "
                    + principal.name();
        }
        if (!principal.active()) {
            names.remove(principal.name());
            if (before == null) {
                return "principal " + id + " is removed, and never was";
            }
            return credentials.getOrDefault(id, Map.of()).values().stream().allMatch(isErased::test)
                    ? null
                    : "principal " + id + " is removed, and what proves it was not erased";
        }
        String other = names.put(principal.name(), id);
        return other == null || other.equals(id)
                ? null
                : "principals " + other + " and " + id + " have the same name '" + principal.name() + "'";
    }

    private @Nullable String add(ApiToken token) {
        ApiToken before = tokens.put(token.principal() + token.id(), token);
        if (before == null) {
            return token.active() && isActive(token.principal())
                    ? null
                    : "token " + token.id() + " is new, and revoked, or of no principal";
        }
        if (!before.active() || token.active() || !token.equals(before.revoked())) {
            return "token " + token.id() + " is revoked once, and does not change otherwise";
        }
        return isErased(credential(AccessFormat.tokenKey(token.principal(), token.id())))
                ? null
                : "token " + token.id() + " is revoked, and what proves it was not erased";
    }

    private boolean isActive(String id) {
        Principal principal = principals.get(id);
        return principal != null && principal.active();
    }

    private @Nullable Long credential(byte[] key) {
        return credentials
                .getOrDefault(String.valueOf(AccessFormat.principalOf(key)), Map.of())
                .get(name(key));
    }

    private static String name(byte[] key) {
        return String.valueOf(AccessFormat.tokenOf(key));
    }

    private boolean isErased(@Nullable Long sequence) {
        return sequence == null || isErased.test(sequence);
    }

    /** Takes an entry of {@code _credentials}; answers what is wrong with it, or null. */
    @Nullable
    String addCredential(EntryLeaf leaf, long sequence) {
        byte[] key = leaf.key();
        String id = AccessFormat.principalOf(key);
        String tokenId = AccessFormat.tokenOf(key);
        if (id == null || AccessFormat.isPrincipal(key)) {
            return "_credentials: the key is of no principal's password or token";
        }
        Long before = credentials.computeIfAbsent(id, of -> new HashMap<>()).put(name(key), sequence);
        ApiToken token = tokenId == null ? null : tokens.get(id + tokenId);
        if (!isActive(id) || (tokenId != null && (token == null || !token.active()))) {
            return "_credentials: proves a principal or token that is not there";
        }
        return isErased(before)
                ? null
                : "_credentials: replaces what stands at sequence " + before + ", which was not erased";
    }
}
