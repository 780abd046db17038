package io.blockdb;

import static com.tngtech.archunit.core.domain.JavaModifier.PUBLIC;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Holds the table of ARCHITECTURE.md: who may import whom, how large and how visible things are. */
class ArchitectureTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.blockdb");

    /** For each package, the packages of ours that it may use besides itself. */
    private static final Map<String, List<String>> MAY_USE = Map.of(
            "base", List.of(),
            "proof", List.of("base"),
            "access", List.of("base"),
            "io", List.of("base"),
            "memtable", List.of("base"),
            "sstable", List.of("base", "io"),
            "ledger", List.of("base", "io", "proof"),
            "manifest", List.of("base", "io"),
            "compaction", List.of("base", "io", "sstable", "manifest"),
            "db", List.of("base", "proof", "access", "io", "memtable", "sstable", "ledger", "manifest", "compaction"));

    /** For each package, the third parties that it may use besides those of {@link #ANYWHERE}. */
    private static final Map<String, List<String>> THIRD_PARTIES = Map.of(
            "io", List.of("net.openhft..", "com.sun.nio.file.."),
            "sstable", List.of("net.jpountz.."),
            "ledger", List.of("net.jpountz.."),
            "db", List.of("com.fasterxml.jackson.core.."));

    /** Annotations, and the JDK. */
    private static final List<String> ANYWHERE =
            List.of("java..", "javax.crypto..", "org.jspecify.annotations..", "com.google.errorprone.annotations..");

    private static final String LOGGING = "org.slf4j..";

    private static String ours(String name) {
        return "io.blockdb." + name + "..";
    }

    @Test
    void everyPackageIsInTheTable() {
        Set<String> found = CLASSES.stream().map(JavaClass::getPackageName).collect(Collectors.toSet());
        assertEquals(MAY_USE.keySet().stream().map(name -> "io.blockdb." + name).collect(Collectors.toSet()), found);
    }

    @Test
    void packagesUseOnlyWhatTheTableSays() {
        for (Map.Entry<String, List<String>> row : MAY_USE.entrySet()) {
            List<String> allowed = new ArrayList<>(ANYWHERE);
            allowed.add(ours(row.getKey()));
            row.getValue().forEach(name -> allowed.add(ours(name)));
            allowed.addAll(THIRD_PARTIES.getOrDefault(row.getKey(), List.of()));
            if (!row.getKey().equals("base")) {
                allowed.add(LOGGING);
            }
            ArchRule rule = ArchRuleDefinition.classes()
                    .that()
                    .resideInAPackage(ours(row.getKey()))
                    .should()
                    .onlyDependOnClassesThat(isPrimitiveOrIn(allowed));
            rule.check(CLASSES);
        }
    }

    private static DescribedPredicate<JavaClass> isPrimitiveOrIn(List<String> packages) {
        DescribedPredicate<JavaClass> in = JavaClass.Predicates.resideInAnyPackage(packages.toArray(String[]::new));
        return DescribedPredicate.describe(
                "are primitive or in " + packages,
                type -> type.getBaseComponentType().isPrimitive() || in.test(type.getBaseComponentType()));
    }

    /** Nor have the packages, then: {@link #packagesUseOnlyWhatTheTableSays}. */
    @Test
    void theTableHasNoCycles() {
        Set<String> left = new TreeSet<>(MAY_USE.keySet());
        for (int i = 0; i < MAY_USE.size(); i++) {
            left.removeIf(name -> Collections.disjoint(MAY_USE.getOrDefault(name, List.of()), left));
        }
        assertEquals(Set.of(), left, "these use one another in a circle");
    }

    @Test
    void noTypeIsNamedForWhatItIsNot() {
        noClasses()
                .should()
                .haveNameMatching(".*(Util|Utils|Helper|Helpers|Manager|Impl|Common|Misc)(\\$.*)?")
                .check(CLASSES);
    }

    @Test
    void whatCannotBeRepeatedComesFromTheEnvironment() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.blockdb.io..")
                .should()
                .dependOnClassesThat(DescribedPredicate.describe(
                        "are clocks or randomness",
                        type -> type.isAssignableTo(java.time.Clock.class)
                                || type.isEquivalentTo(java.time.Instant.class)
                                || type.isEquivalentTo(java.util.Random.class)
                                || type.isEquivalentTo(java.util.concurrent.ThreadLocalRandom.class)
                                || type.isEquivalentTo(java.util.UUID.class)))
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(Math.class, "random")
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.nio.file.Files")
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.io.File")
                .orShould()
                .dependOnClassesThat()
                .resideInAPackage("java.nio.channels")
                .check(CLASSES);
    }

    /** Elapsed time is measured where a user is told of it, and nowhere does it decide anything. */
    @Test
    void elapsedTimeIsMeasuredInFewPlaces() {
        noClasses()
                .that()
                .doNotHaveFullyQualifiedName("io.blockdb.db.Index")
                .and()
                .doNotHaveFullyQualifiedName("io.blockdb.db.BlockDb")
                .and()
                .doNotHaveFullyQualifiedName("io.blockdb.db.Timings")
                .should()
                .callMethod(System.class, "nanoTime")
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
