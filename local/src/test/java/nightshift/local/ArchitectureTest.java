package nightshift.local;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;

import org.junit.jupiter.api.Test;

/// Dependencies point inwards: `local`, `functions`, then the adapters and the API's classes, then
/// the domain, which depends on the JDK only.
class ArchitectureTest {
    private static final JavaClasses NIGHTSHIFT =
            new ClassFileImporter()
                    .withImportOption(new ImportOption.DoNotIncludeTests())
                    .withImportOption(location -> !location.contains("-tests.jar"))
                    .importPackages("nightshift");
    private static final String[] DOMAIN = {
        "nightshift.automation", "nightshift.notification", "nightshift.run", "nightshift.task"
    };
    private static final String[] ADAPTERS = {
        "nightshift.dynamo",
        "nightshift.scheduler",
        "nightshift.s3",
        "nightshift.events",
        "nightshift.webhook"
    };

    @Test
    void the_domain_knows_the_jdk_alone() {
        check(
                classes()
                        .that()
                        .resideInAnyPackage(DOMAIN)
                        .should()
                        .onlyDependOnClassesThat()
                        .resideInAnyPackage(
                                "nightshift.automation",
                                "nightshift.notification",
                                "nightshift.run",
                                "nightshift.task",
                                "java..",
                                "org.jspecify.annotations"));
    }

    @Test
    void the_apis_kit_does_not_know_the_domain_or_aws() {
        check(
                noClasses()
                        .that()
                        .resideInAPackage("nightshift.api")
                        .should()
                        .dependOnClassesThat()
                        .resideInAnyPackage(DOMAIN));
        check(
                noClasses()
                        .that()
                        .resideInAPackage("nightshift.api")
                        .should()
                        .dependOnClassesThat()
                        .resideInAPackage("software.amazon.."));
    }

    @Test
    void nothing_below_the_functions_knows_them() {
        check(
                noClasses()
                        .that()
                        .resideInAnyPackage(DOMAIN)
                        .or()
                        .resideInAnyPackage(ADAPTERS)
                        .or()
                        .resideInAPackage("nightshift.api")
                        .should()
                        .dependOnClassesThat()
                        .resideInAPackage("nightshift.functions.."));
    }

    @Test
    void nothing_knows_the_local_run() {
        check(
                noClasses()
                        .that()
                        .resideOutsideOfPackage("nightshift.local")
                        .should()
                        .dependOnClassesThat()
                        .resideInAPackage("nightshift.local"));
    }

    @Test
    void only_the_adapters_and_the_wiring_speak_to_aws() {
        check(
                noClasses()
                        .that()
                        .resideInAPackage("nightshift.functions..")
                        .and()
                        .doNotHaveSimpleName("AwsWiring")
                        .should()
                        .dependOnClassesThat()
                        .resideInAPackage("software.amazon.awssdk.services.."));
    }

    /// An empty package breaks no rule.
    private static void check(ArchRule rule) {
        rule.allowEmptyShould(true).check(NIGHTSHIFT);
    }
}
