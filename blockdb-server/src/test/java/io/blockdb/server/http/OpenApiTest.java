package io.blockdb.server.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The description is whole and agrees with itself. */
class OpenApiTest {
    private final Description description;

    OpenApiTest() throws IOException {
        description = new Description();
    }

    @Test
    void itIsOfThisVersion() throws IOException {
        Matcher version = Pattern.compile("<artifactId>blockdb-parent</artifactId>\\s*<version>([^<]+)")
                .matcher(Files.readString(Path.of("pom.xml")));
        assertTrue(version.find());
        assertEquals("3.1.0", description.document().get("openapi"));
        assertEquals(
                version.group(1),
                JsonTree.object(description.document().get("info")).get("version"));
    }

    @Test
    void examplesAreWhatTheirSchemasSay() {
        List<String> problems = new ArrayList<>();
        for (Description.Operation operation : description.operations().values()) {
            String at = operation.id();
            if (operation.body() != null) {
                problems.addAll(prefixed(at + " body", operation.body(), operation.example()));
            }
            for (Map<String, @Nullable Object> parameter : operation.parameters()) {
                assertNotNull(parameter.get("description"), at);
                if (Boolean.TRUE.equals(parameter.get("required"))) {
                    problems.addAll(prefixed(
                            at + " " + parameter.get("name"), parameter.get("schema"), parameter.get("example")));
                }
            }
            operation.responses().forEach((status, response) -> {
                for (Object media : content(response).values()) {
                    Map<String, @Nullable Object> form = JsonTree.object(media);
                    if (form.containsKey("example")) {
                        problems.addAll(prefixed(at + " " + status, form.get("schema"), form.get("example")));
                    }
                }
            });
        }
        assertEquals(List.of(), problems);
    }

    private static Map<String, @Nullable Object> content(Map<String, @Nullable Object> response) {
        return response.get("content") == null ? Map.of() : JsonTree.object(response.get("content"));
    }

    private List<String> prefixed(String prefix, @Nullable Object schema, @Nullable Object value) {
        return description.schemas().problems(schema, value).stream()
                .map(problem -> prefix + ": " + problem)
                .toList();
    }

    @Test
    void pathsAndParametersNameTheSame() {
        for (Description.Operation operation : description.operations().values()) {
            Set<String> inPath = new TreeSet<>();
            Matcher matcher = Pattern.compile("\\{([^}]+)}").matcher(operation.path());
            while (matcher.find()) {
                inPath.add(matcher.group(1));
            }
            Set<String> declared = new TreeSet<>();
            Set<String> all = new TreeSet<>();
            for (Map<String, @Nullable Object> parameter : operation.parameters()) {
                assertTrue(all.add(parameter.get("in") + " " + parameter.get("name")), operation.id());
                if ("path".equals(parameter.get("in"))) {
                    declared.add(String.valueOf(parameter.get("name")));
                    assertEquals(true, parameter.get("required"), operation.id());
                }
            }
            assertEquals(inPath, declared, operation.id());
        }
    }

    @Test
    void whatIsDefinedIsUsedAndWhatIsUsedIsDefined() {
        Set<String> used = new TreeSet<>();
        references(description.document(), used);
        Set<String> defined = new TreeSet<>();
        JsonTree.object(description.document().get("components")).forEach((kind, parts) -> {
            if (!kind.equals("securitySchemes")) {
                JsonTree.object(parts).keySet().forEach(name -> defined.add("#/components/" + kind + "/" + name));
            }
        });
        // What a stream holds has a schema that no answer as a whole can refer to.
        defined.remove("#/components/schemas/Event");
        assertEquals(defined, used);
        Set<String> tags = new LinkedHashSet<>();
        for (Object tag : JsonTree.array(description.document().get("tags"))) {
            tags.add(String.valueOf(JsonTree.object(tag).get("name")));
        }
        Set<String> tagged = new TreeSet<>();
        for (Object item : JsonTree.object(description.document().get("paths")).values()) {
            for (Object operation : JsonTree.object(item).values()) {
                JsonTree.array(JsonTree.object(operation).get("tags")).forEach(tag -> tagged.add(String.valueOf(tag)));
            }
        }
        assertEquals(new TreeSet<>(tags), tagged);
    }

    private static void references(@Nullable Object part, Set<String> found) {
        if (part instanceof Map<?, ?> object) {
            if (object.get("$ref") instanceof String reference) {
                found.add(reference);
            }
            object.values().forEach(inside -> references(inside, found));
        } else if (part instanceof List<?> array) {
            array.forEach(inside -> references(inside, found));
        }
    }

    /** Which parameters of a query the server reads stands in its source alone. */
    @Test
    void everyParameterThatIsReadIsDescribed() throws IOException {
        Pattern read = Pattern.compile("(?:queryParam\\(|(?:number|truth|bytes)\\(\\s*ctx,\\s*)\"([a-z_]+)\"");
        Set<String> inSource = new TreeSet<>();
        try (Stream<Path> files = Files.list(Path.of("src/main/java/io/blockdb/server/http"))) {
            for (Path file : files.toList()) {
                Matcher matcher = read.matcher(Files.readString(file));
                while (matcher.find()) {
                    inSource.add(matcher.group(1));
                }
            }
        }
        Set<String> described = new TreeSet<>();
        for (Description.Operation operation : description.operations().values()) {
            for (Map<String, @Nullable Object> parameter : operation.parameters()) {
                if ("query".equals(parameter.get("in"))) {
                    described.add(String.valueOf(parameter.get("name")));
                }
            }
        }
        assertEquals(inSource, described);
    }

    /** The names of problems are listed once in the code and once here. */
    @Test
    void everyProblemIsDescribed() {
        Map<String, @Nullable Object> problem =
                description.schemas().resolved(Map.of("$ref", "#/components/schemas/Problem/properties/error"));
        List<String> names =
                Stream.of(Problem.Kind.values()).map(Problem.Kind::error).toList();
        assertEquals(names, problem.get("enum"));
    }
}
