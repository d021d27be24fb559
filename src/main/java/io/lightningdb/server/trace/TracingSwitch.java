package io.lightningdb.server.trace;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.AutoConfigurationImportFilter;
import org.springframework.boot.autoconfigure.AutoConfigurationMetadata;
import org.springframework.context.EnvironmentAware;
import org.springframework.core.env.Environment;

/// Leaves out what Spring Boot would configure for traces while no collector is named, so that they cost nothing:
/// neither memory nor a thread, nor time of requests. Called by Spring.
public final class TracingSwitch implements AutoConfigurationImportFilter, EnvironmentAware {
  private static final String TRACING = "org.springframework.boot.micrometer.tracing.";
  private static final String SDK = "org.springframework.boot.opentelemetry.";

  private @Nullable Environment environment;

  /// Called by Spring.
  public TracingSwitch() {}

  @Override
  public void setEnvironment(Environment environment) {
    this.environment = environment;
  }

  @Override
  public boolean[] match(
      @Nullable String[] autoConfigurations, AutoConfigurationMetadata autoConfigurationMetadata) {
    boolean on = environment != null && TracingSettings.isOn(environment);
    boolean[] kept = new boolean[autoConfigurations.length];
    for (int i = 0; i < kept.length; i++) {
      String name = autoConfigurations[i];
      kept[i] = on || name == null || !(name.startsWith(TRACING) || name.startsWith(SDK));
    }
    return kept;
  }
}
