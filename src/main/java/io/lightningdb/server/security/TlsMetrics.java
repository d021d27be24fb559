package io.lightningdb.server.security;

import io.lightningdb.server.metrics.Metric;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Duration;
import java.time.Instant;
import org.springframework.stereotype.Component;

/// Figures of certificates.
@Component
class TlsMetrics implements MeterBinder {
  private final VerifiedSslBundles bundles;

  /// Called by Spring.
  ///
  /// @param bundles are verified
  TlsMetrics(VerifiedSslBundles bundles) {
    this.bundles = bundles;
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    Metric.TLS_CERTIFICATE_SECONDS.register(registry, bundles, TlsMetrics::secondsLeft);
    Metric.TLS_RELOAD_REFUSED.register(
        registry, bundles, source -> source.refused().isEmpty() ? 0 : 1);
  }

  private static double secondsLeft(VerifiedSslBundles bundles) {
    return bundles
        .validity()
        .map(found -> Duration.between(Instant.now(), found.until()).toMillis() / 1000.0)
        .orElse(Double.NaN);
  }
}
