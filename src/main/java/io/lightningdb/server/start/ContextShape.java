package io.lightningdb.server.start;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.PropertySource;

/// Which settings decide what beans there are. All do that begin as those of Spring, but for a list of those that beans only read; so a
/// setting that is not known here costs time at the start and is never passed over. `ContextShapeTest` holds the list against
/// the conditions of all configuration on the class path.
final class ContextShape {
  /// What settings begin with that configuration asks for.
  private static final Set<String> ROOTS =
      Set.of("logging", "management", "micrometer", "otel", "server", "spring", "springdoc");

  /// Read by beans that are there in any case, or before there are beans. A name stands for what is below it, too.
  private static final List<ConfigurationPropertyName> ONLY_READ =
      names(
          "logging.charset",
          "logging.config",
          "logging.expect-correlation-id",
          "logging.group",
          "logging.level",
          "logging.logback",
          "logging.pattern",
          "logging.structured",
          "logging.threshold",
          "management.endpoint.health.roles",
          "management.endpoint.health.show-components",
          "management.endpoint.health.show-details",
          "management.metrics.distribution",
          "management.metrics.tags",
          "server.address",
          "server.max-http-request-header-size",
          "server.port",
          "server.shutdown",
          "server.tomcat.accept-count",
          "server.tomcat.connection-timeout",
          "server.tomcat.keep-alive-timeout",
          "server.tomcat.max-connections",
          "server.tomcat.max-keep-alive-requests",
          "server.tomcat.max-swallow-size",
          "server.tomcat.threads",
          "spring.aot.enabled",
          "spring.application.group",
          "spring.application.name",
          "spring.application.pid",
          "spring.application.title",
          "spring.application.version",
          "spring.config",
          "spring.lifecycle.timeout-per-shutdown-phase",
          "spring.output",
          "spring.pid");

  /// Of our own. Blank is as good as not there, as in the file that lists all settings.
  private static final List<ConfigurationPropertyName> OWN = names("lightning.tracing.endpoint");

  private static final String PACKAGED = "class path resource [application.yaml]";

  private ContextShape() {}

  /// Looks for a setting that decides what beans there are, and is other than in the jar.
  ///
  /// @param environment complete
  /// @return its name; empty if what the build has generated is what the configuration would come to
  static Optional<String> firstOther(ConfigurableEnvironment environment) {
    @Nullable ConfigurationPropertySource packaged = packaged(environment);
    for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
      if (!source.equals(packaged) && source instanceof IterableConfigurationPropertySource all) {
        for (ConfigurationPropertyName name : all) {
          if (decides(name) && !isAsPackaged(name, source, packaged)) {
            return Optional.of(name.toString());
          }
        }
      }
    }
    return Optional.empty();
  }

  private static @Nullable ConfigurationPropertySource packaged(
      ConfigurableEnvironment environment) {
    for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
      if (source.getUnderlyingSource() instanceof PropertySource<?> underlying
          && underlying.getName().contains(PACKAGED)) {
        return source;
      }
    }
    return null;
  }

  private static boolean isAsPackaged(
      ConfigurationPropertyName name,
      ConfigurationPropertySource source,
      @Nullable ConfigurationPropertySource packaged) {
    String value = text(source.getConfigurationProperty(name));
    return isOwn(name)
        ? value.isBlank()
        : packaged != null
            && packaged.getConfigurationProperty(name) != null
            && value.equals(text(packaged.getConfigurationProperty(name)));
  }

  private static String text(@Nullable ConfigurationProperty property) {
    return property == null ? "" : String.valueOf(property.getValue());
  }

  /// Tells whether a setting decides what beans there are.
  ///
  /// @param name in any form
  /// @return false if beans only read it
  static boolean decides(ConfigurationPropertyName name) {
    return !name.isEmpty()
        && (isOwn(name)
            || (ROOTS.contains(name.getElement(0, Form.UNIFORM)) && !isBelow(ONLY_READ, name)));
  }

  private static boolean isOwn(ConfigurationPropertyName name) {
    return isBelow(OWN, name);
  }

  private static boolean isBelow(
      List<ConfigurationPropertyName> parents, ConfigurationPropertyName name) {
    return parents.stream().anyMatch(parent -> parent.equals(name) || parent.isAncestorOf(name));
  }

  private static List<ConfigurationPropertyName> names(String... names) {
    return List.of(names).stream().map(ConfigurationPropertyName::of).toList();
  }
}
