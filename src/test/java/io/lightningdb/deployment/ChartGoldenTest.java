package io.lightningdb.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Whole renderings, as `helm template` prints them: a change of the chart shows here what it means for a cluster. Each file
/// `<name>.yaml` of `src/test/resources/chart` is that of the values in `<name>-values.yaml`. Renewed by
/// `./mvnw test -Dtest=ChartGoldenTest -Dchart.files=write`, and then to be read as carefully as the chart itself.
class ChartGoldenTest {

  private static final Path FOLDER = Path.of("src", "test", "resources", "chart");

  @ParameterizedTest
  @ValueSource(strings = {"defaults", "production", "restore"})
  void theRenderingIsThatOfTheFile(String name) throws IOException {
    String values = Files.readString(FOLDER.resolve(name + "-values.yaml"));
    String rendered =
        Chart.SHIPPED
            .template(values, Chart.RELEASE, "1.34.0")
            .lines()
            .map(String::stripTrailing)
            .filter(line -> !line.isEmpty())
            .collect(Collectors.joining("\n", "", "\n"));
    Path file = FOLDER.resolve(name + ".yaml");
    if ("write".equals(System.getProperty("chart.files"))) {
      Files.writeString(file, rendered);
    }

    assertThat(rendered).isEqualTo(Files.readString(file));
  }
}
