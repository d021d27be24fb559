package io.lightningdb.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The folder and the archive of the distribution.
class DistributionTest {
  private static final List<String> EPHEMERAL = List.of("--server.port=0");
  private static final double EXPOSURE_MAX = 2.0;

  @TempDir private static Path top;

  /// The archive, unpacked elsewhere than it was made, in a folder with a space in its name.
  private static Path home;

  @BeforeAll
  static void unpack() throws Exception {
    Path folder = Files.createDirectory(top.resolve("a folder"));
    Made.ok("tar", "-xzf", Made.archive().toString(), "-C", folder.toString());
    home = folder.resolve(Made.NAME);
  }

  private static List<String> launcher(Path home, List<String> args) {
    return Stream.concat(Stream.of(home + "/bin/lightningdb"), args.stream()).toList();
  }

  private static Started start(Path home, Path folder, String options) throws Exception {
    return Started.start(
        folder, Map.of("LIGHTNING_JAVA_OPTIONS", options), launcher(home, EPHEMERAL));
  }

  private static Made.Ended command(Started service, String... args) throws Exception {
    return Made.run(top, Map.of("LIGHTNING_URL", service.url()), launcher(home, List.of(args)));
  }

  @Test
  void itStartsWhereItIsUnpackedWithItsCacheAndCommandsTalkToIt() throws Exception {
    Path folder = Files.createDirectory(top.resolve("work"));
    // With this mode a cache that does not fit ends the start.
    try (Started service = start(home, folder, "-Xmx256m -XX:AOTMode=on")) {
      assertThat(command(service, "put", "--type", "text", "greeting", "hello").exitCode())
          .isZero();
      assertThat(command(service, "get", "greeting").out().strip()).isEqualTo("hello");
      assertThat(command(service, "health", "readiness").out()).startsWith("UP");
      assertThat(command(service, "get", "absent").exitCode()).isEqualTo(20);
      assertThat(operations(service)).isEqualTo(trained());
      assertThat(service.stop()).as(service.told()).isEqualTo(143);
      // With the file that lists all settings, the beans are still those of the build.
      assertThat(service.told()).doesNotContain("[aot", "WARNING", "put together at this start");
    }
    Made.Ended verified =
        Made.run(folder, Map.of(), launcher(home, List.of("verify", folder + "/data")));
    assertThat(verified.exitCode()).as(verified.out()).isZero();
    assertThat(Made.run(top, Map.of(), launcher(home, List.of("--version"))).out())
        .contains(Made.VERSION);
  }

  /// Operations of the document that the service serves, as method and path.
  private static Set<String> operations(Started service) throws Exception {
    HttpResponse<String> answer =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(URI.create(service.url() + "/v3/api-docs")).build(),
                HttpResponse.BodyHandlers.ofString());
    Set<String> operations = new TreeSet<>();
    JsonNode paths = JsonMapper.shared().readTree(answer.body()).path("paths");
    for (Map.Entry<String, JsonNode> path : paths.properties()) {
      for (String method : List.of("get", "head", "put", "post", "delete")) {
        if (path.getValue().has(method)) {
          operations.add(method.toUpperCase() + " " + path.getKey());
        }
      }
    }
    return operations;
  }

  /// Operations that the training sends, among those of the document.
  private static Set<String> trained() throws Exception {
    Set<String> sent =
        Training.lines(Made.PROJECT.resolve("src/dist/training.txt")).stream()
            .map(line -> line.method() + " " + line.path().replaceAll("\\?.*", ""))
            .collect(Collectors.toCollection(TreeSet::new));
    Set<String> known = new TreeSet<>();
    Path openapi = Made.PROJECT.resolve("src/main/resources/openapi");
    Pattern pathLine = Pattern.compile("  (/[^ ]*):");
    Pattern methodLine = Pattern.compile("    (get|head|put|post|delete):");
    try (Stream<Path> files = Files.list(openapi)) {
      for (Path file : files.toList()) {
        String path = "";
        for (String line : Files.readAllLines(file)) {
          Matcher starts = pathLine.matcher(line);
          path = starts.matches() ? starts.group(1) : path;
          Matcher method = methodLine.matcher(line);
          if (method.matches()) {
            String text = method.group(1).toUpperCase() + " " + path;
            Pattern filled = Pattern.compile(text.replaceAll("\\{[^}]*}", "[^/]+"));
            if (sent.stream().anyMatch(one -> filled.matcher(one).matches())) {
              known.add(text);
            }
          }
        }
      }
    }
    return known;
  }

  @Test
  void aCacheThatDoesNotFitIsLeftAside() throws Exception {
    Path moved = top.resolve("moved");
    Made.ok("cp", "-a", home.toString(), moved.toString());
    Path jar = moved.resolve("lightningdb.jar");
    Files.setLastModifiedTime(jar, FileTime.from(Made.MOMENT.plusSeconds(2)));
    Path folder = Files.createDirectory(top.resolve("moved-work"));
    try (Started service = start(moved, folder, "-Xlog:class+load:file=classes.log")) {
      assertThat(service.told()).contains("[aot");
      assertThat(command(service, "health", "readiness").exitCode()).isZero();
      assertThat(service.stop()).isEqualTo(143);
    }
    // Without a cache, classes are loaded when they are needed: the object store, traces and JWTs
    // are not configured.
    assertThat(folder.resolve("classes.log"))
        .content()
        .contains("] io.lightningdb.server.DatabaseConfiguration ")
        .doesNotContain("] software.amazon.")
        .doesNotContain("] io.opentelemetry.sdk.")
        .doesNotContain("] io.opentelemetry.exporter.")
        .doesNotContain("] com.nimbusds.");
  }

  /// The jar of the service is broken here: what works all the same has not read it.
  @Test
  void commandsForADirectoryStartWithoutTheService() throws Exception {
    Path without = top.resolve("without");
    Made.ok("cp", "-a", home.toString(), without.toString());
    Files.writeString(without.resolve("lightningdb.jar"), "");
    String none = Files.createDirectory(top.resolve("none")).toString();
    Map<List<String>, Integer> ends =
        Map.of(
            List.of("--version"), 0,
            List.of("help"), 0,
            List.of("token", "list", none), 0,
            List.of("verify", none), 12,
            List.of("dump", none + "/absent"), 12,
            List.of("restore", none, none + "/to"), 12);
    for (Map.Entry<List<String>, Integer> end : ends.entrySet()) {
      Made.Ended ended = Made.run(top, Map.of(), launcher(without, end.getKey()));
      assertThat(ended.exitCode())
          .as("%s: %s", end.getKey(), ended.out())
          .isEqualTo(end.getValue());
    }
    for (List<String> whole :
        List.of(List.of("restore", "s3://bucket/backups", none), EPHEMERAL, List.of("shell"))) {
      assertThat(Made.run(top, Map.of(), launcher(without, whole)).out())
          .as("%s", whole)
          .contains("lightningdb.jar");
    }
  }

  @Test
  void anotherJavaWillDo() throws Exception {
    Path other = top.resolve("other");
    Made.ok("cp", "-a", home.toString(), other.toString());
    Made.ok("rm", "-r", other + "/java");
    Made.Ended version =
        Made.run(
            top,
            Map.of("JAVA_HOME", System.getProperty("dist.jdk")),
            launcher(other, List.of("--version")));
    assertThat(version.out()).contains(Made.VERSION).doesNotContain("[aot");
  }

  @Test
  void everyFileIsOfTheMomentAndOfNobodyElse() throws Exception {
    try (Stream<Path> files = Files.walk(home)) {
      for (Path file : files.toList()) {
        assertThat(Files.getLastModifiedTime(file).toInstant())
            .as("%s", file)
            .isEqualTo(Made.MOMENT);
        boolean runs = Files.isDirectory(file) || Files.isExecutable(file);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
            .as("%s", file)
            .isEqualTo(runs ? "rwxr-xr-x" : "rw-r--r--");
      }
    }
    assertThat(home.resolve("bin/lightningdb")).isExecutable();
    assertThat(home.resolve("java/bin/java")).isExecutable();
    assertThat(home.resolve("java/lib/security/cacerts")).isRegularFile();
  }

  private static Map<String, Path> jars() throws IOException {
    try (Stream<Path> files = Files.list(home.resolve("lib"))) {
      return new TreeMap<>(
          files.collect(Collectors.toMap(jar -> jar.getFileName().toString(), jar -> jar)));
    }
  }

  @Test
  void theBillOfMaterialsNamesTheLibrariesAndNothingElse() throws Exception {
    JsonNode bill = JsonMapper.shared().readTree(home.resolve("lightningdb.cdx.json").toFile());
    assertThat(bill.path("bomFormat").asString()).isEqualTo("CycloneDX");
    assertThat(bill.at("/metadata/component/name").asString()).isEqualTo("lightningdb");
    assertThat(bill.at("/metadata/component/version").asString()).isEqualTo(Made.VERSION);
    Map<String, String> checksums = new TreeMap<>();
    for (JsonNode component : bill.path("components")) {
      String name = component.path("name").asString() + "-" + component.path("version").asString();
      for (JsonNode hash : component.path("hashes")) {
        if (hash.path("alg").asString().equals("SHA-256")) {
          checksums.put(name + ".jar", hash.path("content").asString());
        }
      }
    }
    Map<String, String> found = new TreeMap<>();
    for (Map.Entry<String, Path> jar : jars().entrySet()) {
      byte[] content = Files.readAllBytes(jar.getValue());
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(content);
      found.put(jar.getKey(), HexFormat.of().formatHex(digest));
    }
    assertThat(checksums).isEqualTo(found);
  }

  @Test
  void theNoticesNameEveryLibraryAndItsLicences() throws Exception {
    Pattern line = Pattern.compile("(\\S+) \\(\\S+\\): (.+)");
    List<Matcher> lines =
        Files.readAllLines(home.resolve("THIRD-PARTY.txt")).stream()
            .map(line::matcher)
            .filter(Matcher::matches)
            .toList();
    assertThat(lines.stream().map(matcher -> matcher.group(1) + ".jar").sorted().toList())
        .isEqualTo(List.copyOf(jars().keySet()));
    assertThat(lines)
        .allSatisfy(matcher -> assertThat(matcher.group(2)).doesNotContainIgnoringCase("unknown"));
    // A licence wants changes to be told.
    assertThat(home.resolve("THIRD-PARTY.txt"))
        .content()
        .contains("commands.jar has classes of picocli, too, changed");
    assertThat(home.resolve("LICENSE")).hasSameTextualContentAs(Made.PROJECT.resolve("LICENSE"));
    assertThat(home.resolve("java/legal/java.base")).isDirectory();
  }

  @Test
  void nativeCodeOfOtherPlatformsIsLeftOut() throws Exception {
    for (Path jar : jars().values()) {
      String listed = Made.ok(System.getProperty("dist.jdk") + "/bin/jar", "tf", jar.toString());
      List<String> others =
          listed
              .lines()
              .filter(name -> name.matches(".*\\.(so|dll|dylib|jnilib)"))
              .filter(name -> !name.contains("linux/" + System.getProperty("os.arch") + "/"))
              .toList();
      assertThat(others).as("%s", jar).isEmpty();
    }
  }

  @Test
  void theUnitIsUnderstoodAndShutsTheServiceIn() throws Exception {
    Made.needs("systemd-analyze");
    Path unit = top.resolve("lightningdb.service");
    Files.writeString(
        unit,
        Files.readString(home.resolve("lightningdb.service"))
            // That is where it says that the distribution is.
            .replace("/opt/lightningdb/bin/lightningdb", "/bin/true"));
    Made.ok("systemd-analyze", "verify", "--man=no", unit.toString());
    String rated =
        Made.ok("systemd-analyze", "security", "--offline=true", "--no-pager", unit.toString());
    Matcher exposure = Pattern.compile("exposure level for \\S+: (\\d+\\.\\d+)").matcher(rated);
    assertThat(exposure.find()).as(rated).isTrue();
    assertThat(Double.parseDouble(exposure.group(1))).as(rated).isLessThanOrEqualTo(EXPOSURE_MAX);
  }

  @Test
  void itIsMadeAlikeAgain() throws Exception {
    Path again = top.resolve("again").resolve(Made.NAME);
    Path parts = Files.createDirectory(top.resolve("parts"));
    Path made = Made.PROJECT.resolve("target/dist-parts");
    for (String part : List.of("THIRD-PARTY.txt", "lightningdb.cdx.json")) {
      Files.copy(made.resolve(part), parts.resolve(part));
    }
    Made.Ended ended =
        Made.run(
            top,
            Map.of("TRAINING_ROUNDS", "0"),
            List.of(
                Made.PROJECT + "/src/dist/pack",
                System.getProperty("dist.jdk"),
                Made.PROJECT + "/target/lightningdb.jar",
                parts.toString(),
                again.toString(),
                Made.MOMENT.toString()));
    assertThat(ended.exitCode()).as(ended.out()).isZero();
    Made.Ended compared =
        Made.run(
            top,
            Map.of(),
            List.of("diff", "-rq", "--exclude=*.aot", home.toString(), again.toString()));
    assertThat(compared.out()).isEmpty();
  }
}
