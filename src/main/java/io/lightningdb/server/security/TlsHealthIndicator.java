package io.lightningdb.server.security;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/// The part `tls`: whether the certificate that was read last is in force, and when it expires. Down once it has,
/// before it is valid, and while a newer one is refused.
@Component("tlsHealthIndicator")
@ConditionalOnProperty("server.ssl.bundle")
class TlsHealthIndicator implements HealthIndicator {
  private final VerifiedSslBundles bundles;

  /// Called by Spring.
  ///
  /// @param bundles are verified
  TlsHealthIndicator(VerifiedSslBundles bundles) {
    this.bundles = bundles;
  }

  @Override
  public Health health() {
    Instant now = Instant.now();
    Optional<VerifiedSslBundles.Validity> validity = bundles.validity();
    Optional<String> unusable = validity.flatMap(found -> found.reason(now));
    Health.Builder health =
        unusable.isPresent() || !bundles.refused().isEmpty() ? Health.down() : Health.up();
    unusable.ifPresent(reason -> health.withDetail("reason", reason));
    validity.ifPresent(found ->
        health
            .withDetail("expiresAt", found.until().toString())
            .withDetail("secondsLeft", Duration.between(now, found.until()).toSeconds()));
    bundles
        .refused()
        .forEach((name, refused) ->
            health
                .withDetail("reason", "a newer certificate is refused: " + refused.reason())
                .withDetail("bundle", name)
                .withDetail("since", refused.since().toString()));
    return health.build();
  }
}
