package io.blockdb.server.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.server.http.RunningServer.Answer;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Sends what the description says, and holds what comes back against it. */
final class Asking {
    /** What an event of the live feed holds. */
    static final Map<String, @Nullable Object> EVENT = Map.of("$ref", "#/components/schemas/Event");

    private final Description description;
    private final Set<String> reached = new TreeSet<>();
    private int port;
    private @Nullable String credentials;

    Asking(Description description) {
        this.description = description;
    }

    /** Whom to ask from now on, and as whom: a header, or null. */
    void of(int server, @Nullable String authorization) {
        port = server;
        credentials = authorization;
    }

    /** Whether it is said who asks. */
    boolean authenticated() {
        return credentials != null;
    }

    /** The operations and statuses that were met, such as {@code put 201}. */
    Set<String> reached() {
        return reached;
    }

    /** The plain request of an operation: what it must be given, as its examples have it. */
    Request request(String id) {
        return new Request(description.operation(id));
    }

    /** Sends a request to each operation that describes a status, and expects that status. */
    void everywhere(int status, UnaryOperator<Request> change) throws IOException {
        everywhere(status, operation -> true, change);
    }

    /** As {@link #everywhere(int, UnaryOperator)}, to some of them. */
    void everywhere(int status, Predicate<Description.Operation> some, UnaryOperator<Request> change)
            throws IOException {
        for (Description.Operation operation : description.operations().values()) {
            if (some.test(operation)
                    && operation.responses().containsKey(status)
                    && !reached.contains(operation.id() + " " + status)) {
                change.apply(new Request(operation)).expect(status);
            }
        }
    }

    /** A request that is being made. */
    final class Request {
        private final Description.Operation operation;
        private final Map<String, String> path = new LinkedHashMap<>();
        private final Map<String, String> query = new LinkedHashMap<>();
        private final List<String> headers = new ArrayList<>();
        private @Nullable String body;

        private Request(Description.Operation operation) {
            this.operation = operation;
            for (Map<String, @Nullable Object> parameter : operation.parameters()) {
                if (Boolean.TRUE.equals(parameter.get("required"))) {
                    Map<String, String> to = "path".equals(parameter.get("in")) ? path : query;
                    to.put(String.valueOf(parameter.get("name")), String.valueOf(parameter.get("example")));
                }
            }
            this.body = operation.body() == null ? null : JsonTree.text(operation.example());
        }

        Description.Operation operation() {
            return operation;
        }

        /** Gives a parameter, which must be described. */
        Request with(String name, Object value) {
            Map<String, @Nullable Object> parameter = operation.parameters().stream()
                    .filter(one -> name.equals(one.get("name")))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError(operation.id() + " describes no " + name));
            switch (String.valueOf(parameter.get("in"))) {
                case "path" -> path.put(name, value.toString());
                case "query" -> query.put(name, value.toString());
                default -> headers.add(name + ": " + value);
            }
            return this;
        }

        Request without(String name) {
            query.remove(name);
            return this;
        }

        Request header(String header) {
            headers.add(header);
            return this;
        }

        Request body(String text) {
            body = text;
            return this;
        }

        private String target() {
            String target = operation.path();
            for (Map.Entry<String, String> one : path.entrySet()) {
                target = target.replace("{" + one.getKey() + "}", escaped(one.getValue()));
            }
            StringBuilder all = new StringBuilder(target);
            query.forEach((name, value) -> all.append(all.indexOf("?") < 0 ? '?' : '&')
                    .append(name)
                    .append('=')
                    .append(escaped(value)));
            return all.toString();
        }

        private String escaped(String text) {
            return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
        }

        private String[] allHeaders() {
            List<String> all = new ArrayList<>(headers);
            if (credentials != null && headers.stream().noneMatch(header -> header.startsWith("Authorization:"))) {
                all.add(credentials);
            }
            return all.toArray(new String[0]);
        }

        /** Sends it; the answer must have this status, and be as it is described. */
        Answer expect(int status) throws IOException {
            return checked(status, RunningServer.send(port, operation.method(), target(), body, allHeaders()));
        }

        /** Announces a body that is too long, and sends none of it. */
        Answer expectTooLarge() throws IOException {
            String head = operation.method() + " " + target() + " HTTP/1.1\r\nHost: test\r\nConnection: close\r\n"
                    + String.join(
                            "",
                            List.of(allHeaders()).stream()
                                    .map(header -> header + "\r\n")
                                    .toList())
                    + "Content-Type: application/json\r\nContent-Length: 100000000\r\n\r\n";
            return checked(413, RunningServer.raw(port, head));
        }

        /** Sends it, and reads the events of an answer that goes on, up to that of a key; then hangs up. */
        Answer expectEvents(String last) throws IOException {
            String head = operation.method() + " " + target() + " HTTP/1.1\r\nHost: test\r\n"
                    + String.join(
                            "",
                            List.of(allHeaders()).stream()
                                    .map(header -> header + "\r\n")
                                    .toList())
                    + "\r\n";
            Answer answer = RunningServer.rawUntil(port, head, "\"key\":\"" + last + "\"");
            answer.body()
                    .lines()
                    .filter(line -> line.startsWith("data: "))
                    .forEach(line -> assertEquals(
                            List.of(), description.schemas().problems(EVENT, JsonTree.parse(line.substring(6))), line));
            return checked(200, answer);
        }

        private Answer checked(int status, Answer answer) {
            String what = operation.id() + " " + status;
            assertEquals(status, answer.status(), () -> what + ": " + target() + " " + body + "\n" + answer);
            Map<String, @Nullable Object> response = operation.responses().get(status);
            assertNotNull(response, () -> what + " is not described: " + answer);
            List<String> problems = new ArrayList<>();
            assertFalse(answer.header("X-Request-Id").isEmpty(), () -> what + ": " + answer);
            checkHeaders(response, answer, problems);
            checkBody(response, answer, problems);
            assertTrue(problems.isEmpty(), () -> what + ": " + problems + "\n" + answer);
            reached.add(what);
            return answer;
        }
    }

    private void checkHeaders(Map<String, @Nullable Object> response, Answer answer, List<String> problems) {
        if (response.get("headers") == null) {
            return;
        }
        JsonTree.object(response.get("headers")).forEach((name, about) -> {
            String found = answer.header(name);
            Object schema = JsonTree.object(about).get("schema");
            if (found.isEmpty()) {
                problems.add("the header " + name + " is missing");
                return;
            }
            boolean number = "integer".equals(JsonTree.object(schema).get("type"));
            problems.addAll(description.schemas().problems(schema, number ? Long.valueOf(found) : found));
        });
    }

    private void checkBody(Map<String, @Nullable Object> response, Answer answer, List<String> problems) {
        if (response.get("content") == null) {
            if (!answer.body().isEmpty()) {
                problems.add("there is a body");
            }
            return;
        }
        String type = plain(answer.header("Content-Type"));
        for (Map.Entry<String, @Nullable Object> media :
                JsonTree.object(response.get("content")).entrySet()) {
            if (plain(media.getKey()).equals(type)) {
                Object schema = JsonTree.object(media.getValue()).get("schema");
                if (schema != null) {
                    Object value = type.endsWith("json") ? JsonTree.parse(answer.body()) : answer.body();
                    problems.addAll(description.schemas().problems(schema, value));
                }
                return;
            }
        }
        problems.add("the type " + type + " is not described");
    }

    private static String plain(String type) {
        return type.replace(" ", "").toLowerCase(Locale.ROOT);
    }
}
