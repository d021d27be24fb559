package io.lightningdb.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lightningdb.clients.PackedService;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// The files that are handed out, installed into a repository of their own, in projects of users: that of the page, and
/// the example.
///
/// Plugins and libraries come from the local repository of this build, as far as they are there.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class InstalledClientIT {
  private static final Path BUILD = Path.of(System.getProperty("service.folder")).toAbsolutePath();
  private static final Path PLACE = BUILD.resolve("installed");
  private static final Path SETTINGS = PLACE.resolve("settings.xml");
  private static final String NAME = "lightningdb-client-" + System.getProperty("client.version");
  private static final Pattern STARTED = Pattern.compile("Tomcat started on port (\\d+)");

  private PackedService service;

  @BeforeAll
  void install() throws Exception {
    delete(PLACE);
    Files.createDirectories(PLACE);
    Path known = Path.of(System.getProperty("local.repository")).toAbsolutePath();
    Files.writeString(
        SETTINGS,
        """
        <settings>
          <localRepository>%1$s</localRepository>
          <profiles><profile>
            <id>known</id>
            <repositories><repository><id>known</id><url>%2$s</url></repository></repositories>
            <pluginRepositories><pluginRepository><id>known</id><url>%2$s</url></pluginRepository></pluginRepositories>
          </profile></profiles>
          <activeProfiles><activeProfile>known</activeProfile></activeProfiles>
        </settings>
        """
            .formatted(PLACE.resolve("repository"), known.toUri()));
    maven(
        PLACE,
        "org.apache.maven.plugins:maven-install-plugin:"
            + System.getProperty("install.version")
            + ":install-file",
        "-Dfile=" + BUILD.resolve(NAME + ".jar"),
        "-DpomFile=" + BUILD.resolve(NAME + ".pom"),
        "-Dsources=" + BUILD.resolve(NAME + "-sources.jar"),
        "-Djavadoc=" + BUILD.resolve(NAME + "-javadoc.jar"));
    service = PackedService.start(Files.createTempDirectory(BUILD, "service").resolve("data"));
  }

  @AfterAll
  void stop() throws Exception {
    if (service != null) {
      service.close();
    }
  }

  private static void delete(Path folder) throws IOException {
    if (Files.exists(folder)) {
      Files.walkFileTree(
          folder,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                throws IOException {
              Files.delete(file);
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path visited, IOException failure)
                throws IOException {
              Files.delete(visited);
              return FileVisitResult.CONTINUE;
            }
          });
    }
  }

  private static String maven(Path folder, String... arguments) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("maven.home"), "bin", "mvn").toString(),
                "-B",
                "-q",
                "-s",
                SETTINGS.toString()));
    command.addAll(List.of(arguments));
    return run(folder, command);
  }

  private static String run(Path folder, List<String> command) throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    Process process = builder.start();
    String said = new String(process.getInputStream().readAllBytes());
    assertEquals(0, process.waitFor(), () -> command + "\n" + said);
    return said;
  }

  /// The oldest JDK that the client is for, if there is one on this machine.
  private static Path java17() throws IOException {
    Path all = Path.of("/usr/lib/jvm");
    if (Files.isDirectory(all)) {
      try (Stream<Path> homes = Files.list(all)) {
        for (Path home : homes.sorted().toList()) {
          Path release = home.resolve("release");
          if (Files.isRegularFile(release)
              && Files.isExecutable(home.resolve("bin").resolve("java"))
              && Files.readString(release).contains("JAVA_VERSION=\"17")) {
            return home.resolve("bin").resolve("java");
          }
        }
      }
    }
    System.out.println("There is no JDK 17: the client is run with that of the build.");
    return Path.of(System.getProperty("java.home"), "bin", "java");
  }

  private static String block(String language) throws IOException {
    Matcher block =
        Pattern.compile("```" + language + "\n(.*?)```", Pattern.DOTALL)
            .matcher(Files.readString(Path.of("README.md")));
    assertTrue(block.find(), language);
    return block.group(1);
  }

  @Test
  void linesOfThePageRunInAnEmptyProject() throws Exception {
    Path project = PLACE.resolve("empty");
    Path sources = Files.createDirectories(project.resolve("src/main/java"));
    Files.writeString(
        project.resolve("pom.xml"),
        """
        <project xmlns="http://maven.apache.org/POM/4.0.0">
          <modelVersion>4.0.0</modelVersion>
          <groupId>user</groupId>
          <artifactId>empty</artifactId>
          <version>1</version>
          <properties>
            <maven.compiler.release>17</maven.compiler.release>
            <project.build.sourceEncoding>UTF-8</project.build.sourceEncoding>
          </properties>
          <dependencies>
        %s  </dependencies>
          <build><plugins>
            <plugin><artifactId>maven-resources-plugin</artifactId><version>%s</version></plugin>
            <plugin><artifactId>maven-compiler-plugin</artifactId><version>%s</version></plugin>
          </plugins></build>
        </project>
        """
            .formatted(
                block("xml"),
                System.getProperty("resources.version"),
                System.getProperty("compiler.version")));
    String lines = block("java").replace("http://127.0.0.1:8080", service.url());
    Files.writeString(sources.resolve("Example.java"), lines);
    String printed =
        maven(
            project,
            "compile",
            "org.codehaus.mojo:exec-maven-plugin:" + System.getProperty("exec.version") + ":exec",
            "-Dexec.executable=" + java17(),
            "-Dexec.args=-cp %classpath Example");
    // Maven may put colours around it.
    assertTrue(printed.contains("{\"city\":\"Rome\"}"), printed);
  }

  @Test
  void exampleOfSpringBootRuns() throws Exception {
    Path example = PLACE.resolve("spring-boot");
    Path original = Path.of("../../examples/spring-boot");
    try (Stream<Path> files = Files.walk(original)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path copy = example.resolve(original.relativize(file).toString());
        Files.createDirectories(copy.getParent());
        Files.copy(file, copy);
      }
    }
    maven(example, "package", "-Dmaven.test.skip=true");
    Process shop =
        new ProcessBuilder(
                java17().toString(),
                "-jar",
                "target/shop.jar",
                "--server.port=0",
                "--lightning.url=" + service.url())
            .directory(example.toFile())
            .redirectErrorStream(true)
            .start();
    try (HttpClient http = HttpClient.newHttpClient()) {
      String url = "http://127.0.0.1:" + port(shop.inputReader());
      assertEquals("{\"lamp\":3}", answer(http, url, "PUT", "/stock/lamp?count=3"));
      assertEquals("{\"lamp\":1}", answer(http, url, "POST", "/carts/ada/lamp"));
      assertEquals("{\"lamp\":2}", answer(http, url, "POST", "/carts/ada/lamp"));
      String order = answer(http, url, "POST", "/carts/ada/order");
      assertTrue(order.contains("\"user\":\"ada\"") && order.contains("\"lamp\":2"), order);
      assertEquals("[" + order + "]", answer(http, url, "GET", "/orders/ada"));
      answer(http, url, "POST", "/carts/bob/lamp");
      answer(http, url, "POST", "/carts/bob/lamp");
      String refused = answer(http, url, "POST", "/carts/bob/order");
      assertTrue(refused.contains("\"status\":409"), refused);
      assertEquals("[]", answer(http, url, "GET", "/orders/bob"));
    } finally {
      shop.destroy();
      assertTrue(shop.waitFor(30, TimeUnit.SECONDS));
    }
  }

  private static String port(BufferedReader lines) throws IOException {
    StringBuilder said = new StringBuilder();
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      said.append(line).append('\n');
      Matcher started = STARTED.matcher(line);
      if (started.find()) {
        Thread.ofVirtual().start(() -> drain(lines));
        return started.group(1);
      }
    }
    throw new IOException("the example did not start: " + said);
  }

  private static void drain(BufferedReader lines) {
    try {
      lines.transferTo(Writer.nullWriter());
    } catch (IOException _) {
      // The example has ended.
    }
  }

  private static String answer(HttpClient http, String url, String method, String path)
      throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url + path))
            .method(method, HttpRequest.BodyPublishers.noBody())
            .build();
    return http.send(request, HttpResponse.BodyHandlers.ofString()).body().strip();
  }
}
