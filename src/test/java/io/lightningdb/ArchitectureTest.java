package io.lightningdb;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// Holds the code to [ArchitectureRules], and the rules to finding what they are for.
class ArchitectureTest {

  private static final String ROOT = "io.lightningdb";
  private static final String PLANTED = ROOT + ".planted";

  private static final JavaClasses MAIN =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages(ROOT);
  private static final JavaClasses TESTS =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.ONLY_INCLUDE_TESTS)
          // What JMH makes of benchmarks is nobody's to read.
          .withImportOption(location -> !location.contains("jmh_generated"))
          .importPackages(ROOT);

  @TestFactory
  Stream<DynamicTest> codeThatShipsHoldsToTheRules() {
    return each(new ArchitectureRules(ROOT).forMain().stream(), rule -> rule.check(MAIN));
  }

  @TestFactory
  Stream<DynamicTest> testsHoldToTheRules() {
    JavaClasses written = TESTS.that(not(resideInAPackage(PLANTED + "..")));
    return each(new ArchitectureRules(ROOT).forTests().stream(), rule -> rule.check(written));
  }

  @TestFactory
  Stream<DynamicTest> everyRuleFindsWhatWasPlantedForIt() {
    JavaClasses planted = TESTS.that(resideInAPackage(PLANTED + ".."));
    ArchitectureRules rules = new ArchitectureRules(PLANTED);
    return each(
        Stream.concat(rules.forMain().stream(), rules.forTests().stream()),
        rule ->
            assertThat(rule.evaluate(planted).hasViolation()).as(rule.getDescription()).isTrue());
  }

  private static Stream<DynamicTest> each(Stream<ArchRule> rules, Consumer<ArchRule> check) {
    return rules.map(
        rule -> DynamicTest.dynamicTest(rule.getDescription(), () -> check.accept(rule)));
  }
}
