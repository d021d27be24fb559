package io.lightningdb.server.security;

import io.lightningdb.token.TokenFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.springframework.core.env.Environment;

/// Tells whether the service can know who a client is. If it can, it asks everybody; if not, nobody.
final class Credentials {
  private static final String JWT = "spring.security.oauth2.resourceserver.jwt.";
  private static final List<String> JWT_KEYS =
      List.of(JWT + "issuer-uri", JWT + "jwk-set-uri", JWT + "public-key-location");

  private Credentials() {}

  /// Looks for API tokens, the token of a setting, and an identity provider.
  ///
  /// @param settings what the service is started with
  /// @param directory the data directory
  /// @return true if there is one of them
  static boolean areConfigured(Environment settings, Path directory) {
    return Files.exists(directory.resolve(TokenFile.NAME))
        || isSet(settings, "lightning.security.admin-token-hash")
        || JWT_KEYS.stream().anyMatch(name -> isSet(settings, name));
  }

  private static boolean isSet(Environment settings, String name) {
    return !settings.getProperty(name, "").isBlank();
  }
}
