package io.blockdb.server.http;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The server's description in OpenAPI, taken apart. */
public final class Description {
    private final Map<String, @Nullable Object> document;
    private final Schemas schemas;
    private final Map<String, Operation> operations = new LinkedHashMap<>();

    /**
     * An operation.
     *
     * @param parameters what it takes beside its body
     * @param body schema of its body, or null where it takes none
     * @param example the body that stands in the description
     * @param responses by status
     */
    public record Operation(
            String id,
            String method,
            String path,
            String access,
            boolean open,
            List<Map<String, @Nullable Object>> parameters,
            @Nullable Object body,
            @Nullable Object example,
            Map<Integer, Map<String, @Nullable Object>> responses) {}

    /** The one that is packaged. */
    public Description() throws IOException {
        try (InputStream in = Description.class.getResourceAsStream("openapi.json")) {
            Objects.requireNonNull(in);
            document = JsonTree.object(JsonTree.parse(new String(in.readAllBytes(), StandardCharsets.UTF_8)));
        }
        schemas = new Schemas(document);
        JsonTree.object(document.get("paths"))
                .forEach((path, item) -> JsonTree.object(item)
                        .forEach((method, operation) -> add(path, method, JsonTree.object(operation))));
    }

    private void add(String path, String method, Map<String, @Nullable Object> operation) {
        Map<Integer, Map<String, @Nullable Object>> responses = new LinkedHashMap<>();
        JsonTree.object(operation.get("responses"))
                .forEach((status, response) -> responses.put(Integer.valueOf(status), schemas.resolved(response)));
        Object body = null;
        Object example = null;
        if (operation.get("requestBody") != null) {
            Map<String, @Nullable Object> media = JsonTree.object(JsonTree.object(
                            JsonTree.object(operation.get("requestBody")).get("content"))
                    .get("application/json"));
            body = media.get("schema");
            example = media.get("example");
        }
        Operation added = new Operation(
                String.valueOf(operation.get("operationId")),
                method.toUpperCase(Locale.ROOT),
                path,
                String.valueOf(operation.get("x-access")),
                List.of().equals(operation.get("security")),
                JsonTree.array(operation.get("parameters")).stream()
                        .map(schemas::resolved)
                        .toList(),
                body,
                example,
                responses);
        if (operations.put(added.id(), added) != null) {
            throw new IllegalArgumentException("two operations are called " + added.id());
        }
    }

    /** The whole of it. */
    Map<String, @Nullable Object> document() {
        return document;
    }

    /** Its schemas. */
    Schemas schemas() {
        return schemas;
    }

    /** Its operations, by id. */
    public Map<String, Operation> operations() {
        return operations;
    }

    /** An operation. */
    Operation operation(String id) {
        return Objects.requireNonNull(operations.get(id), () -> "no operation is called " + id);
    }
}
