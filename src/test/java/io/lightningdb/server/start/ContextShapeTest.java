package io.lightningdb.server.start;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurationImportFilter;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.annotation.MergedAnnotation;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.FileSystemResource;
import org.springframework.core.io.support.SpringFactoriesLoader;
import org.springframework.core.type.AnnotationMetadata;
import org.springframework.core.type.classreading.SimpleMetadataReaderFactory;

/// No configuration on the class path asks for a setting that counts as one that beans only read: whatever name is among the constants of
/// auto-configuration decides, unless it was looked at and is listed here.
class ContextShapeTest {
  private static final String PACKAGED =
      "Config resource 'class path resource [application.yaml]' via location 'classpath:/'";

  /// Named by auto-configuration that adds them to what is written or sent.
  private static final Set<String> LOOKED_AT =
      Set.of(
          "logging.expect-correlation-id", "spring.application.group", "spring.application.name");

  /// In the constants of a class: a whole name, one that an id is put into, or what names begin with.
  private static final Pattern NAME =
      Pattern.compile(
          "(?<![\\w.])(management|micrometer|server|spring|springdoc|lightning|logging)(\\.([a-z0-9-]+|\\x01|%s))+\\.?");

  private static final String ID = "some";

  private final Set<String> asked = new TreeSet<>();

  @Test
  void everySettingThatAConditionAsksForDecides() throws IOException {
    for (String element : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      Path path = Path.of(element);
      if (Files.isDirectory(path.resolve("io/lightningdb/server"))
          && !path.endsWith("test-classes")) {
        readFolder(path);
      } else if (element.endsWith(".jar")) {
        readJar(path);
      }
    }

    assertThat(asked)
        .contains(
            "management.health." + ID + ".enabled",
            "server.ssl.bundle",
            "springdoc.swagger-ui.enabled")
        .filteredOn(name -> !LOOKED_AT.contains(name))
        .allSatisfy(name ->
            assertThat(ContextShape.decides(ConfigurationPropertyName.of(name))).as(name).isTrue());
  }

  /// The distribution has it where it is read at each start.
  @Test
  void fileThatListsAllSettingsAsksForNothingElse() throws IOException {
    StandardEnvironment environment = new StandardEnvironment();
    YamlPropertySourceLoader loader = new YamlPropertySourceLoader();
    loader
        .load("file [config/application.yaml]", new FileSystemResource("config/application.yaml"))
        .forEach(environment.getPropertySources()::addLast);
    loader
        .load(PACKAGED, new ClassPathResource("application.yaml"))
        .forEach(environment.getPropertySources()::addLast);

    assertThat(environment.getProperty("lightning.data-directory")).isNotNull();
    assertThat(ContextShape.firstOther(environment)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "spring.security.oauth2.resourceserver.jwt.jwk-set-uri=https://id.example/keys",
        "lightning.tracing.endpoint=http://traces.example/v1/traces",
        "springdoc.swagger-ui.enabled=false",
        "management.server.port=9090",
        "management.endpoints.web.exposure.include=health",
        "server.ssl.bundle=server",
        "spring.ssl.bundle.pem.server.keystore.certificate=server.crt",
        "spring.autoconfigure.exclude=org.example.Any",
        "spring.profiles.active=test",
        "spring.main.lazy-initialization=true",
        "spring.application.admin.enabled=true",
        "logging.file.name=service.log",
        "spring.setting.of.another.version=1",
        "SPRING_MAIN_LAZYINITIALIZATION=true",
        "MANAGEMENT_PROMETHEUS_METRICS_EXPORT_ENABLED=false",
      })
  void anyOtherSettingOfSpringAsksForTheOrdinaryWay(String setting) {
    assertThat(ContextShape.firstOther(environment(setting))).isPresent();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "server.port=9000",
        "SERVER_PORT=9000",
        "server.address=0.0.0.0",
        "spring.config.additional-location=file:/etc/lightningdb/",
        "SPRING_CONFIG_ADDITIONALLOCATION=file:/etc/lightningdb/",
        "lightning.data-directory=/data",
        "LIGHTNING_SECURITY_ADMINTOKENHASH=abc",
        "lightning.tracing.endpoint=",
        "springdoc.swagger-ui.enabled=true",
        "logging.level.io.lightningdb=debug",
        "PATH=/usr/bin",
      })
  void settingsThatAreOnlyReadOrSayWhatTheJarSaysDoNot(String setting) {
    assertThat(ContextShape.firstOther(environment(setting))).isEmpty();
  }

  @Test
  void autoConfigurationIsLeftOutByNothingElse() {
    assertThat(
            SpringFactoriesLoader.forDefaultResourceLocation()
                .load(AutoConfigurationImportFilter.class)
                .stream()
                .map(filter -> filter.getClass().getName())
                .filter(name -> !name.startsWith("org.springframework.")))
        .as("what it asks for must be among what ContextShape says decides")
        .containsExactlyInAnyOrder(
            "io.lightningdb.server.trace.TracingSwitch",
            "org.springdoc.scalar.ScalarDisableAutoConfiguration");
  }

  private static StandardEnvironment environment(String setting) {
    String[] parts = setting.split("=", 2);
    StandardEnvironment environment = new StandardEnvironment();
    environment.getPropertySources().remove("systemProperties");
    Map<String, Object> given = Map.of(parts[0], parts[1]);
    environment
        .getPropertySources()
        .replace(
            "systemEnvironment",
            parts[0].equals(parts[0].toUpperCase(Locale.ROOT))
                ? new SystemEnvironmentPropertySource("systemEnvironment", given)
                : new MapPropertySource("systemEnvironment", given));
    environment
        .getPropertySources()
        .addLast(new MapPropertySource(PACKAGED, Map.of("springdoc.swagger-ui.enabled", true)));
    return environment;
  }

  private void readFolder(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(path -> path.toString().endsWith(".class")).toList()) {
        byte[] bytes = Files.readAllBytes(file);
        readConditions(bytes);
        assertThat(new String(bytes, StandardCharsets.ISO_8859_1))
            .as("%s adds beans by its own rules, which ContextShape must know", file.getFileName())
            .doesNotContain("ConditionContext", "ImportSelector", "ImportBeanDefinitionRegistrar");
      }
    }
  }

  private void readJar(Path path) throws IOException {
    try (JarFile jar = new JarFile(path.toFile())) {
      if (jar.getEntry(
              "META-INF/spring/org.springframework.boot.autoconfigure.AutoConfiguration.imports")
          == null) {
        return;
      }
      for (JarEntry entry : jar.stream().filter(e -> e.getName().endsWith(".class")).toList()) {
        try (InputStream in = jar.getInputStream(entry)) {
          byte[] bytes = in.readAllBytes();
          readConstants(bytes);
          readConditions(bytes);
        }
      }
    }
  }

  private void readConstants(byte[] bytes) {
    Matcher names = NAME.matcher(new String(bytes, StandardCharsets.ISO_8859_1));
    while (names.find()) {
      String found = names.group().replace("\u0001", ID).replace("%s", ID);
      asked.add(found.endsWith(".") ? found + ID + ".enabled" : found);
    }
  }

  private void readConditions(byte[] bytes) throws IOException {
    if (new String(bytes, StandardCharsets.ISO_8859_1).contains("ConditionalOn")) {
      AnnotationMetadata metadata =
          new SimpleMetadataReaderFactory()
              .getMetadataReader(new ByteArrayResource(bytes))
              .getAnnotationMetadata();
      read(metadata.getAnnotations());
      metadata.getDeclaredMethods().forEach(method -> read(method.getAnnotations()));
    }
  }

  private void read(MergedAnnotations annotations) {
    for (Class<?> type : List.of(ConditionalOnProperty.class, ConditionalOnBooleanProperty.class)) {
      annotations.stream(type.getName()).forEach(this::read);
    }
  }

  private void read(MergedAnnotation<?> condition) {
    String prefix = condition.getString("prefix").strip();
    String parent = prefix.isEmpty() || prefix.endsWith(".") ? prefix : prefix + ".";
    Stream.of("name", "value")
        .flatMap(attribute -> Arrays.stream(condition.getStringArray(attribute)))
        .forEach(name -> asked.add(parent + name));
  }
}
