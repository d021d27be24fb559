package io.lightningdb.server.security;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.ssl.SslBundleRegistrar;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/// Has certificates verified before they are used.
@Configuration(proxyBeanMethods = false)
class TlsConfiguration {
  /// Called by Spring.
  TlsConfiguration() {}

  /// Takes the place of Spring Boot's own.
  ///
  /// @param registrars name bundles and read them again when their files change
  /// @return the bundles of the settings
  @Bean
  VerifiedSslBundles sslBundleRegistry(ObjectProvider<SslBundleRegistrar> registrars) {
    VerifiedSslBundles bundles = new VerifiedSslBundles();
    registrars.orderedStream().forEach(registrar -> registrar.registerBundles(bundles));
    return bundles;
  }
}
