package io.lightningdb.dist;

import static org.assertj.core.api.Assertions.assertThat;

import com.marcnuri.helm.Helm;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// The image, made and run as the chart would run it, and as it is run without one.
class ImageTest {
  private static final Path WORK = Made.PROJECT.resolve("target/dist-image");
  private static final String TAG = "lightningdb:" + Made.VERSION;
  private static final String TOKEN = "a-token-of-the-tests-0123456789abcdef0123456789abcdef";
  private static final int LARGE_BYTES = 3 << 20;
  private static final long MEMORY_BYTES = 512L << 20;
  private static final String MODE_ON = " -XX:AOTMode=on";

  @TempDir private static Path top;

  private static String working;
  private static Path root;
  private static JsonNode config;
  private static List<JsonNode> chart;
  private static List<JsonNode> maintenance;

  private static String buildah(String... arguments) throws Exception {
    return Made.ok(
            Stream.concat(
                    Stream.of(
                        "buildah",
                        "--root",
                        WORK + "/storage",
                        "--runroot",
                        WORK + "/run",
                        "--storage-driver",
                        "vfs"),
                    Arrays.stream(arguments))
                .toArray(String[]::new))
        .strip();
  }

  @BeforeAll
  static void make() throws Exception {
    Made.needs("buildah", "crun", "apt-get", "dpkg-deb", "unshare", "nsenter", "curl");
    Made.needsRoot();
    System.out.println(
        Made.ok(
            Made.PROJECT + "/src/dist/image",
            Made.FOLDER.toString(),
            WORK.toString(),
            Made.MOMENT.toString()));
    working = buildah("from", TAG);
    root = Path.of(buildah("mount", working));
    config =
        JsonMapper.shared()
            .readTree(buildah("inspect", "--type", "image", TAG))
            .path("Docker")
            .path("config");
    Path hooks = withHooksAsResources(top.resolve("helm"));
    chart = rendered(new Helm(hooks));
    maintenance = rendered(new Helm(hooks), "maintenance.enabled=true");
    // As the cluster does: the name of the service is found, here at its own address.
    Files.writeString(root.resolve("etc/hosts"), "127.0.0.1 localhost " + url().getHost() + "\n");
  }

  /// A copy of the chart in which hooks are ordinary resources: rendering leaves hooks out otherwise.
  private static Path withHooksAsResources(Path copy) throws IOException {
    Path source = Made.PROJECT.resolve("helm/lightningdb");
    try (Stream<Path> files = Files.walk(source)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path target = copy.resolve(source.relativize(file));
        Files.createDirectories(target.getParent());
        Files.writeString(
            target, Files.readString(file).replaceAll("(?m)^ *helm\\.sh/hook: .*\\R", ""));
      }
    }
    return copy;
  }

  private static List<JsonNode> rendered(Helm helm, String... values) {
    var template = helm.template().withName("demo").withNamespace("prod").withKubeVersion("1.34.0");
    for (String value : values) {
      template.set(value.substring(0, value.indexOf('=')), value.substring(value.indexOf('=') + 1));
    }
    List<JsonNode> all = new ArrayList<>();
    for (String manifest : template.call().split("(?m)^---$")) {
      all.add(new YAMLMapper().readTree(manifest));
    }
    return all;
  }

  @AfterAll
  static void forget() throws Exception {
    if (working != null) {
      buildah("rm", working);
    }
  }

  private static JsonNode manifest(String kind) {
    return manifest(chart, kind);
  }

  private static JsonNode manifest(List<JsonNode> all, String kind) {
    return all.stream()
        .filter(one -> one.path("kind").asString("").equals(kind))
        .findFirst()
        .orElseThrow();
  }

  private static JsonNode pod() {
    return manifest("StatefulSet").at("/spec/template/spec");
  }

  private static JsonNode database() {
    return pod().path("containers").get(0);
  }

  /// The container of `helm test`.
  private static JsonNode smokeTest() {
    return manifest("Pod").at("/spec/containers/0");
  }

  private static URI url() {
    return smokeTest()
        .path("env")
        .valueStream()
        .filter(variable -> variable.path("name").asString().equals("LIGHTNING_URL"))
        .map(variable -> URI.create(variable.path("value").asString()))
        .findFirst()
        .orElseThrow();
  }

  private static List<String> words(JsonNode list) {
    return list.valueStream().map(JsonNode::asString).toList();
  }

  private static String hash() throws Exception {
    byte[] digest = MessageDigest.getInstance("SHA-256").digest(TOKEN.getBytes("US-ASCII"));
    return HexFormat.of().formatHex(digest);
  }

  @Test
  void imageAndChartAgree() {
    assertThat(database().path("image").asString()).isEqualTo(TAG);
    JsonNode user = pod().path("securityContext");
    assertThat(config.path("User").asString())
        .isEqualTo(user.path("runAsUser").asString() + ":" + user.path("runAsGroup").asString());
    assertThat(config.at("/Labels/org.opencontainers.image.version").asString())
        .isEqualTo(Made.VERSION);
    // Commands of the chart, and of its documents, name the jar alone.
    assertThat(root.resolve("." + config.path("WorkingDir").asString() + "/lightningdb.jar"))
        .isRegularFile();
    // The entry point of the image is what the chart starts.
    assertThat(database().has("command")).isFalse();
    List<String> ports =
        database()
            .path("ports")
            .valueStream()
            .filter(port -> port.path("name").asString().equals("http"))
            .map(port -> port.path("containerPort").asString() + "/tcp")
            .toList();
    assertThat(config.path("ExposedPorts").propertyNames()).containsExactlyElementsOf(ports);
  }

  @Test
  void thereIsNothingToWorkWithInIt() throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      List<String> programs =
          files
              .filter(file -> Files.isRegularFile(file) && Files.isExecutable(file))
              .map(file -> root.relativize(file).toString())
              .filter(name -> !name.startsWith("opt/lightningdb/java/"))
              .filter(name -> !name.matches("(usr/)?lib(64)?/.*\\.so(\\.\\d+)*"))
              .toList();
      assertThat(programs).isEmpty();
    }
    try (Stream<Path> files = Files.walk(root)) {
      List<String> foreign =
          files
              .filter(file -> !Files.isSymbolicLink(file))
              .filter(file -> writable(file))
              .map(file -> "/" + root.relativize(file))
              .toList();
      assertThat(foreign).containsExactlyInAnyOrder("/tmp", "/data");
    }
    assertThat(words(config.path("Entrypoint")).getFirst()).isEqualTo("java");
    assertThat(words(config.at("/Healthcheck/Test")).subList(0, 2)).containsExactly("CMD", "java");
    assertThat(words(config.at("/Healthcheck/Test"))).contains("health");
  }

  /// Whether the user of the image may write to it.
  private static boolean writable(Path file) {
    try {
      Map<String, Object> attributes = Files.readAttributes(file, "unix:uid,mode");
      int mode = (int) attributes.get("mode");
      return (int) attributes.get("uid") != 0 || (mode & 0022) != 0;
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static List<String> environment(Map<String, String> more) {
    Map<String, String> all = new LinkedHashMap<>();
    for (String one : words(config.path("Env"))) {
      all.put(one.substring(0, one.indexOf('=')), one.substring(one.indexOf('=') + 1));
    }
    all.putAll(more);
    return all.entrySet().stream().map(one -> one.getKey() + "=" + one.getValue()).toList();
  }

  private static Path owned(Path folder, int user) throws IOException {
    Files.createDirectories(folder);
    Files.setAttribute(folder, "unix:uid", user);
    Files.setAttribute(folder, "unix:gid", user);
    return folder;
  }

  private static String curl(Container container, String... arguments) throws Exception {
    List<String> line =
        new ArrayList<>(
            List.of(
                "curl",
                "-sS",
                "--fail-with-body",
                "--max-time",
                "60",
                "-H",
                "Authorization: Bearer " + TOKEN));
    line.addAll(List.of(arguments));
    Made.Ended ended = container.outside(Map.of(), line);
    assertThat(ended.exitCode()).as("%s: %s", line, ended.out()).isZero();
    return ended.out();
  }

  /// Small and large values, in a keyspace whose blocks are compressed by native code.
  private static void writeAndRead(Container container, Path scratch) throws Exception {
    String keyspaces = "http://127.0.0.1:8080/v1/keyspaces";
    String json = "Content-Type: application/json";
    for (String compression : List.of("zstd", "lz4")) {
      String keyspace = keyspaces + "/" + compression;
      curl(
          container,
          "-X",
          "PUT",
          "-H",
          json,
          "-d",
          "{\"compression\":\"" + compression + "\"}",
          keyspace);
      byte[] large = new byte[LARGE_BYTES];
      new Random(16).nextBytes(large);
      Arrays.fill(large, LARGE_BYTES / 2, LARGE_BYTES, (byte) 'x');
      Path value = Files.write(scratch.resolve("value"), large);
      curl(container, "-T", value.toString(), keyspace + "/entries/large");
      curl(container, "-X", "PUT", "-d", "hello", keyspace + "/entries/small");
      curl(
          container,
          "-X",
          "POST",
          "-H",
          json,
          "-d",
          "{\"kind\":\"flush\",\"keyspace\":\"" + compression + "\"}",
          "http://127.0.0.1:8080/v1/admin/operations");
    }
    read(container, scratch);
  }

  private static void read(Container container, Path scratch) throws Exception {
    for (String compression : List.of("zstd", "lz4")) {
      String keyspace = "http://127.0.0.1:8080/v1/keyspaces/" + compression;
      Path back = scratch.resolve("back");
      curl(container, "-o", back.toString(), keyspace + "/entries/large");
      assertThat(Files.mismatch(scratch.resolve("value"), back)).isEqualTo(-1);
      assertThat(curl(container, keyspace + "/entries/small").strip()).isEqualTo("hello");
    }
  }

  /// Native libraries of the process that are not where the image has them.
  private static List<String> unpacked(Container container) throws IOException {
    return Files.readAllLines(Path.of("/proc", container.pid(), "maps")).stream()
        .filter(line -> line.contains("zstd-jni") || line.contains("lz4-java"))
        .filter(line -> !line.contains("/opt/lightningdb/java/lib/"))
        .filter(line -> !line.contains(".jar"))
        .toList();
  }

  /// The container of the database as the chart has it.
  private static Container.Description asTheChart(
      Path folder, JsonNode container, List<String> command, String javaOptions) throws Exception {
    int user = pod().at("/securityContext/runAsUser").asInt();
    Path settings = Files.createDirectories(folder.resolve("settings"));
    Files.writeString(
        settings.resolve("application.yaml"),
        manifest("ConfigMap").at("/data/application.yaml").asString());
    Map<String, String> variables = new LinkedHashMap<>();
    for (JsonNode variable : container.path("env")) {
      String name = variable.path("name").asString();
      // The secrets that the chart asks for.
      variables.put(
          name,
          name.equals("LIGHTNING_SECURITY_ADMINTOKENHASH")
              ? hash()
              : variable.path("value").asString());
    }
    variables.compute("JAVA_TOOL_OPTIONS", (_, options) -> options + javaOptions);
    Map<String, Container.Mount> volumes =
        Map.of(
            "data",
            new Container.Mount(owned(folder.resolve("volume"), user).toString(), "", List.of()),
            "config",
            new Container.Mount(settings.toString(), "", List.of()),
            "tmp",
            new Container.Mount("", "", List.of()));
    List<Container.Mount> mounts = new ArrayList<>();
    for (JsonNode mount : container.path("volumeMounts")) {
      String source = volumes.get(mount.path("name").asString()).source();
      List<String> options =
          source.isEmpty()
              ? List.of("nosuid", "nodev", "mode=1777", "size=256m")
              : List.of("rbind", mount.path("readOnly").asBoolean(false) ? "ro" : "rw");
      mounts.add(new Container.Mount(source, mount.path("mountPath").asString(), options));
    }
    assertThat(container.at("/securityContext/readOnlyRootFilesystem").asBoolean()).isTrue();
    assertThat(pod().path("volumes").toString()).contains("\"sizeLimit\":\"256Mi\"");
    assertThat(container.at("/resources/limits/memory").asString()).isEqualTo("2Gi");
    return new Container.Description(
        root,
        command,
        environment(variables),
        config.path("WorkingDir").asString(),
        user,
        2L << 30,
        mounts,
        null);
  }

  /// The pod of `helm test`, in the network of the service.
  private static void runTheTestOfTheChart(Container service) throws Exception {
    JsonNode spec = manifest("Pod").path("spec");
    JsonNode test = smokeTest();
    assertThat(test.path("image").asString()).isEqualTo(TAG);
    assertThat(test.at("/securityContext/readOnlyRootFilesystem").asBoolean()).isTrue();
    assertThat(test.at("/resources/limits/memory").asString()).isEqualTo("128Mi");
    assertThat(test.has("volumeMounts")).isFalse();
    Map<String, String> variables = new LinkedHashMap<>();
    for (JsonNode variable : test.path("env")) {
      String name = variable.path("name").asString();
      variables.put(
          name, name.equals("LIGHTNING_TOKEN") ? TOKEN : variable.path("value").asString());
    }
    assertThat(variables).containsOnlyKeys("LIGHTNING_URL", "LIGHTNING_TOKEN");
    Container.Description description =
        new Container.Description(
            root,
            words(test.path("command")),
            environment(variables),
            config.path("WorkingDir").asString(),
            spec.at("/securityContext/runAsUser").asInt(),
            128L << 20,
            List.of(),
            service);
    try (Container container =
        Container.begin("lightningdb-test", top.resolve("chart-test"), description)) {
      assertThat(container.ended()).as(container.told()).isZero();
      assertThat(container.told().lines().toList())
          .hasSize(8)
          .allMatch(line -> line.startsWith("ok: "));
    }
  }

  @Test
  void thePodForMaintenanceWaitsAndEndsAtOnce() throws Exception {
    JsonNode idle = manifest(maintenance, "StatefulSet").at("/spec/template/spec/containers/0");
    Path folder = Files.createDirectories(top.resolve("maintenance"));
    Container.Description description = asTheChart(folder, idle, words(idle.path("command")), "");
    try (Container container = Container.begin("lightningdb-idle", folder, description)) {
      container.awaitHandler();
      // As the table of exit codes has it for SIGTERM.
      assertThat(container.stop()).as(container.told()).isEqualTo(143);
      assertThat(folder.resolve("volume")).isEmptyDirectory();
    }
  }

  @Test
  void itRunsAsTheChartRunsIt() throws Exception {
    Path folder = Files.createDirectories(top.resolve("chart"));
    Container.Description description =
        asTheChart(folder, database(), words(config.path("Entrypoint")), MODE_ON);
    try (Container container = Container.start("lightningdb-chart", folder, description)) {
      curl(
          container,
          "--retry",
          "30",
          "--retry-all-errors",
          "--retry-delay",
          "1",
          "http://127.0.0.1:8081/actuator/health/readiness");
      runTheTestOfTheChart(container);
      writeAndRead(container, folder);
      assertThat(unpacked(container)).isEmpty();
      assertThat(container.stop()).as(container.told()).isEqualTo(143);
      assertThat(container.told()).doesNotContain("[aot");
    }
    try (Container container = Container.start("lightningdb-chart", folder, description)) {
      read(container, folder);
      assertThat(container.stop()).isEqualTo(143);
    }
  }

  @Test
  void itRunsWithoutTheChartAndWithoutCodeInItsTemporaryFiles() throws Exception {
    Path folder = Files.createDirectories(top.resolve("plain"));
    int user = Integer.parseInt(config.path("User").asString().split(":")[0]);
    String data = config.path("Volumes").propertyNames().iterator().next();
    List<Container.Mount> mounts =
        List.of(
            new Container.Mount(
                owned(folder.resolve("volume"), user).toString(), data, List.of("rbind", "rw")),
            new Container.Mount(
                "", "/tmp", List.of("nosuid", "nodev", "noexec", "mode=1777", "size=256m")));
    Container.Description description =
        new Container.Description(
            root,
            words(config.path("Entrypoint")),
            environment(
                Map.of(
                    "LIGHTNING_SECURITY_ADMINTOKENHASH",
                    hash(),
                    "JAVA_TOOL_OPTIONS",
                    MODE_ON.strip())),
            config.path("WorkingDir").asString(),
            user,
            MEMORY_BYTES,
            mounts,
            null);
    try (Container container = Container.start("lightningdb-plain", folder, description)) {
      List<String> check = words(config.at("/Healthcheck/Test"));
      Made.Ended health = container.inside(check.subList(1, check.size()));
      assertThat(health.exitCode()).as(health.out()).isZero();
      writeAndRead(container, folder);
      assertThat(unpacked(container)).isEmpty();
      assertThat(Files.list(folder.resolve("volume")).toList()).isNotEmpty();
      Pattern status = Pattern.compile("(?s).*NoNewPrivs:\\t1\n.*");
      String process = Files.readString(Path.of("/proc", container.pid(), "status"));
      assertThat(process).matches(status).contains("CapEff:\t0000000000000000");
      assertThat(container.stop()).as(container.told()).isEqualTo(143);
    }
  }
}
