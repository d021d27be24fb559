package io.lightningdb.server.start;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.aot.AotDetector;
import org.springframework.boot.context.event.ApplicationEnvironmentPreparedEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.core.SpringProperties;
import org.springframework.core.env.ConfigurableEnvironment;

/// Decides at each start whether the beans are made by the code that the build has generated: only if it is there, and no setting is other than
/// it was for the build, of those that decide which beans there are. `spring.aot.enabled=false` asks for the ordinary way in any case; nothing
/// asks for the other one in any case.
public final class GeneratedContext
    implements ApplicationListener<ApplicationEnvironmentPreparedEvent> {
  private static final Logger LOG = LoggerFactory.getLogger(GeneratedContext.class);
  private static final String GENERATED = "__ApplicationContextInitializer.class";

  /// To be added to the application before it runs.
  public GeneratedContext() {}

  @Override
  public void onApplicationEvent(ApplicationEnvironmentPreparedEvent event) {
    boolean taken =
        isGenerated(event.getSpringApplication().getMainApplicationClass())
            && isAllowed(event.getEnvironment());
    // Said in both cases: the property may have been given to the JVM.
    SpringProperties.setProperty(AotDetector.AOT_ENABLED, Boolean.toString(taken));
  }

  private static boolean isGenerated(@Nullable Class<?> application) {
    return application != null
        && application.getResource(application.getSimpleName() + GENERATED) != null;
  }

  private static boolean isAllowed(ConfigurableEnvironment environment) {
    if (environment.getProperty(AotDetector.AOT_ENABLED, "").equals("false")) {
      return false;
    }
    Optional<String> other = ContextShape.firstOther(environment);
    other.ifPresent(name ->
        LOG.info("The service is put together at this start, which takes longer: {} is set", name));
    return other.isEmpty();
  }
}
