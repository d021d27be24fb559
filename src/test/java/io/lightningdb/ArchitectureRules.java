package io.lightningdb;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.PackageMatcher;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.NullMarked;

/// The house rules for the packages at and below one root, which is `io.lightningdb` for the code
/// that ships. [ArchitectureTest] also makes them for a second root, below which each of them is
/// broken on purpose, so that a rule that cannot fail does not go unnoticed.
record ArchitectureRules(String root) {

  /// From the top down. A class may use its own layer and those below it, never one above.
  // Read what is mapped without a lambda around it.
  private static final Set<String> IN_PLACE = Set.of("RunBlocks", "RunReader", "InPlaceCursor");

  private static final List<List<String>> LAYERS =
      List.of(
          List.of(""),
          List.of(".server..", ".tool"),
          List.of(".tool.client.."),
          List.of(".token..", ".target.."),
          List.of(".engine"),
          List.of(
              ".engine.commit..",
              ".engine.compaction..",
              ".engine.transaction..",
              ".engine.backup..",
              ".engine.repair..",
              ".engine.integrity.."),
          List.of(".engine.store.."),
          List.of(".engine.manifest.."),
          List.of(".engine.memtable..", ".engine.run..", ".engine.log.."),
          List.of(".engine.cursor..", ".engine.cache.."),
          List.of(".engine.io..", ".engine.format..", ".engine.latency.."));

  private static final Set<String> SLEEPS =
      Set.of("java.lang.Thread.sleep", "java.util.concurrent.TimeUnit.sleep");

  private static final Set<String> CLOCKS =
      Set.of(
          "java.lang.System.currentTimeMillis",
          "java.lang.System.nanoTime",
          "java.time.Clock.systemUTC",
          "java.time.Instant.now");

  private static final String FILES =
      "java\\.nio\\.file\\.Files|java\\.nio\\.channels\\.(FileChannel|FileLock|Asynchronous.*)"
          + "|java\\.io\\.(RandomAccessFile|File.*Stream|FileReader|FileWriter)";

  private static final String MAKES_FILES =
      "create(File|Directory|Directories)|write|writeString|newOutputStream|newBufferedWriter|copy";

  private static final Set<String> EXITS =
      Set.of("java.lang.System.exit", "java.lang.Runtime.exit", "java.lang.Runtime.halt");

  /// Rules for the code that ships.
  List<ArchRule> forMain() {
    return List.of(
        importsGoDownOnly(),
        engineHasNoCycles(),
        serverAndToolAreStrangers(),
        springStaysInServer(),
        jacksonIsForWhatSpeaksHttp(),
        clientNeedsLittle(),
        engineNeedsLittle(),
        filesHaveOneSeam(),
        filesAreMadeWithOneMode(),
        mappedMemoryIsNotForIntrinsics(),
        mappedFaultsAreMetInFewPlaces(),
        mappingsHaveOneOwner(),
        timeHasOneSeam(),
        onlyTheApplicationExits(),
        namesSayWhatAClassIs(),
        packagesAreNullMarked());
  }

  /// Rules for the code that tests it.
  List<ArchRule> forTests() {
    return List.of(testsDoNotSleep(), testsAreNotDisabled(), testsAreFound());
  }

  private ArchRule importsGoDownOnly() {
    return classes()
        .should(
            eachClass(
                "use only its own layer and those below",
                (type, events) -> {
                  int layer = layerOf(type);
                  events.add(event(type, layer >= 0, type.getName() + " is in no layer"));
                  for (Dependency use : type.getDirectDependenciesFromSelf()) {
                    boolean up =
                        isOurs(use.getTargetClass()) && layerOf(use.getTargetClass()) < layer;
                    events.add(event(type, !up, use.getDescription()));
                  }
                }));
  }

  private ArchRule engineHasNoCycles() {
    return slices()
        .matching(root + ".engine.(*)..")
        .should()
        .beFreeOfCycles()
        .because("packages of one layer may use each other in one direction only")
        .allowEmptyShould(true);
  }

  private ArchRule serverAndToolAreStrangers() {
    return slices()
        .matching(root + ".(server|tool)..")
        .should()
        .notDependOnEachOther()
        .because("a tool works without a server, and a server without tools")
        .allowEmptyShould(true);
  }

  private ArchRule springStaysInServer() {
    return noClasses()
        .that()
        .resideOutsideOfPackages(root, root + ".server..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.springframework..", "jakarta.servlet..")
        .allowEmptyShould(true);
  }

  private ArchRule jacksonIsForWhatSpeaksHttp() {
    return noClasses()
        .that()
        .resideOutsideOfPackages(root, root + ".server..", root + ".tool.client..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("tools.jackson..")
        .allowEmptyShould(true);
  }

  private ArchRule clientNeedsLittle() {
    return classes()
        .that()
        .resideInAPackage(root + ".tool.client..")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            root + ".tool.client..",
            "io.lightningdb.engine.io..",
            "java..",
            "javax.net.ssl..",
            "me.tongfei.progressbar..",
            "org.jline..",
            "org.jspecify..",
            "picocli..",
            "tools.jackson..")
        .because("a client knows the service by its contract, and starts in no time")
        .allowEmptyShould(true);
  }

  private ArchRule engineNeedsLittle() {
    return classes()
        .that()
        .resideInAPackage(root + ".engine..")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            root + ".engine..", "java..", "net.jpountz..", "com.github.luben..", "org.jspecify..")
        .allowEmptyShould(true);
  }

  private ArchRule filesHaveOneSeam() {
    return noClasses()
        .that(areInEngineOutsideTheSeam())
        .should()
        .dependOnClassesThat()
        .haveNameMatching(FILES)
        .because("tests replace the disk at engine.io, and must replace all of it")
        .allowEmptyShould(true);
  }

  private ArchRule filesAreMadeWithOneMode() {
    return noClasses()
        .that()
        .resideOutsideOfPackage(root + ".engine.io..")
        .should()
        .callMethodWhere(
            describe(
                "makes or writes a file",
                call ->
                    (call.getTargetOwner().isEquivalentTo(Files.class)
                            && call.getName().matches(MAKES_FILES))
                        || (call.getTargetOwner().isEquivalentTo(FileChannel.class)
                            && call.getName().equals("open"))))
        .orShould()
        .dependOnClassesThat()
        .haveNameMatching("java\\.io\\.(RandomAccessFile|FileWriter)")
        .because("engine.io.FileModes gives files and directories the modes 0600 and 0700")
        .allowEmptyShould(true);
  }

  private ArchRule mappedMemoryIsNotForIntrinsics() {
    return noClasses()
        .that()
        .resideInAPackage(root + ".engine..")
        .should()
        .callMethodWhere(
            describe(
                "gives memory to code that HotSpot has as a stub",
                call ->
                    call.getTargetOwner().isEquivalentTo(MemorySegment.class)
                        && call.getName().matches("asByteBuffer|mismatch")))
        .because("a page that cannot be read ends the process there; see engine.io.MappedFault")
        .allowEmptyShould(true);
  }

  private ArchRule mappedFaultsAreMetInFewPlaces() {
    return classes()
        .should(
            eachClass(
                "catch InternalError only where mapped memory is read or stored to",
                (type, events) -> {
                  boolean reads =
                      isIn(type, root + ".engine.io..")
                          || (type.getName().startsWith(root + ".engine.run.")
                              && IN_PLACE.contains(type.getSimpleName()));
                  for (JavaCodeUnit unit : type.getCodeUnits()) {
                    boolean meets =
                        unit.getTryCatchBlocks().stream()
                            .flatMap(block -> block.getCaughtThrowables().stream())
                            .anyMatch(caught -> caught.isEquivalentTo(InternalError.class));
                    events.add(event(type, reads || !meets, unit.getFullName()));
                  }
                }));
  }

  private ArchRule mappingsHaveOneOwner() {
    return noClasses()
        .that()
        .resideOutsideOfPackage(root + ".engine.io..")
        .should()
        .callMethodWhere(
            describe(
                "maps a file by itself",
                call ->
                    call.getName().equals("map")
                        && call.getTargetOwner()
                            .isAssignableTo("io.lightningdb.engine.io.Storage")))
        .because("engine.io.MappedFile owns mappings, and tells damage for what it is")
        .allowEmptyShould(true);
  }

  private ArchRule timeHasOneSeam() {
    return noClasses()
        .that(areInEngineOutsideTheSeam())
        .should()
        .accessTargetWhere(isOneOf(CLOCKS))
        .orShould()
        .accessTargetWhere(isOneOf(SLEEPS))
        .because("tests replace the clock at engine.io, and must replace all of it")
        .allowEmptyShould(true);
  }

  private ArchRule onlyTheApplicationExits() {
    return noClasses()
        .that()
        .doNotHaveFullyQualifiedName(root + ".LightningDbApplication")
        .should()
        .accessTargetWhere(isOneOf(EXITS))
        .allowEmptyShould(true);
  }

  private ArchRule namesSayWhatAClassIs() {
    return noClasses()
        .should()
        .haveNameMatching(".*[.$](Abstract[^.$]*|[^.$]*(Manager|Helper|Utils?|Impl))");
  }

  private ArchRule packagesAreNullMarked() {
    return classes()
        .should(
            eachClass(
                "be in a package whose package-info.java says @NullMarked",
                (type, events) -> {
                  boolean marked = type.getPackage().isAnnotatedWith(NullMarked.class);
                  events.add(event(type, marked, type.getPackageName() + ", of " + type.getName()));
                }));
  }

  private ArchRule testsDoNotSleep() {
    return noClasses()
        .should()
        .accessTargetWhere(isOneOf(SLEEPS))
        .because("a test waits for what it needs, with a bound, and not for time to pass");
  }

  private ArchRule testsAreNotDisabled() {
    return noClasses()
        .should()
        .dependOnClassesThat()
        .haveFullyQualifiedName("org.junit.jupiter.api.Disabled")
        .because("a test that does not run proves nothing");
  }

  private ArchRule testsAreFound() {
    return methods()
        .that()
        .areMetaAnnotatedWith("org.junit.platform.commons.annotation.Testable")
        .should()
        .beDeclaredInClassesThat(
            describe("are named *Test", type -> outermost(type).getSimpleName().endsWith("Test")))
        .because("Surefire passes over classes of other names in silence");
  }

  private DescribedPredicate<JavaClass> areInEngineOutsideTheSeam() {
    return describe(
        "are in engine, outside engine.io",
        type -> isIn(type, root + ".engine..") && !isIn(type, root + ".engine.io.."));
  }

  private boolean isOurs(JavaClass type) {
    return isIn(type, root + "..");
  }

  /// The index in [#LAYERS], or -1 for a package in none.
  private int layerOf(JavaClass type) {
    for (int layer = 0; layer < LAYERS.size(); layer++) {
      if (LAYERS.get(layer).stream().anyMatch(pattern -> isIn(type, root + pattern))) {
        return layer;
      }
    }
    return -1;
  }

  private static boolean isIn(JavaClass type, String packages) {
    return PackageMatcher.of(packages).matches(type.getBaseComponentType().getPackageName());
  }

  private static JavaClass outermost(JavaClass type) {
    return type.getEnclosingClass().map(ArchitectureRules::outermost).orElse(type);
  }

  private static DescribedPredicate<JavaAccess<?>> isOneOf(Set<String> members) {
    return describe(
        "is one of " + members,
        access -> members.contains(access.getTargetOwner().getName() + "." + access.getName()));
  }

  private static SimpleConditionEvent event(JavaClass type, boolean holds, String message) {
    return new SimpleConditionEvent(type, holds, message);
  }

  private static ArchCondition<JavaClass> eachClass(
      String description, BiConsumer<JavaClass, ConditionEvents> check) {
    return new ArchCondition<>(description) {
      @Override
      public void check(JavaClass type, ConditionEvents events) {
        check.accept(type, events);
      }
    };
  }
}
