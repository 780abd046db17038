package io.blockdb.client;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** The client's row in the table of ARCHITECTURE.md: of the engine it knows what needs nothing but the JDK. */
class ArchitectureTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.blockdb.client");

    @Test
    void theClientNeedsProofsAndNoEngine() {
        DescribedPredicate<JavaClass> allowed = JavaClass.Predicates.resideInAnyPackage(
                "java..",
                "javax.net.ssl..",
                "io.blockdb.client..",
                "io.blockdb.proof",
                "io.blockdb.base",
                "com.fasterxml.jackson.core..",
                "org.jspecify.annotations..");
        classes()
                .should()
                .onlyDependOnClassesThat(DescribedPredicate.describe(
                        "are of base, proof, the JDK or Jackson's core",
                        type -> type.getBaseComponentType().isPrimitive() || allowed.test(type.getBaseComponentType())))
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
