package nightshift.cli;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;

import nightshift.automation.CronExpression;
import nightshift.automation.CronSyntaxException;
import nightshift.automation.IanaZone;

import org.junit.jupiter.api.Test;

import java.util.Set;

/// The command line knows the public API alone. The one thing that it shares with the service is
/// what a cron expression means: a plan of 500 files cannot ask for that over the network.
class ArchitectureTest {
    private static final Set<Class<?>> SHARED =
            Set.of(CronExpression.class, CronSyntaxException.class, IanaZone.class);

    @Test
    void knows_nothing_of_the_service_but_what_a_cron_expression_means() {
        classes()
                .that()
                .resideInAPackage("nightshift.cli..")
                .should()
                .onlyDependOnClassesThat(
                        resideInAnyPackage(
                                        "nightshift.cli..",
                                        "java..",
                                        "org.jspecify.annotations",
                                        "com.fasterxml.jackson..",
                                        "org.snakeyaml.engine..",
                                        "picocli")
                                .or(describe("are shared", ArchitectureTest::isShared)))
                .check(
                        new ClassFileImporter()
                                .withImportOption(new ImportOption.DoNotIncludeTests())
                                .importPackages("nightshift.cli"));
    }

    private static boolean isShared(JavaClass found) {
        return SHARED.stream().anyMatch(found::isEquivalentTo);
    }
}
