package io.lightningdb.server.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslStoreBundle;

/// A certificate that no client would take does not take the place of one that clients take.
class VerifiedSslBundlesTest {
  @TempDir private Path directory;

  private final VerifiedSslBundles bundles = new VerifiedSslBundles();
  private SslBundle valid;

  private SslBundle bundle(String name, String start) throws IOException, GeneralSecurityException {
    Certificate made = Certificate.make(directory, name, start);
    return SslBundle.of(SslStoreBundle.of(made.store(), "changeit", null));
  }

  @BeforeEach
  void serveAValidOne() throws IOException, GeneralSecurityException {
    valid = bundle("valid", "-1d");
    bundles.registerBundle("web", valid);
  }

  private Health health() {
    return new TlsHealthIndicator(bundles).health();
  }

  @Test
  void certificateThatHasExpiredIsNotTaken() throws IOException, GeneralSecurityException {
    bundles.updateBundle("web", bundle("expired", "-9d"));
    assertThat(bundles.getBundle("web")).isSameAs(valid);
    assertThat(health().getStatus()).isEqualTo(Status.DOWN);
    assertThat(String.valueOf(health().getDetails().get("reason"))).contains("has expired");
    assertThat(bundles.validity().orElseThrow().until()).isAfter(Instant.now());

    SslBundle next = bundle("next", "-1d");
    bundles.updateBundle("web", next);
    assertThat(bundles.getBundle("web")).isSameAs(next);
    assertThat(health().getStatus()).isEqualTo(Status.UP);
  }

  @Test
  void certificateThatIsNotValidYetIsNotTaken() throws IOException, GeneralSecurityException {
    bundles.updateBundle("web", bundle("early", "+2d"));
    assertThat(bundles.getBundle("web")).isSameAs(valid);
    assertThat(String.valueOf(health().getDetails().get("reason"))).contains("not valid before");
  }

  @Test
  void startWithACertificateThatIsNotValidYetIsTold() throws IOException, GeneralSecurityException {
    bundles.registerBundle("other", bundle("early", "+2d"));
    assertThat(health().getStatus()).isEqualTo(Status.DOWN);
    assertThat(String.valueOf(health().getDetails().get("reason"))).contains("not valid before");
    Duration left = Duration.between(Instant.now(), bundles.validity().orElseThrow().until());
    assertThat(left).isLessThan(Duration.ofDays(3));
  }
}
