package io.blockdb.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** The command line's row in the table of ARCHITECTURE.md: it knows the engine by its face. */
class ArchitectureTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.blockdb.cli");

    @Test
    void theCommandLineUsesTheFaceOfTheEngine() {
        DescribedPredicate<JavaClass> allowed = JavaClass.Predicates.resideInAnyPackage(
                "java..",
                "javax.net.ssl..",
                "io.blockdb.cli..",
                "io.blockdb.db",
                "io.blockdb.proof",
                "io.blockdb.base",
                "picocli..",
                "org.jline..",
                "com.fasterxml.jackson.core..",
                "org.jspecify.annotations..",
                "com.google.errorprone.annotations..",
                "org.slf4j..");
        classes()
                .should()
                .onlyDependOnClassesThat(DescribedPredicate.describe(
                        "are of the face, the JDK, picocli, JLine or Jackson's core",
                        type -> type.getBaseComponentType().isPrimitive()
                                || allowed.test(type.getBaseComponentType())
                                || type.getFullName().equals("io.blockdb.ledger.DiskFullException")))
                .check(CLASSES);
    }

    /** It takes half a second to load. */
    @Test
    void theHttpClientOfTheJdkIsNotUsed() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.net.http..")
                .check(CLASSES);
    }

    /** What commands ask of a database is known to both who have one; they do not know the commands. */
    @Test
    void packagesDependDownwardsOnly() {
        noClasses()
                .that()
                .resideInAnyPackage("io.blockdb.cli.database", "io.blockdb.cli.remote")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.blockdb.cli")
                .check(CLASSES);
        noClasses()
                .that()
                .resideInAPackage("io.blockdb.cli.database")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.blockdb.cli.remote")
                .check(CLASSES);
    }

    @Test
    void noTypeIsNamedForWhatItIsNot() {
        noClasses()
                .should()
                .haveNameMatching(".*(Util|Utils|Helper|Helpers|Manager|Impl|Common|Misc)(\\$.*)?")
                .check(CLASSES);
    }
}
