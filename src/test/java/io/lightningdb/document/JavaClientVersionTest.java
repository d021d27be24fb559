package io.lightningdb.document;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The client has a build of its own; only its version, and those that its users copy, are held here.
class JavaClientVersionTest {
  /// The version that stands behind an artifact in a pom, or in a page.
  private static String version(Path file, String artifact) throws IOException {
    Matcher version =
        Pattern.compile("<artifactId>" + artifact + "</artifactId>\\s*<version>([^<]*)</version>")
            .matcher(Files.readString(file));
    assertThat(version.find()).as("version of %s in %s", artifact, file).isTrue();
    return version.group(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "src/clients/java-client/pom.xml",
        "src/clients/java-client/README.md",
        "src/examples/spring-boot/pom.xml"
      })
  void clientHasTheVersionOfTheService(Path file) throws IOException {
    assertThat(version(file, "lightningdb-client"))
        .isEqualTo(version(Path.of("pom.xml"), "lightningdb"));
  }

  @Test
  void commandsOfItsPageNameTheVersion() throws IOException {
    assertThat(Files.readString(Path.of("src/clients/java-client/README.md")))
        .contains("lightningdb-client-" + version(Path.of("pom.xml"), "lightningdb") + ".jar");
  }

  @Test
  void exampleHasTheSpringBootOfTheService() throws IOException {
    assertThat(version(Path.of("src/examples/spring-boot/pom.xml"), "spring-boot-starter-parent"))
        .isEqualTo(version(Path.of("pom.xml"), "spring-boot-starter-parent"));
  }
}
