package io.lightningdb.server.settings;

import static org.assertj.core.api.Assertions.assertThat;

import io.lightningdb.server.settings.SettingInForce.Source;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.util.unit.DataSize;
import org.yaml.snakeyaml.Yaml;

/// What is told of settings is what is in force, and no secret.
class SettingsInForceTest {
  private static final String PLANTED = "planted-secret";
  private static final String URL =
      "https://user:" + PLANTED + "@store.example:9000/path?signature=" + PLANTED + "#" + PLANTED;

  private static StandardEnvironment environment(Map<String, Object> arguments) {
    StandardEnvironment environment = new StandardEnvironment();
    environment.getPropertySources().remove("systemEnvironment");
    environment.getPropertySources().remove("systemProperties");
    environment.getPropertySources().addFirst(new MapPropertySource("commandLineArgs", arguments));
    return environment;
  }

  private static Map<String, SettingInForce> told(StandardEnvironment environment) {
    PresetDefaults.addTo(environment);
    LightningProperties settings =
        Binder.get(environment).bindOrCreate("lightning", LightningProperties.class);
    return new SettingsInForce(environment, settings)
        .all().stream()
            .collect(
                Collectors.toMap(
                    SettingInForce::name, each -> each, (a, b) -> a, LinkedHashMap::new));
  }

  @Test
  void everySettingIsToldWithWhereItComesFrom() {
    StandardEnvironment environment =
        environment(Map.of("lightning.write-wait-max", "59s", "server.port", "0"));
    environment
        .getPropertySources()
        .addLast(
            new SystemEnvironmentPropertySource(
                "systemEnvironment",
                Map.of(
                    "LIGHTNING_PRESET", "low-memory",
                    "LIGHTNING_LIMITS_KEYSPACESMAX", "7",
                    "SPRING_SECURITY_OAUTH2_RESOURCESERVER_JWT_AUDIENCES_0", "shop")));
    environment
        .getPropertySources()
        .addLast(
            new MapPropertySource(
                "Config resource 'file [config/application.yaml]' via location 'optional:file:./config/'",
                Map.of("lightning.data-directory", "elsewhere")));
    environment
        .getPropertySources()
        .addLast(
            new MapPropertySource(
                "Config resource 'class path resource [application.yaml]' via location 'optional:classpath:/'",
                Map.of("server.address", "127.0.0.1")));

    Map<String, SettingInForce> told = told(environment);

    assertThat(told.keySet()).containsAll(SettingNames.ALL).containsAll(SettingsInForce.OF_SPRING);
    is(get(told, "lightning.write-wait-max"), "59s", Source.ARGUMENT);
    is(get(told, "server.port"), "0", Source.ARGUMENT);
    is(get(told, "lightning.limits.keyspaces-max"), "7", Source.ENVIRONMENT);
    is(
        get(told, "spring.security.oauth2.resourceserver.jwt.audiences"),
        "shop",
        Source.ENVIRONMENT);
    is(get(told, "lightning.data-directory"), "elsewhere", Source.FILE);
    is(get(told, "lightning.memtable.bytes-max"), "2MB", Source.PRESET);
    is(get(told, "lightning.memtable.frozen-max"), "2", Source.PRESET);
    is(get(told, "lightning.compaction.bytes-per-second-max"), "0B", Source.DEFAULT);
    is(get(told, "server.address"), "127.0.0.1", Source.DEFAULT);
    is(get(told, "management.server.port"), "", Source.DEFAULT);
    assertThat(get(told, "lightning.write-wait-max").defaultValue()).isEqualTo("10s");
    assertThat(get(told, "lightning.write-wait-max").description()).contains("Longest time");
    assertThat(get(told, "lightning.write-wait-max").masked()).isFalse();
  }

  private static SettingInForce get(Map<String, SettingInForce> told, String name) {
    return Objects.requireNonNull(told.get(name), name);
  }

  private static void is(SettingInForce setting, String value, Source source) {
    assertThat(setting.value()).as(setting.name()).isEqualTo(value);
    assertThat(setting.source()).as(setting.name()).isEqualTo(source);
  }

  /// Each setting that the page names, and each that its service could be given instead, with a secret in it.
  @Test
  void noSettingTellsASecret() {
    List<String> names =
        Stream.concat(SettingNames.ALL.stream(), SettingsInForce.OF_SPRING.stream()).toList();
    for (String name : names) {
      String masked = SettingSecrets.mask(name, URL);
      assertThat(masked).as(name).doesNotContain(PLANTED);
      if (!SettingSecrets.isSecret(name)) {
        assertThat(masked).isEqualTo("https://***@store.example:9000/path?***");
      }
      assertThat(SettingSecrets.mask(name, "a, " + URL + ", " + URL))
          .as(name)
          .doesNotContain(PLANTED);
    }
    assertThat(names.stream().filter(SettingSecrets::isSecret).collect(Collectors.toSet()))
        .isEqualTo(
            new TreeSet<>(
                List.of(
                    "lightning.cursor-secret",
                    "lightning.security.admin-token-hash",
                    "lightning.backup.s3.access-key-id",
                    "lightning.backup.s3.secret-access-key")));
    Map<String, SettingInForce> told =
        told(
            environment(
                Map.of(
                    "lightning.cursor-secret", PLANTED,
                    "lightning.backup.s3.access-key-id", PLANTED,
                    "lightning.backup.s3.secret-access-key", PLANTED,
                    "spring.security.oauth2.resourceserver.jwt.issuer-uri", URL,
                    "spring.security.oauth2.resourceserver.jwt.jwk-set-uri", URL)));
    assertThat(told.toString()).doesNotContain(PLANTED);
    assertThat(told.values().stream().filter(SettingInForce::masked).map(SettingInForce::name))
        .containsExactlyInAnyOrder(
            "lightning.cursor-secret",
            "lightning.backup.s3.access-key-id",
            "lightning.backup.s3.secret-access-key",
            "spring.security.oauth2.resourceserver.jwt.issuer-uri",
            "spring.security.oauth2.resourceserver.jwt.jwk-set-uri");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://planted-secret@host/",
        "https://planted-secret:planted-secret@host/",
        "https://user:pl@nted:planted-secret@host:1/x",
        "s3://planted-secret@bucket/prefix",
        "jdbc:x://u:planted-secret@[::1]:1",
        "https://host/path?planted-secret",
        "https://host?a=b&c=planted-secret",
        "https://host/#planted-secret",
        "first https://host/?planted-secret second https://planted-secret@host/"
      })
  void urlsTellWhereAndNotWho(String url) {
    String told = SettingSecrets.mask("lightning.tracing.endpoint", url);
    assertThat(told).doesNotContain(PLANTED).contains("://").contains("***");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "data",
        "/var/lib/data@home",
        "https://host:1/path",
        "*",
        "0 0 3 * * ?",
        "a@b.example"
      })
  void whatIsNoSecretIsToldAsItIs(String value) {
    assertThat(SettingSecrets.mask("lightning.data-directory", value)).isEqualTo(value);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "server.ssl.key-store-password",
        "server.ssl.key-password",
        "spring.ssl.bundle.pem.server.keystore.private-key",
        "spring.ssl.bundle.pem.server.keystore.private-key-password",
        "management.server.ssl.trust-store-password",
        "spring.security.oauth2.client.registration.x.client-secret",
        "spring.datasource.credentials",
        "any.api-key",
        "any.passphrase"
      })
  void secretsAreKnownByTheirNames(String name) {
    assertThat(SettingSecrets.isSecret(name)).isTrue();
  }

  @Test
  void valuesAreWrittenAsInSettings() {
    assertThat(SettingsInForce.text(DataSize.ofBytes(1))).isEqualTo("1B");
    assertThat(SettingsInForce.text(DataSize.ofKilobytes(48))).isEqualTo("48KB");
    assertThat(SettingsInForce.text(DataSize.ofGigabytes(2048))).isEqualTo("2048GB");
    assertThat(SettingsInForce.text(DataSize.ofBytes(1536))).isEqualTo("1536B");
    assertThat(SettingsInForce.text(Duration.ZERO)).isEqualTo("0s");
    assertThat(SettingsInForce.text(Duration.ofMillis(1500))).isEqualTo("1500ms");
    assertThat(SettingsInForce.text(Duration.ofHours(2))).isEqualTo("2h");
    assertThat(SettingsInForce.text(List.of("a", 1))).isEqualTo("a, 1");
  }

  /// The file that lists all settings names some of Spring, too.
  @Test
  void settingsOfSpringInTheFileAreTold() throws IOException {
    Map<String, Object> file =
        new Yaml().load(Files.readString(Path.of("config", "application.yaml")));
    Map<String, Object> others = new LinkedHashMap<>();
    flatten("", file, others);
    assertThat(others.keySet()).hasSizeGreaterThan(4).isSubsetOf(SettingsInForce.OF_SPRING);
  }

  private static void flatten(String prefix, Map<?, ?> section, Map<String, Object> flat) {
    section.forEach((key, value) -> {
      String name = prefix + key;
      if (value instanceof Map<?, ?> inner) {
        if (!name.equals("lightning")) {
          flatten(name + ".", inner, flat);
        }
      } else if (!name.equals("lightning")) {
        flat.put(name, value);
      }
    });
  }
}
