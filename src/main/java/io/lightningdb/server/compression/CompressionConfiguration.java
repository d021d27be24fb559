package io.lightningdb.server.compression;

import io.lightningdb.engine.Database;
import io.lightningdb.server.metrics.Metric;
import io.lightningdb.server.settings.InvalidSettingException;
import io.lightningdb.server.settings.LightningProperties;
import io.lightningdb.server.settings.ResponseCompression;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;

/// Puts compression before all that answers.
@Configuration(proxyBeanMethods = false)
class CompressionConfiguration {
  // Within what watches connections, and around Spring Security.
  private static final int ORDER = Ordered.HIGHEST_PRECEDENCE + 5;

  /// Called by Spring.
  ///
  /// @param ofWebServer whether the web server is told to compress, which would be a second way
  /// @throws InvalidSettingException if it is
  CompressionConfiguration(@Value("${server.compression.enabled:false}") boolean ofWebServer) {
    if (ofWebServer) {
      throw new InvalidSettingException(
          "server.compression.enabled",
          "true",
          "false: lightning.compression says which answers are compressed");
    }
  }

  /// What compresses, for all web servers of the service.
  ///
  /// @param database pays
  /// @param settings say how many there may be
  /// @param meters takes the figure
  /// @return none yet
  @Bean(destroyMethod = "close")
  Deflaters deflaters(Database database, LightningProperties settings, MeterRegistry meters) {
    Deflaters deflaters =
        new Deflaters(database.memoryAccount(), settings.compression().activeMax());
    Metric.COMPRESSION_ACTIVE.register(meters, deflaters, Deflaters::active);
    return deflaters;
  }

  /// Compresses what the service answers.
  ///
  /// @param deflaters do it
  /// @param settings say what is compressed
  /// @param meters takes figures
  /// @return in its place, or switched off
  @Bean
  FilterRegistrationBean<CompressedAnswers> compressedAnswers(
      Deflaters deflaters, LightningProperties settings, MeterRegistry meters) {
    // Headers that each answer begins with tell caches.
    return registration(deflaters, settings.compression(), meters, false);
  }

  /// Puts the filter in its place.
  ///
  /// @param deflaters compress
  /// @param settings say what is compressed
  /// @param meters takes figures
  /// @param tells whether the filter tells caches what answers depend on
  /// @return the filter, or one that is switched off
  static FilterRegistrationBean<CompressedAnswers> registration(
      Deflaters deflaters, ResponseCompression settings, MeterRegistry meters, boolean tells) {
    Counter left = Metric.COMPRESSION_LEFT.counter(meters);
    FilterRegistrationBean<CompressedAnswers> registration =
        new FilterRegistrationBean<>(
            new CompressedAnswers(
                deflaters, (int) settings.thresholdBytes().toBytes(), left::increment, tells));
    registration.setOrder(ORDER);
    registration.setEnabled(settings.enabled());
    return registration;
  }
}
