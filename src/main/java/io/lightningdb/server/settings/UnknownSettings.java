package io.lightningdb.server.settings;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/// Stops the start if a setting below `lightning.` is not known, wherever it comes from. Called by Spring once the
/// environment is complete and before anything is opened.
public final class UnknownSettings
    implements ApplicationContextInitializer<ConfigurableApplicationContext> {
  private static final String VARIABLE_PREFIX = "LIGHTNING_";

  /// Variables that Kubernetes sets in every container for a service of that name; they are not meant for us.
  private static final Pattern SERVICE_LINK =
      Pattern.compile(
          "\\w+_SERVICE_(HOST|PORT(_\\w+)?)|\\w+_PORT(_\\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)?");

  /// Variables of the launcher and of the commands, which the shell that starts the service may have, too.
  private static final Set<String> OF_COMMANDS =
      Set.of(
          "LIGHTNING_CACERT",
          "LIGHTNING_CERT",
          "LIGHTNING_HISTORY",
          "LIGHTNING_JAVA_OPTIONS",
          "LIGHTNING_KEY",
          "LIGHTNING_KEYSPACE",
          "LIGHTNING_TOKEN",
          "LIGHTNING_URL");

  private static final Set<ConfigurationPropertyName> KNOWN =
      SettingNames.ALL.stream()
          .map(ConfigurationPropertyName::of)
          .collect(Collectors.toUnmodifiableSet());
  private static final Set<String> KNOWN_LETTERS =
      SettingNames.ALL.stream()
          .map(UnknownSettings::letters)
          .collect(Collectors.toUnmodifiableSet());

  /// Called by Spring.
  public UnknownSettings() {}

  @Override
  public void initialize(ConfigurableApplicationContext context) {
    check(context.getEnvironment());
  }

  /// Looks through all sources of settings.
  ///
  /// @param environment what the service is started with
  /// @throws UnknownSettingException for the first unknown name
  static void check(ConfigurableEnvironment environment) {
    for (PropertySource<?> source : environment.getPropertySources()) {
      switch (source) {
        case SystemEnvironmentPropertySource variables -> checkVariables(variables);
        case EnumerablePropertySource<?> properties -> checkProperties(properties);
        default -> {}
      }
    }
  }

  private static void checkVariables(SystemEnvironmentPropertySource variables) {
    for (String name : variables.getPropertyNames()) {
      String upper = name.toUpperCase(Locale.ROOT);
      if (upper.startsWith(VARIABLE_PREFIX)
          && !OF_COMMANDS.contains(upper)
          && !SERVICE_LINK.matcher(upper).matches()
          && !KNOWN_LETTERS.contains(letters(name))) {
        String nearest = variable(Nearest.to(letters(name), KNOWN_LETTERS));
        throw new UnknownSettingException(name, "the environment variables", nearest);
      }
    }
  }

  private static void checkProperties(EnumerablePropertySource<?> properties) {
    for (String name : properties.getPropertyNames()) {
      ConfigurationPropertyName adapted = ConfigurationPropertyName.adapt(name, '.');
      if (isOurs(adapted)
          && !isKnown(adapted)
          && !isEmptySection(adapted, properties.getProperty(name))) {
        throw new UnknownSettingException(
            name,
            properties.getName(),
            Nearest.to(adapted.toString(), candidates(adapted.toString())));
      }
    }
  }

  /// A section that was given a value wants one of its settings.
  private static List<String> candidates(String name) {
    return SettingNames.isSection(name)
        ? SettingNames.ALL.stream().filter(known -> known.startsWith(name + ".")).toList()
        : SettingNames.ALL;
  }

  private static boolean isOurs(ConfigurationPropertyName name) {
    return !name.isEmpty()
        && name.getElement(0, ConfigurationPropertyName.Form.UNIFORM).equals("lightning");
  }

  private static boolean isKnown(ConfigurationPropertyName name) {
    return KNOWN.contains(name);
  }

  private static boolean isEmptySection(ConfigurationPropertyName name, @Nullable Object value) {
    boolean empty = Optional.ofNullable(value).map(Object::toString).orElse("").isEmpty();
    return empty && SettingNames.isSection(name.toString());
  }

  /// A name without dots, dashes and underscores: environment variables cannot tell these apart.
  private static String letters(String name) {
    return name.replaceAll("[^A-Za-z0-9]", "").toLowerCase(Locale.ROOT);
  }

  private static String variable(String letters) {
    return SettingNames.ALL.stream()
        .filter(name -> letters(name).equals(letters))
        .map(name -> name.replace("-", "").replace('.', '_').toUpperCase(Locale.ROOT))
        .findFirst()
        .orElseThrow();
  }
}
