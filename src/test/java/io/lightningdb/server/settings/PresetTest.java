package io.lightningdb.server.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lightningdb.engine.Durability;
import io.lightningdb.engine.History;
import io.lightningdb.engine.KeyspaceOptions;
import io.lightningdb.engine.Layout;
import io.lightningdb.engine.PointIndex;
import io.lightningdb.server.web.Words;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.util.unit.DataSize;

class PresetTest {

  private static LightningProperties settings(Map<String, Object> made) {
    StandardEnvironment environment = new StandardEnvironment();
    // Which may name the preset that all tests of the service run under.
    environment
        .getPropertySources()
        .remove(StandardEnvironment.SYSTEM_PROPERTIES_PROPERTY_SOURCE_NAME);
    environment.getPropertySources().addFirst(new MapPropertySource("settings of the test", made));
    PresetDefaults.addTo(environment);
    UnknownSettings.check(environment);
    return Binder.get(environment).bindOrCreate("lightning", LightningProperties.class);
  }

  private static LightningProperties settings(Preset preset) {
    return settings(Map.of("lightning.preset", Words.of(preset)));
  }

  private static LightningProperties documentedDefaults() {
    return new Binder(new MapConfigurationPropertySource(Map.of()))
        .bindOrCreate("lightning", LightningProperties.class);
  }

  @Test
  void balancedIsTheDefaultAndChangesNothing() {
    assertThat(settings(Map.of())).isEqualTo(documentedDefaults());
    assertThat(settings(Preset.BALANCED)).isEqualTo(documentedDefaults());
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "BALANCED")
  void eachOtherPresetChangesWhatItNamesAndNothingElse(Preset preset) {
    LightningProperties settings = settings(preset);

    assertThat(settings.preset()).isEqualTo(preset);
    assertThat(settings.limits()).isEqualTo(documentedDefaults().limits());
    assertThat(settings.transactions()).isEqualTo(documentedDefaults().transactions());
    assertThat(preset.settings()).isNotEmpty();
    assertThat(SettingNames.ALL).containsAll(preset.settings().keySet());
    preset
        .settings()
        .forEach((name, value) -> {
          Map<String, Object> alone = Map.of("lightning.preset", Words.of(preset), name, value);
          assertThat(settings(alone)).as(name).isEqualTo(settings);
        });
  }

  @Test
  void noTwoPresetsAreTheSame() {
    assertThat(Stream.of(Preset.values()).map(Preset::settings)).doesNotHaveDuplicates();
  }

  @Test
  void settingsThatAreMadeCount() {
    LightningProperties settings =
        settings(
            Map.of(
                "lightning.preset", "write-heavy",
                "lightning.memtable.bytesMax", "1MB",
                "lightning.keyspace-defaults.layout", "balanced"));

    assertThat(settings.memtable().bytesMax()).isEqualTo(DataSize.ofMegabytes(1));
    assertThat(settings.memtable().frozenMax()).isEqualTo(6);
    assertThat(settings.log().segmentBytes()).isEqualTo(DataSize.ofMegabytes(128));
    assertThat(settings.keyspaceDefaults().layout()).isEqualTo(Layout.BALANCED);
  }

  @Test
  void keyspacesGetWhatAPresetSaysOfThemAndKeepTheRest() {
    History history = new History(Duration.ofHours(1), 3);
    KeyspaceOptions before =
        KeyspaceOptions.defaults().withDurability(Durability.LOGGED).withHistory(history);

    KeyspaceOptions after = Preset.LOW_MEMORY.applyTo(before);

    assertThat(after)
        .isEqualTo(KeyspaceOptions.defaults().withPointIndex(PointIndex.NONE).withHistory(history));
    assertThat(Preset.BALANCED.applyTo(KeyspaceOptions.defaults()))
        .isEqualTo(KeyspaceOptions.defaults());
  }

  @Test
  void misspeltPresetIsRefused() {
    assertThatThrownBy(() -> settings(Map.of("lightning.preset", "low-memroy")))
        .isInstanceOf(BindException.class);
  }

  @Test
  void tableOfThePageIsThatOfTheCode() throws IOException {
    List<String> rows;
    try (Stream<String> lines = Files.lines(Path.of("config", "README.md"))) {
      rows =
          lines.filter(line -> line.matches("\\| `[a-z-]+` \\| .* \\| (`.*=.*`|–) \\|")).toList();
    }

    assertThat(rows.stream().map(row -> row.replaceAll(" \\| .* \\| ", " | ")))
        .containsExactlyElementsOf(Stream.of(Preset.values()).map(PresetTest::row).toList());
  }

  private static String row(Preset preset) {
    String settings =
        new TreeMap<>(preset.settings())
            .entrySet().stream()
                .map(setting ->
                    "`%s=%s`".formatted(setting.getKey().substring(10), setting.getValue()))
                .collect(Collectors.joining(" "));
    return "| `%s` | %s |".formatted(Words.of(preset), settings.isEmpty() ? "–" : settings);
  }
}
