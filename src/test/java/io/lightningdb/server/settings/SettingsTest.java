package io.lightningdb.server.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.config.YamlPropertiesFactoryBean;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.validation.ValidationBindHandler;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.beanvalidation.LocalValidatorFactoryBean;

class SettingsTest {

  private static LightningProperties bind(Map<String, ?> settings) {
    try (LocalValidatorFactoryBean validator = new LocalValidatorFactoryBean()) {
      validator.afterPropertiesSet();
      return new Binder(new MapConfigurationPropertySource(settings))
          .bindOrCreate(
              "lightning",
              Bindable.of(LightningProperties.class),
              new ValidationBindHandler(validator));
    }
  }

  private static String failureOf(Map<String, ?> settings) {
    try {
      bind(settings);
      return "";
    } catch (RuntimeException e) {
      FailureAnalysis told = new StartFailureAnalyzer().analyze(e);
      return told == null ? e.toString() : told.getDescription();
    }
  }

  @Test
  void defaultsAreAsDocumented() {
    LightningProperties settings = bind(Map.of());

    assertThat(settings.dataDirectory()).isEqualTo("data");
    assertThat(settings.limits().valueBytesMax()).isEqualTo(DataSize.ofMegabytes(16));
    assertThat(settings.limits().batchBytesMax()).isEqualTo(DataSize.ofMegabytes(64));
    assertThat(settings.limits().cursorAgeMax()).isEqualTo(Duration.ofMinutes(5));
    assertThat(settings.log().segmentBytes()).isEqualTo(DataSize.ofMegabytes(64));
    assertThat(settings.memory().budget()).isEqualTo(DataSize.ofBytes(0));
    assertThat(settings.compaction().bytesPerSecondMax()).isEqualTo(DataSize.ofBytes(0));
    assertThat(settings.scrub().bytesPerSecondMax()).isEqualTo(DataSize.ofMegabytes(8));
    assertThat(settings.scrub().interval()).isEqualTo(Duration.ofDays(7));
    assertThat(settings.disk().reserveBytes()).isEqualTo(DataSize.ofMegabytes(256));
    assertThat(settings.memtable().frozenMax()).isEqualTo(4);
    assertThat(settings.writeWaitMax()).isEqualTo(Duration.ofSeconds(10));
    assertThat(settings.cursorSecret()).isEmpty();
  }

  @Test
  void backupsAreNotKeptAmongTheData() {
    assertThat(failureOf(Map.of("lightning.backup.directory", "./x/../data")))
        .contains("lightning.backup.directory")
        .contains("another directory than lightning.data-directory");
    assertThat(failureOf(Map.of("lightning.backup.directory", "data/backups"))).isEmpty();
    assertThat(failureOf(Map.of("lightning.backup.full-schedule", "daily")))
        .contains("lightning.backup.full-schedule")
        .contains("six fields");
    assertThat(failureOf(Map.of("lightning.backup.full-schedule", "0 0 3 * * *"))).isEmpty();
  }

  @Test
  void backupsMayBeKeptInABucket() {
    assertThat(failureOf(Map.of("lightning.backup.directory", "s3://my-bucket/a/b"))).isEmpty();
    assertThat(failureOf(Map.of("lightning.backup.directory", "s3://My_Bucket")))
        .contains("lightning.backup.directory")
        .contains("3 to 63 lower-case letters");
    assertThat(failureOf(Map.of("lightning.backup.directory", "gs://bucket")))
        .contains("nothing is known of gs://");
    assertThat(failureOf(Map.of("lightning.backup.s3.endpoint", "store.example:9000")))
        .contains("lightning.backup.s3.endpoint")
        .contains("an URL such as https://");
    assertThat(failureOf(Map.of("lightning.backup.s3.region", "eu central")))
        .contains("lightning.backup.s3.region")
        .contains("a name such as eu-central-1");
    assertThat(failureOf(Map.of("lightning.backup.s3.access-key-id", "planted")))
        .contains("lightning.backup.s3.secret-access-key")
        .doesNotContain("planted");
    assertThat(failureOf(Map.of("lightning.backup.s3.secret-access-key", "planted")))
        .contains("lightning.backup.s3.access-key-id")
        .doesNotContain("planted");
    LightningProperties settings =
        bind(
            Map.of(
                "lightning.backup.s3.access-key-id", "planted-id",
                "lightning.backup.s3.secret-access-key", "planted-secret"));
    assertThat(settings.toString()).doesNotContain("planted");
    assertThat(settings.backup().s3().settings().toString()).doesNotContain("planted");
  }

  private static Map<String, String> settingsIn(String yaml) {
    YamlPropertiesFactoryBean bean = new YamlPropertiesFactoryBean();
    bean.setResources(new ByteArrayResource(yaml.getBytes(StandardCharsets.UTF_8)));
    Map<String, String> settings = new TreeMap<>();
    Properties properties = Objects.requireNonNull(bean.getObject());
    properties.forEach((name, value) -> settings.put(name.toString(), value.toString()));
    settings.keySet().removeIf(name -> !name.startsWith("lightning."));
    return settings;
  }

  @Test
  void fileOfTheOperatorHasEverySettingWithItsDefault() throws IOException {
    String file = Files.readString(Path.of("config/application.yaml"));
    Map<String, String> all = settingsIn(file.replaceAll("(?m)^( +)#(\\S)", "$1$2"));

    assertThat(all.keySet()).isEqualTo(new TreeSet<>(SettingNames.ALL));
    assertThat(bind(all)).isEqualTo(bind(Map.of()));
  }

  @Test
  void fileOfTheOperatorLeavesToAPresetWhatIsThePresets() throws IOException {
    Map<String, String> set = settingsIn(Files.readString(Path.of("config/application.yaml")));
    set.keySet().removeIf(name -> name.startsWith("lightning.keyspace-defaults"));
    Set<String> governed = new TreeSet<>();
    Stream.of(Preset.values()).forEach(preset -> governed.addAll(preset.settings().keySet()));

    assertThat(set).containsEntry("lightning.preset", "balanced");
    assertThat(set.keySet()).doesNotContainAnyElementsOf(governed);
  }

  @ParameterizedTest
  @CsvSource({
    "limits.value-bytes-max, 1B, 16MB, 0B, 16385KB",
    "limits.batch-operations-max, 1, 100000, 0, 100001",
    "limits.page-entries-max, 100, 100000, 0, 100001",
    "limits.page-entries-default, 1, 10000, 0, 10001",
    "limits.page-bytes-max, 1KB, 64MB, 1023B, 65537KB",
    "limits.multiget-keys-max, 1, 100000, 0, 100001",
    "limits.multiget-bytes-max, 16MB, 1GB, 16383KB, 1025MB",
    "limits.import-line-bytes-max, 1KB, 64MB, 1023B, 65537KB",
    "limits.import-expansion-max, 10, 1100, 9, 1101",
    "limits.keyspaces-max, 1, 10000, 0, 10001",
    "limits.wait-for-version-max, 0s, 1m, -1s, 61s",
    "limits.cursor-age-max, 1s, 1h, 999ms, 61m",
    "limits.cursors-max, 1, 100000, 0, 100001",
    "requests.active-max, 0, 100000, -1, 100001",
    "requests.queued-max, 0, 100000, -1, 100001",
    "requests.queue-wait-max, 0s, 1m, -1s, 61s",
    "requests.per-client-per-second-max, 0, 1000000, -1, 1000001",
    "requests.per-client-burst, 0, 1000000, -1, 1000001",
    "requests.slow-threshold, 0s, 1h, -1s, 61m",
    "tracing.sampled-ratio, 0, 1, -0.01, 1.01",
    "requests.clients-max, 1, 1000000, 0, 1000001",
    "requests.timeout-default, 0s, 1h, -1s, 61m",
    "requests.timeout-max, 1ms, 24h, 0s, 25h",
    "log.segment-bytes, 64KB, 1GB, 63KB, 1025MB",
    "log.sync-interval, 1ms, 1m, 0ms, 61s",
    "compaction.bytes-per-second-max, 1MB, 1024GB, 1023KB, 1025GB",
    "compaction.bytes-per-second-max, 0B, 2MB, 1B, 2048GB",
    "scrub.bytes-per-second-max, 64KB, 1024GB, 63KB, 1025GB",
    "scrub.bytes-per-second-max, 0B, 1MB, 1B, 2048GB",
    "scrub.interval, 1m, 366d, 59s, 367d",
    "disk.reserve-bytes, 0B, 1024GB, -1B, 1025GB",
    "memory.budget, 4MB, 128MB, 3MB, 1024GB",
    "memory.cache-bytes-max, 0B, 1024GB, -1B, 1025GB",
    "memtable.bytes-max, 64KB, 1GB, 63KB, 1025MB",
    "memtable.frozen-max, 1, 64, 0, 65",
    "run.file-bytes-target, 64KB, 1GB, 63KB, 1025MB",
    "write-wait-max, 0s, 1m, -1s, 61s",
    "backup.keep-min, 1, 10000, 0, 10001",
    "backup.keep-for, 0s, 36500d, -1s, 36501d",
    "backup.bytes-per-second-max, 0B, 1024GB, -1B, 1025GB",
    "backup.age-max, 0s, 36500d, -1s, 36501d",
    "backup.archive-interval, 1s, 1d, 999ms, 25h",
    "backup.archive-bytes-per-second-max, 0B, 1024GB, -1B, 1025GB",
    "backup.archived-log-bytes-max, 1MB, 1024GB, 1023KB, 1025GB",
    "backup.s3.silence-max, 1s, 10m, 999ms, 601s",
    "backup.s3.request-time-max, 1s, 1h, 999ms, 3601s",
    "backup.s3.attempts-max, 1, 20, 0, 21",
    "backup.s3.part-bytes, 5MB, 1GB, 5119KB, 1025MB",
    "keyspace-defaults.leaf-bytes, 512B, 1MB, 511B, 1025KB",
  })
  void settingsAreTakenAtTheirLimitsAndRefusedBehindThem(
      String name, String least, String greatest, String less, String more) {
    String full = "lightning." + name;
    for (String allowed : new String[] {least, greatest}) {
      assertThat(failureOf(Map.of(full, allowed))).isEmpty();
    }
    for (String refused : new String[] {less, more}) {
      assertThat(failureOf(Map.of(full, refused)))
          .contains("The setting " + full)
          .contains("allowed is");
    }
  }

  @Test
  void batchHoldsTheLargestValue() {
    String name = "lightning.limits.batch-bytes-max";
    assertThat(failureOf(Map.of(name, "16400KB"))).isEmpty();
    assertThat(failureOf(Map.of(name, "16399KB"))).contains(name).contains("16400KB to 64MB");
    assertThat(failureOf(Map.of(name, "20KB", "lightning.limits.value-bytes-max", "1KB")))
        .isEmpty();
    assertThat(failureOf(Map.of("lightning.data-directory", " ")))
        .contains("lightning.data-directory");
  }

  @Test
  void everySettingIsInTheList() {
    assertThat(SettingNames.ALL)
        .contains(
            "lightning.data-directory",
            "lightning.limits.value-bytes-max",
            "lightning.run.file-bytes-target");
    assertThat(SettingNames.ALL).hasSize((int) leaves(LightningProperties.class));
  }

  private static long leaves(Class<?> type) {
    return Stream.of(type.getRecordComponents())
        .map(RecordComponent::getType)
        .mapToLong(each -> each.isRecord() ? leaves(each) : 1)
        .sum();
  }

  private static StandardEnvironment environment(
      Map<String, Object> properties, Map<String, Object> variables) {
    StandardEnvironment environment = new StandardEnvironment();
    environment
        .getPropertySources()
        .addFirst(new SystemEnvironmentPropertySource("test-systemEnvironment", variables));
    environment
        .getPropertySources()
        .addFirst(new MapPropertySource("settings of the test", properties));
    return environment;
  }

  @ParameterizedTest
  @CsvSource({
    "lightning.limits.value-byte-max, lightning.limits.value-bytes-max",
    "lightning.limits.values-bytes-max, lightning.limits.value-bytes-max",
    "lightning.limit.keyspaces-max, lightning.limits.keyspaces-max",
    "lightning.datadir, lightning.data-directory",
    "lightning.log.syncInterval.ms, lightning.log.sync-interval",
    "lightning.limits, lightning.limits.cursors-max",
    "lightning.cursors-secret, lightning.cursor-secret",
  })
  void unknownSettingsAreNamedWithTheNearestOne(String name, String nearest) {
    assertThatThrownBy(() -> UnknownSettings.check(environment(Map.of(name, "1"), Map.of())))
        .isInstanceOf(UnknownSettingException.class)
        .hasMessageContaining("There is no setting " + name + " (found in settings of the test)")
        .hasMessageEndingWith("The nearest one is " + nearest + ".");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "lightning.limits.value-bytes-max",
        "lightning.limits.valueBytesMax",
        "lightning.data-directory",
        "lightning.dataDirectory",
        "lightning.cursor-secret",
        "spring.lightning.x",
        "lightningdb.x",
        "light.ning",
      })
  void knownAndForeignSettingsPass(String name) {
    assertThatCode(() -> UnknownSettings.check(environment(Map.of(name, "1"), Map.of())))
        .doesNotThrowAnyException();
  }

  @Test
  void emptySectionsPass() {
    assertThatCode(
            () -> UnknownSettings.check(environment(Map.of("lightning.limits", ""), Map.of())))
        .doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "LIGHTNING_DATADIRECTORY",
        "LIGHTNING_DATA_DIRECTORY",
        "LIGHTNING_LIMITS_VALUEBYTESMAX",
        "LIGHTNING_LIMITS_VALUE_BYTES_MAX",
        "LIGHTNING_SERVICE_HOST",
        "LIGHTNING_SERVICE_PORT_HTTP",
        "LIGHTNING_PORT",
        "LIGHTNING_DB_PORT_8080_TCP_ADDR",
        "LIGHTNING_PORT_8080_TCP",
        "LIGHTNINGS",
        "MY_LIGHTNING_X",
        "LIGHTNING_CACERT",
        "LIGHTNING_CERT",
        "LIGHTNING_HISTORY",
        "LIGHTNING_JAVA_OPTIONS",
        "LIGHTNING_KEY",
        "LIGHTNING_KEYSPACE",
        "LIGHTNING_TOKEN",
        "LIGHTNING_URL",
      })
  void knownAndForeignVariablesPass(String name) {
    assertThatCode(() -> UnknownSettings.check(environment(Map.of(), Map.of(name, "1"))))
        .doesNotThrowAnyException();
  }

  @ParameterizedTest
  @CsvSource({
    "LIGHTNING_DATADIR, LIGHTNING_DATADIRECTORY",
    "LIGHTNING_LIMITS_VALUEBYTEMAX, LIGHTNING_LIMITS_VALUEBYTESMAX",
    "lightning_limits_keyspaces, LIGHTNING_LIMITS_KEYSPACESMAX",
  })
  void unknownVariablesAreNamedWithTheNearestOne(String name, String nearest) {
    assertThatThrownBy(() -> UnknownSettings.check(environment(Map.of(), Map.of(name, "1"))))
        .isInstanceOf(UnknownSettingException.class)
        .hasMessageContaining(name)
        .hasMessageEndingWith("The nearest one is " + nearest + ".");
  }

  @ParameterizedTest
  @ValueSource(strings = {"LIGHTNING_LIMITS_KEYSPACESMAX", "LIGHTNING_LIMITS_KEYSPACES_MAX"})
  void variablesSetWhatTheyName(String name) {
    StandardEnvironment environment = environment(Map.of(), Map.of(name, "7"));

    LightningProperties settings =
        Binder.get(environment).bindOrCreate("lightning", LightningProperties.class);

    assertThat(settings.limits().keyspacesMax()).isEqualTo(7);
  }
}
