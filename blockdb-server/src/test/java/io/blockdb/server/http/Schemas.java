package io.blockdb.server.http;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Holds values against JSON Schema (2020-12), as much of it as the description uses; another keyword is refused, so that none is
 * believed that is not looked at. Two things are stricter than the standard, because this is to find what was forgotten: an
 * object must not have a field that its schema does not name, and it is remembered which fields were met.
 */
final class Schemas {
    private static final Set<String> NOTES = Set.of("description", "default", "example", "contentEncoding", "format");
    private static final Set<String> KEYWORDS = Set.of(
            "$ref",
            "allOf",
            "type",
            "const",
            "enum",
            "required",
            "properties",
            "additionalProperties",
            "items",
            "minItems",
            "maxItems",
            "minLength",
            "maxLength",
            "minimum",
            "maximum",
            "pattern");

    private final Map<String, @Nullable Object> document;
    private final IdentityHashMap<Map<String, @Nullable Object>, Set<String>> met = new IdentityHashMap<>();

    Schemas(Map<String, @Nullable Object> document) {
        this.document = document;
    }

    /** What is wrong with a value; empty: nothing. */
    List<String> problems(@Nullable Object schema, @Nullable Object value) {
        List<String> problems = new ArrayList<>();
        check(JsonTree.object(schema), value, "$", problems, true);
        return problems;
    }

    /** What a reference within the document stands for; anything else stands for itself. */
    Map<String, @Nullable Object> resolved(@Nullable Object part) {
        Map<String, @Nullable Object> object = JsonTree.object(part);
        Object reference = object.get("$ref");
        if (reference == null) {
            return object;
        }
        Map<String, @Nullable Object> at = document;
        for (String name : reference.toString().substring(2).split("/", -1)) {
            at = JsonTree.object(Objects.requireNonNull(at.get(name), () -> "there is no " + reference));
        }
        return at;
    }

    private void check(
            Map<String, @Nullable Object> schema,
            @Nullable Object value,
            String at,
            List<String> problems,
            boolean closed) {
        for (String keyword : schema.keySet()) {
            if (!KEYWORDS.contains(keyword) && !NOTES.contains(keyword)) {
                throw new IllegalArgumentException(at + ": this does not know the keyword " + keyword);
            }
        }
        if (schema.containsKey("$ref")) {
            check(resolved(schema), value, at, problems, closed);
        }
        for (Object part : JsonTree.array(schema.get("allOf"))) {
            check(JsonTree.object(part), value, at, problems, false);
        }
        if (!hasType(schema, value)) {
            problems.add(at + ": " + value + " is no " + schema.get("type"));
            return;
        }
        if (schema.containsKey("const") && !Objects.equals(schema.get("const"), value)) {
            problems.add(at + ": " + value + " is not " + schema.get("const"));
        }
        if (schema.containsKey("enum") && !JsonTree.array(schema.get("enum")).contains(value)) {
            problems.add(at + ": " + value + " is none of " + schema.get("enum"));
        }
        if (value instanceof String text) {
            checkText(schema, text, at, problems);
        } else if (value instanceof Number number) {
            checkRange(schema, "minimum", "maximum", number.doubleValue(), at, problems);
        } else if (value instanceof List<?> array) {
            checkRange(schema, "minItems", "maxItems", array.size(), at, problems);
            for (int i = 0; schema.containsKey("items") && i < array.size(); i++) {
                check(JsonTree.object(schema.get("items")), array.get(i), at + "[" + i + "]", problems, true);
            }
        } else if (value instanceof Map<?, ?>) {
            checkObject(schema, JsonTree.object(value), at, problems, closed);
        }
    }

    private static boolean hasType(Map<String, @Nullable Object> schema, @Nullable Object value) {
        Object type = schema.get("type");
        if (type == null) {
            return true;
        }
        for (Object one : type instanceof List<?> list ? list : List.of(type)) {
            boolean is = switch ((String) one) {
                case "object" -> value instanceof Map<?, ?>;
                case "array" -> value instanceof List<?>;
                case "string" -> value instanceof String;
                case "integer" -> value instanceof Long;
                case "number" -> value instanceof Number;
                case "boolean" -> value instanceof Boolean;
                case "null" -> value == null;
                default -> throw new IllegalArgumentException("no type: " + one);
            };
            if (is) {
                return true;
            }
        }
        return false;
    }

    private static void checkText(Map<String, @Nullable Object> schema, String text, String at, List<String> problems) {
        checkRange(schema, "minLength", "maxLength", text.codePointCount(0, text.length()), at, problems);
        Object pattern = schema.get("pattern");
        if (pattern != null && !Pattern.compile((String) pattern).matcher(text).find()) {
            problems.add(at + ": '" + text + "' does not match " + pattern);
        }
        if ("base64".equals(schema.get("contentEncoding"))) {
            try {
                java.util.Base64.getDecoder().decode(text);
            } catch (IllegalArgumentException e) {
                problems.add(at + ": '" + text + "' is not base64");
            }
        }
    }

    private static void checkRange(
            Map<String, @Nullable Object> schema,
            String min,
            String max,
            double found,
            String at,
            List<String> problems) {
        if (schema.get(min) instanceof Number least && found < least.doubleValue()) {
            problems.add(at + ": " + found + " is below the " + min + " " + least);
        }
        if (schema.get(max) instanceof Number most && found > most.doubleValue()) {
            problems.add(at + ": " + found + " is above the " + max + " " + most);
        }
    }

    private void checkObject(
            Map<String, @Nullable Object> schema,
            Map<String, @Nullable Object> value,
            String at,
            List<String> problems,
            boolean closed) {
        for (Object name : JsonTree.array(schema.get("required"))) {
            if (!value.containsKey(name)) {
                problems.add(at + ": " + name + " is missing");
            }
        }
        Object properties = schema.get("properties");
        Map<String, @Nullable Object> known = properties == null ? Map.of() : JsonTree.object(properties);
        value.forEach((name, inside) -> {
            Object own = known.get(name);
            if (own != null) {
                met.computeIfAbsent(schema, unused -> new TreeSet<>()).add(name);
                check(JsonTree.object(own), inside, at + "." + name, problems, true);
            } else if (schema.get("additionalProperties") instanceof Map<?, ?> other) {
                check(JsonTree.object(other), inside, at + "." + name, problems, true);
            } else if (closed && properties != null) {
                problems.add(at + ": the field " + name + " is not described");
            }
        });
    }

    /** The fields that a schema and those within it name and that were never met. */
    Set<String> neverMet(String name, @Nullable Object schema) {
        Set<String> never = new LinkedHashSet<>();
        collectNeverMet(name, schema, never, Collections.newSetFromMap(new IdentityHashMap<>()));
        return never;
    }

    private void collectNeverMet(
            String name, @Nullable Object part, Set<String> never, Set<Map<String, @Nullable Object>> seen) {
        if (part == null) {
            return;
        }
        Map<String, @Nullable Object> given = JsonTree.object(part);
        Map<String, @Nullable Object> schema = resolved(part);
        if (!seen.add(schema)) {
            return;
        }
        String own = given.containsKey("$ref") ? given.get("$ref").toString().replaceFirst(".*/", "") : name;
        Map<String, @Nullable Object> parts = new LinkedHashMap<>();
        Object properties = schema.get("properties");
        if (properties != null) {
            JsonTree.object(properties).forEach((field, inside) -> {
                parts.put(own + "." + field, inside);
                if (!met.getOrDefault(schema, Set.of()).contains(field)) {
                    never.add(own + "." + field);
                }
            });
        }
        parts.put(own + "[]", schema.get("items"));
        for (Object one : JsonTree.array(schema.get("allOf"))) {
            collectNeverMet(own, one, never, seen);
        }
        parts.forEach((field, inside) -> collectNeverMet(field, inside, never, seen));
    }
}
