package io.lightningdb.server.start;

import io.lightningdb.engine.Database;
import io.lightningdb.engine.EngineException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/// Refuses a data directory that another process has open before any bean is made, which takes longer than all else that a second start of the
/// same service would do. Called by Spring, after the settings were checked for names that do not exist.
@Order(Ordered.LOWEST_PRECEDENCE)
public final class DirectoryCheck
    implements ApplicationContextInitializer<ConfigurableApplicationContext> {
  private static final String SETTING = "lightning.data-directory";
  private static final String DEFAULT = "data";

  /// Called by Spring.
  public DirectoryCheck() {}

  /// Asks for the lock of the directory, and gives it back.
  ///
  /// @param context has the settings
  /// @throws EngineException if the directory is in use or cannot be read, as when it is opened
  @Override
  public void initialize(ConfigurableApplicationContext context) {
    String directory = context.getEnvironment().getProperty(SETTING, DEFAULT);
    if (directory.isBlank()) {
      // Refused with the other settings.
      return;
    }
    try {
      Database.requireUnused(Path.of(directory));
    } catch (InvalidPathException _) {
      // Refused where the directory is opened.
    }
  }
}
