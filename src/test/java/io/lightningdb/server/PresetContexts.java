package io.lightningdb.server;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.test.context.ContextConfigurationAttributes;
import org.springframework.test.context.ContextCustomizer;
import org.springframework.test.context.ContextCustomizerFactory;
import org.springframework.test.context.MergedContextConfiguration;

/// Gives tests another running service when the system property `lightning.preset` has changed: Spring would take the one that
/// was started with another preset for the same. Called by Spring.
final class PresetContexts implements ContextCustomizerFactory {
  static final String PROPERTY = "lightning.preset";

  private static final Queue<ConfigurableApplicationContext> STARTED =
      new ConcurrentLinkedQueue<>();

  PresetContexts() {}

  @Override
  public ContextCustomizer createContextCustomizer(
      Class<?> test, List<ContextConfigurationAttributes> attributes) {
    return new OfPreset(System.getProperty(PROPERTY));
  }

  /// Equal for services of the same preset only.
  private record OfPreset(@Nullable String preset) implements ContextCustomizer {
    @Override
    public void customizeContext(
        ConfigurableApplicationContext context, MergedContextConfiguration configuration) {
      STARTED.add(context);
    }
  }

  /// Forgets the services started so far, so that [#close] lets them be.
  static void keep() {
    STARTED.clear();
  }

  /// Ends the services started since [#keep].
  static void close() {
    STARTED.forEach(ConfigurableApplicationContext::close);
    STARTED.clear();
  }
}
