package io.lightningdb.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// `config/application.yaml` names every setting with its default, and the chart takes each of them.
class ConfigTest {

  private static final Path FILE = Path.of("config", "application.yaml");
  private static final Set<String> SET_BY_THE_CHART =
      Set.of(
          "data-directory",
          "cursor-secret",
          "security.admin-token-hash",
          "backup.s3.access-key-id",
          "backup.s3.secret-access-key");

  @Test
  void theChartTakesEverySetting() throws IOException {
    Path schema = Chart.SHIPPED.directory().resolve("values.schema.json");
    Set<String> settings = new TreeSet<>();
    leaves("", new YAMLMapper().readTree(everything()).path("lightning")).forEach(settings::add);
    Set<String> ofTheChart = new TreeSet<>(SET_BY_THE_CHART);
    properties("", new JsonMapper().readTree(Files.readString(schema)).at("/properties/config"))
        .forEach(ofTheChart::add);

    assertThat(ofTheChart).isEqualTo(settings);
  }

  /// The file with what a preset may change, which it only mentions.
  private static String everything() throws IOException {
    return Pattern.compile("^( *)#([a-z-]+: )", Pattern.MULTILINE)
        .matcher(Files.readString(FILE))
        .replaceAll("$1$2");
  }

  private static Stream<String> leaves(String prefix, JsonNode node) {
    return node.isObject()
        ? node.properties().stream()
            .flatMap(member -> leaves(dotted(prefix, member), member.getValue()))
        : Stream.of(prefix);
  }

  private static Stream<String> properties(String prefix, JsonNode schema) {
    return schema.has("properties")
        ? schema.path("properties").properties().stream()
            .flatMap(member -> properties(dotted(prefix, member), member.getValue()))
        : Stream.of(prefix);
  }

  private static String dotted(String prefix, Map.Entry<String, JsonNode> member) {
    return prefix.isEmpty() ? member.getKey() : prefix + "." + member.getKey();
  }
}
