package io.blockdb.server;

import static com.tngtech.archunit.core.domain.JavaModifier.PUBLIC;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Holds the server's part of the table of ARCHITECTURE.md: who may import whom, how large and how visible things are. */
class ArchitectureTest {
    private static final String ROOT = "io.blockdb.server";

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages(ROOT);

    /** The packages, from the top: each may use those that stand below it. The first is the root itself. */
    private static final List<String> FROM_THE_TOP =
            List.of("", ".http", ".feed", ".metrics", ".security", ".security.tls", ".node", ".config");

    /** For each package, what else it may use besides those of {@link #ANYWHERE}. */
    private static final Map<String, List<String>> THIRD_PARTIES = Map.of(
            "", List.of("picocli..", "ch.qos.logback.."),
            ".http",
                    List.of(
                            "io.javalin..",
                            "org.eclipse.jetty..",
                            "jakarta.servlet..",
                            "kotlin..",
                            "com.fasterxml.jackson.core..",
                            "io.blockdb.ledger"),
            ".feed", List.of("com.fasterxml.jackson.core..", "io.blockdb.ledger"),
            ".metrics",
                    List.of(
                            "com.sun.management..",
                            "io.micrometer..",
                            "io.prometheus.metrics..",
                            "com.fasterxml.jackson.core.."),
            ".security", List.of("com.fasterxml.jackson.core.."),
            ".node", List.of("io.blockdb.io"),
            ".config", List.of("org.tomlj.."));

    /** The JDK, annotations, the log, and the face of the engine. */
    private static final List<String> ANYWHERE = List.of(
            "java..",
            "javax.crypto..",
            "javax.net.ssl..",
            "javax.security.auth..",
            "org.jspecify.annotations..",
            "com.google.errorprone.annotations..",
            "org.slf4j..",
            "io.blockdb.access",
            "io.blockdb.base",
            "io.blockdb.proof",
            "io.blockdb.db");

    @Test
    void everyPackageHasAPlace() {
        Set<String> known = FROM_THE_TOP.stream().map(name -> ROOT + name).collect(Collectors.toSet());
        Set<String> found =
                CLASSES.stream().map(JavaClass::getPackageName).collect(Collectors.toCollection(TreeSet::new));
        found.removeAll(known);
        assertEquals(Set.of(), found, "packages that have no place");
    }

    @Test
    void packagesUseOnlyWhatStandsBelowThem() {
        for (int i = 0; i < FROM_THE_TOP.size(); i++) {
            List<String> allowed = new ArrayList<>(ANYWHERE);
            FROM_THE_TOP.subList(i, FROM_THE_TOP.size()).forEach(name -> allowed.add(ROOT + name));
            allowed.addAll(THIRD_PARTIES.getOrDefault(FROM_THE_TOP.get(i), List.of()));
            ArchRuleDefinition.classes()
                    .that()
                    .resideInAPackage(ROOT + FROM_THE_TOP.get(i))
                    .should()
                    .onlyDependOnClassesThat(isPrimitiveOrIn(allowed))
                    .allowEmptyShould(true)
                    .check(CLASSES);
        }
    }

    private static DescribedPredicate<JavaClass> isPrimitiveOrIn(List<String> packages) {
        DescribedPredicate<JavaClass> in = JavaClass.Predicates.resideInAnyPackage(packages.toArray(String[]::new));
        return DescribedPredicate.describe(
                "are primitive or in " + packages,
                type -> type.getBaseComponentType().isPrimitive()
                        || in.test(type.getBaseComponentType())
                        || type.getFullName().equals("io.blockdb.ledger.DiskFullException"));
    }

    @Test
    void noTypeIsNamedForWhatItIsNot() {
        noClasses()
                .should()
                .haveNameMatching(".*(Util|Utils|Helper|Helpers|Manager|Impl|Common|Misc)(\\$.*)?")
                .check(CLASSES);
    }

    @Test
    void fewerThanHalfOfTheTypesArePublic() {
        List<JavaClass> named = CLASSES.stream()
                .filter(type ->
                        !type.isAnonymousClass() && !type.getSimpleName().equals("package-info"))
                .toList();
        Map<String, Long> shown = named.stream()
                .filter(ArchitectureTest::isPublic)
                .collect(Collectors.groupingBy(JavaClass::getPackageName, TreeMap::new, Collectors.counting()));
        long count = shown.values().stream().mapToLong(Long::longValue).sum();
        assertTrue(2 * count < named.size(), count + " of " + named.size() + " types are public: " + shown);
    }

    private static boolean isPublic(JavaClass type) {
        return type.getModifiers().contains(PUBLIC)
                && type.getEnclosingClass().map(ArchitectureTest::isPublic).orElse(true);
    }

    @Test
    void filesAreShort() throws IOException {
        List<String> tooLong = new ArrayList<>();
        for (String tree : List.of("src/main/java", "src/test/java")) {
            try (Stream<Path> files = Files.walk(Path.of(tree))) {
                for (Path file :
                        files.filter(path -> path.toString().endsWith(".java")).toList()) {
                    int lines = Files.readAllLines(file).size();
                    if (lines > 600) {
                        tooLong.add(file + ": " + lines);
                    }
                }
            }
        }
        assertEquals(List.of(), tooLong, "files of more than 600 lines");
    }
}
