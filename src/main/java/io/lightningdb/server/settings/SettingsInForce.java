package io.lightningdb.server.settings;

import io.lightningdb.server.settings.SettingInForce.Source;
import io.lightningdb.server.web.Words;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.PropertySource;
import org.springframework.stereotype.Component;
import org.springframework.util.unit.DataSize;

/// Tells which settings are in force, and where they come from: all below `lightning`, and those of Spring that the page of settings names.
/// They do not change while the service runs. *Thread-safe.*
@Component
public final class SettingsInForce {
  /// Settings of Spring that operators are told of.
  static final List<String> OF_SPRING =
      List.of(
          "server.address",
          "server.port",
          "server.shutdown",
          "server.ssl.bundle",
          "server.ssl.client-auth",
          "spring.lifecycle.timeout-per-shutdown-phase",
          "spring.threads.virtual.enabled",
          "spring.security.oauth2.resourceserver.jwt.issuer-uri",
          "spring.security.oauth2.resourceserver.jwt.jwk-set-uri",
          "spring.security.oauth2.resourceserver.jwt.audiences",
          "management.server.address",
          "management.server.port",
          "management.server.ssl.enabled",
          "management.endpoints.web.base-path",
          "management.endpoints.web.exposure.include");

  private static final String WORDS = "/settings.tsv";
  private static final int COLUMNS = 3;
  private static final String SHIPPED = "class path resource";
  private static final long KIB = 1024;

  private final ConfigurableEnvironment environment;
  private final LightningProperties settings;

  // Looked for when it is first asked for, which need not be during the start.
  private volatile @Nullable List<SettingInForce> known;

  /// Called by Spring.
  ///
  /// @param environment has what was set
  /// @param settings has what counts
  SettingsInForce(ConfigurableEnvironment environment, LightningProperties settings) {
    this.environment = environment;
    this.settings = settings;
  }

  private List<SettingInForce> find() {
    Map<String, Described> words = words();
    List<SettingInForce> found = new ArrayList<>();
    values(settings)
        .forEach((name, value) -> found.add(setting(name, text(value), environment, words)));
    for (String name : OF_SPRING) {
      found.add(setting(name, property(environment, name), environment, words));
    }
    return List.copyOf(found);
  }

  /// All settings.
  ///
  /// @return in the order of the page of settings, those of Spring last
  public List<SettingInForce> all() {
    List<SettingInForce> all = known;
    if (all == null) {
      all = find();
      known = all;
    }
    return all;
  }

  private record Described(String defaultValue, String description) {}

  private static Map<String, Described> words() {
    try (InputStream in = SettingsInForce.class.getResourceAsStream(WORDS)) {
      if (in == null) {
        throw new FileNotFoundException("the jar has no " + WORDS);
      }
      Map<String, Described> words = new LinkedHashMap<>();
      for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n", -1)) {
        String[] columns = line.split("\t", -1);
        if (columns.length == COLUMNS) {
          words.put(columns[0], new Described(columns[1], columns[2]));
        }
      }
      return words;
    } catch (IOException e) {
      throw new UncheckedIOException("the words for settings cannot be read", e);
    }
  }

  private static SettingInForce setting(
      String name,
      String value,
      ConfigurableEnvironment environment,
      Map<String, Described> words) {
    String told = SettingSecrets.mask(name, value);
    Described described = words.get(name);
    return new SettingInForce(
        name,
        told,
        described == null ? null : described.defaultValue(),
        source(environment, name),
        !told.equals(value),
        described == null ? null : described.description());
  }

  /// Names and values of all settings of ours, in the order of their declaration.
  private static Map<String, Object> values(LightningProperties settings) {
    Map<String, Object> values = new LinkedHashMap<>();
    addValues("lightning", settings, values);
    return values;
  }

  private static void addValues(String prefix, Record section, Map<String, Object> values) {
    for (RecordComponent component : section.getClass().getRecordComponents()) {
      String name = prefix + "." + SettingNames.kebabCase(component.getName());
      Object value = value(section, component);
      if (value instanceof Record inner) {
        addValues(name, inner, values);
      } else {
        values.put(name, value == null ? "" : value);
      }
    }
  }

  private static @Nullable Object value(Record section, RecordComponent component) {
    try {
      component.getAccessor().setAccessible(true);
      return component.getAccessor().invoke(section);
    } catch (IllegalAccessException | InvocationTargetException e) {
      throw new IllegalStateException("the setting " + component.getName() + " is not told", e);
    }
  }

  /// A value as operators write it.
  static String text(Object value) {
    return switch (value) {
      case DataSize size -> text(size.toBytes());
      case Duration duration -> text(duration);
      case Enum<?> word -> Words.of(word);
      case Iterable<?> list -> {
        List<String> texts = new ArrayList<>();
        list.forEach(each -> texts.add(text(each)));
        yield String.join(", ", texts);
      }
      default -> value.toString();
    };
  }

  private static String text(long bytes) {
    String[] units = {"B", "KB", "MB", "GB"};
    long left = bytes;
    int unit = 0;
    while (left != 0 && left % KIB == 0 && unit < units.length - 1) {
      left /= KIB;
      unit++;
    }
    return left + units[unit];
  }

  private static String text(Duration duration) {
    long millis = duration.toMillis();
    long[] lengths = {24 * 3_600_000L, 3_600_000L, 60_000L, 1000L};
    String[] units = {"d", "h", "m", "s"};
    for (int i = 0; i < lengths.length; i++) {
      if (millis != 0 && millis % lengths[i] == 0) {
        return millis / lengths[i] + units[i];
      }
    }
    return millis == 0 ? "0s" : millis + "ms";
  }

  /// A setting of Spring; lists may be written line by line.
  private static String property(ConfigurableEnvironment environment, String name) {
    Binder binder = Binder.get(environment);
    return binder
        .bind(name, String.class)
        .orElseGet(() ->
            String.join(", ", binder.bind(name, Bindable.listOf(String.class)).orElse(List.of())));
  }

  private static Source source(ConfigurableEnvironment environment, String name) {
    ConfigurationPropertyName wanted = ConfigurationPropertyName.of(name);
    for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
      boolean has =
          source.getConfigurationProperty(wanted) != null
              || source.getConfigurationProperty(wanted.append("[0]")) != null;
      if (has && source.getUnderlyingSource() instanceof PropertySource<?> underlying) {
        return source(underlying.getName());
      }
    }
    return Source.DEFAULT;
  }

  private static Source source(String name) {
    return switch (name) {
      case "commandLineArgs" -> Source.ARGUMENT;
      case "systemProperties" -> Source.SYSTEM_PROPERTY;
      case "systemEnvironment" -> Source.ENVIRONMENT;
      case "lightning preset" -> Source.PRESET;
      default -> {
        if (name.startsWith("Config resource") && name.contains(SHIPPED)) {
          yield Source.DEFAULT;
        }
        yield name.startsWith("Config ") ? Source.FILE : Source.OTHER;
      }
    };
  }
}
