package io.lightningdb.server.trace;

import java.util.Map;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.Environment;
import org.springframework.core.env.MapPropertySource;

/// Hands the settings of traces on to Spring Boot, behind all other sources, so that each of these overrides them.
/// Called by Spring once the environment is complete and before anything is configured.
public final class TracingSettings
    implements ApplicationContextInitializer<ConfigurableApplicationContext> {
  private static final String ENDPOINT = "lightning.tracing.endpoint";

  /// Called by Spring.
  public TracingSettings() {}

  @Override
  public void initialize(ConfigurableApplicationContext context) {
    if (isOn(context.getEnvironment())) {
      context
          .getEnvironment()
          .getPropertySources()
          .addLast(
              new MapPropertySource(
                  "lightning tracing",
                  Map.of(
                      "management.opentelemetry.tracing.export.otlp.endpoint",
                      "${" + ENDPOINT + "}",
                      "management.tracing.sampling.probability",
                      "${lightning.tracing.sampled-ratio:0.1}",
                      "management.tracing.propagation.type",
                      "w3c",
                      "management.tracing.baggage.enabled",
                      "false")));
    }
  }

  /// Tells whether traces are wanted.
  ///
  /// @param environment has the settings
  /// @return true if a collector is named
  static boolean isOn(Environment environment) {
    return Binder.get(environment)
        .bind(ENDPOINT, String.class)
        .map(url -> !url.isBlank())
        .orElse(false);
  }
}
