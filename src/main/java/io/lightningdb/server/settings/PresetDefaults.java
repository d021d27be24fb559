package io.lightningdb.server.settings;

import java.util.Map;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

/// Puts the settings of the [Preset] behind those of all other sources, so that each of these overrides them. Called by
/// Spring once the environment is complete and before settings are read.
public final class PresetDefaults
    implements ApplicationContextInitializer<ConfigurableApplicationContext> {

  /// Called by Spring.
  public PresetDefaults() {}

  @Override
  public void initialize(ConfigurableApplicationContext context) {
    addTo(context.getEnvironment());
  }

  /// Adds the last source of settings.
  ///
  /// @param environment names the preset
  /// @throws org.springframework.boot.context.properties.bind.BindException if there is no such preset
  static void addTo(ConfigurableEnvironment environment) {
    Preset preset =
        Binder.get(environment).bind("lightning.preset", Preset.class).orElse(Preset.BALANCED);
    environment
        .getPropertySources()
        .addLast(new MapPropertySource("lightning preset", Map.copyOf(preset.settings())));
  }
}
