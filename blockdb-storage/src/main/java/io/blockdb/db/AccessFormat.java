package io.blockdb.db;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.blockdb.access.ApiToken;
import io.blockdb.access.Grant;
import io.blockdb.access.PasswordHash;
import io.blockdb.access.Principal;
import io.blockdb.access.Role;
import io.blockdb.base.CorruptionException;
import io.blockdb.base.TableName;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Keys and values of {@code _principals} and {@code _credentials}. Fields are written in the order of the examples:
 *
 * <pre>
 * _principals   ID                 {"name":"ada","state":"active","grants":[{"role":"writer","table":"invoices"},{"role":"auditor"}]}
 *               ID/token/TOKEN     {"label":"nightly import","state":"active","expires_at":0}
 * _credentials  ID/password        {"scheme":"pbkdf2-hmac-sha256","rounds":600000,"salt":"…base64…","hash":"…base64…"}
 *               ID/token/TOKEN     {"scheme":"sha256","hash":"…base64…"}
 * </pre>
 *
 * <p>{@code state} becomes {@code removed} (grants are empty then) or {@code revoked}, for good. History: level 1.
 */
final class AccessFormat {
    private static final String ACTIVE = "active";
    private static final String REMOVED = "removed";
    private static final String REVOKED = "revoked";
    private static final String PASSWORD = "/password";
    private static final String TOKEN = "/token/";
    private static final String PASSWORD_SCHEME = "pbkdf2-hmac-sha256";
    private static final String TOKEN_SCHEME = "sha256";
    private static final int ID_LENGTH = 16;

    private AccessFormat() {}

    // ---- Keys

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    static byte[] principalKey(String principal) {
        return ascii(principal);
    }

    /** The key of a token, in both tables. */
    static byte[] tokenKey(String principal, String token) {
        return ascii(principal + TOKEN + token);
    }

    static byte[] passwordKey(String principal) {
        return ascii(principal + PASSWORD);
    }

    /** What all keys of a principal in {@code _credentials} begin with, and no other. */
    static byte[] credentialPrefix(String principal) {
        return ascii(principal + "/");
    }

    /** The principal that a key of either table is of; null where it is no such key. */
    static @Nullable String principalOf(byte[] key) {
        String text = new String(key, StandardCharsets.ISO_8859_1);
        String id = text.length() < ID_LENGTH ? "" : text.substring(0, ID_LENGTH);
        String rest = text.substring(id.length());
        boolean known = rest.isEmpty() || rest.equals(PASSWORD) || tokenIn(rest) != null;
        return Principal.isId(id) && known ? id : null;
    }

    /** The token that a key of either table is of; null where it is of none. */
    static @Nullable String tokenOf(byte[] key) {
        String text = new String(key, StandardCharsets.ISO_8859_1);
        return text.length() < ID_LENGTH ? null : tokenIn(text.substring(ID_LENGTH));
    }

    private static @Nullable String tokenIn(String rest) {
        String id = rest.startsWith(TOKEN) ? rest.substring(TOKEN.length()) : "";
        return Principal.isId(id) ? id : null;
    }

    static boolean isPrincipal(byte[] key) {
        return key.length == ID_LENGTH;
    }

    static boolean isPassword(byte[] key) {
        return new String(key, StandardCharsets.ISO_8859_1).endsWith(PASSWORD);
    }

    // ---- Values of _principals

    static byte[] value(Principal principal) {
        return SystemTables.json(out -> {
            out.writeStringField("name", principal.name());
            out.writeStringField("state", principal.active() ? ACTIVE : REMOVED);
            out.writeArrayFieldStart("grants");
            for (Grant grant : principal.grants()) {
                out.writeStartObject();
                out.writeStringField("role", grant.role().toString());
                TableName table = grant.table();
                if (table != null) {
                    out.writeStringField("table", table.toString());
                }
                out.writeEndObject();
            }
            out.writeEndArray();
        });
    }

    static byte[] value(ApiToken token) {
        return SystemTables.json(out -> {
            out.writeStringField("label", token.label());
            out.writeStringField("state", token.active() ? ACTIVE : REVOKED);
            out.writeNumberField("expires_at", token.expiresAt());
        });
    }

    static Principal principal(byte[] key, byte[] value) throws CorruptionException {
        try (JsonParser in = SystemTables.JSON.createParser(value)) {
            expect(in.nextToken(), JsonToken.START_OBJECT);
            String name = "";
            String state = "";
            List<Grant> grants = new ArrayList<>();
            for (JsonToken next = in.nextToken(); next == JsonToken.FIELD_NAME; next = in.nextToken()) {
                String field = in.currentName();
                in.nextToken();
                switch (field) {
                    case "name" -> name = in.getText();
                    case "state" -> state = in.getText();
                    case "grants" -> grants = grants(in);
                    default -> throw new IllegalArgumentException("unknown field '" + field + "'");
                }
            }
            expect(in.currentToken(), JsonToken.END_OBJECT);
            boolean active = isActive(state, REMOVED);
            if (!active && !grants.isEmpty()) {
                throw new IllegalArgumentException("a removed principal has grants");
            }
            return new Principal(new String(key, StandardCharsets.ISO_8859_1), name, active, grants);
        } catch (IOException | IllegalArgumentException e) {
            throw unparsable(SystemTables.PRINCIPALS, e);
        }
    }

    private static List<Grant> grants(JsonParser in) throws IOException {
        expect(in.currentToken(), JsonToken.START_ARRAY);
        List<Grant> grants = new ArrayList<>();
        while (in.nextToken() == JsonToken.START_OBJECT) {
            String role = "";
            @Nullable TableName table = null;
            while (in.nextToken() == JsonToken.FIELD_NAME) {
                String field = in.currentName();
                in.nextToken();
                switch (field) {
                    case "role" -> role = in.getText();
                    case "table" -> table = TableName.of(in.getText());
                    default -> throw new IllegalArgumentException("unknown field '" + field + "' of a grant");
                }
            }
            grants.add(new Grant(Role.parse(role), table));
        }
        expect(in.currentToken(), JsonToken.END_ARRAY);
        return grants;
    }

    private static void expect(@Nullable JsonToken found, JsonToken expected) {
        if (found != expected) {
            throw new IllegalArgumentException("expected " + expected + ", found " + found);
        }
    }

    private static boolean isActive(@Nullable String state, String over) {
        if (!ACTIVE.equals(state) && !over.equals(state)) {
            throw new IllegalArgumentException("state: expected " + ACTIVE + " or " + over + ", found " + state);
        }
        return ACTIVE.equals(state);
    }

    static ApiToken token(byte[] key, byte[] value) throws CorruptionException {
        Map<String, String> fields = SystemTables.parse(value);
        String principal = principalOf(key);
        String token = tokenOf(key);
        try {
            if (principal == null || token == null) {
                throw new IllegalArgumentException("the key is of no token");
            }
            return new ApiToken(
                    principal,
                    token,
                    String.valueOf(fields.get("label")),
                    Long.parseLong(String.valueOf(fields.get("expires_at"))),
                    isActive(fields.get("state"), REVOKED));
        } catch (IllegalArgumentException e) {
            throw unparsable(SystemTables.PRINCIPALS, e);
        }
    }

    /** Holds an entry of {@code _principals} against its form. */
    static void check(byte[] key, byte[] value) throws CorruptionException {
        if (isPrincipal(key)) {
            principal(key, value);
        } else {
            token(key, value);
        }
    }

    // ---- Values of _credentials

    static byte[] value(PasswordHash hash) {
        Base64.Encoder base64 = Base64.getEncoder();
        return SystemTables.json(out -> {
            out.writeStringField("scheme", PASSWORD_SCHEME);
            out.writeNumberField("rounds", hash.rounds());
            out.writeStringField("salt", base64.encodeToString(hash.salt()));
            out.writeStringField("hash", base64.encodeToString(hash.hash()));
        });
    }

    static byte[] tokenValue(byte[] digest) {
        return SystemTables.json(out -> {
            out.writeStringField("scheme", TOKEN_SCHEME);
            out.writeStringField("hash", Base64.getEncoder().encodeToString(digest));
        });
    }

    static PasswordHash password(byte[] value) throws CorruptionException {
        Map<String, String> fields = secrets(value, PASSWORD_SCHEME);
        try {
            return PasswordHash.kept(
                    Integer.parseInt(String.valueOf(fields.get("rounds"))),
                    decoded(fields, "salt"),
                    decoded(fields, "hash"));
        } catch (IllegalArgumentException e) {
            throw unparsable(SystemTables.CREDENTIALS, null);
        }
    }

    /** The SHA-256 of a token's secret. */
    static byte[] tokenDigest(byte[] value) throws CorruptionException {
        try {
            return decoded(secrets(value, TOKEN_SCHEME), "hash");
        } catch (IllegalArgumentException e) {
            throw unparsable(SystemTables.CREDENTIALS, null);
        }
    }

    private static Map<String, String> secrets(byte[] value, String scheme) throws CorruptionException {
        Map<String, String> fields;
        try {
            fields = SystemTables.parse(value);
        } catch (CorruptionException e) {
            throw unparsable(SystemTables.CREDENTIALS, null);
        }
        if (!scheme.equals(fields.get("scheme"))) {
            throw unparsable(SystemTables.CREDENTIALS, null);
        }
        return fields;
    }

    private static byte[] decoded(Map<String, String> fields, String name) {
        return Base64.getDecoder().decode(fields.getOrDefault(name, ""));
    }

    /** @param cause null where its message may show a part of a secret */
    private static CorruptionException unparsable(TableName table, @Nullable Exception cause) {
        String why = cause == null ? "it is not of the form that is expected" : String.valueOf(cause.getMessage());
        return new CorruptionException(table.toString(), 0, 0, "an entry does not parse: " + why, cause);
    }
}
