package io.lightningdb.server.compression;

import io.lightningdb.server.settings.LightningProperties;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.boot.actuate.autoconfigure.web.server.ConditionalOnManagementPort;
import org.springframework.boot.actuate.autoconfigure.web.server.ManagementPortType;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;

/// Has a management port of its own compress its answers, of which metrics are long, as the port of the service does.
///
/// Found by the name of the file that lists it, in the context of the web server of that port: it is no configuration
/// of the service, and so is not annotated as one.
final class ManagementCompression {

  /// Called by Spring.
  ManagementCompression() {}

  /// Puts the filter before all that answers.
  ///
  /// @param deflaters do it
  /// @param settings say what is compressed
  /// @param meters takes figures
  /// @return in its place, or switched off
  @Bean
  @ConditionalOnManagementPort(ManagementPortType.DIFFERENT)
  static FilterRegistrationBean<CompressedAnswers> managementCompressedAnswers(
      Deflaters deflaters, LightningProperties settings, MeterRegistry meters) {
    return CompressionConfiguration.registration(deflaters, settings.compression(), meters, true);
  }
}
