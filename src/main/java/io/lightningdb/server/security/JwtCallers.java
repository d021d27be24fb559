package io.lightningdb.server.security;

import io.lightningdb.server.settings.LightningProperties;
import io.lightningdb.token.KeyspacePattern;
import io.lightningdb.token.Rights;
import io.lightningdb.token.Role;
import io.lightningdb.token.TokenText;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.security.oauth2.jwt.BadJwtException;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtException;
import org.springframework.security.oauth2.server.resource.InvalidBearerTokenException;

/// Reads callers out of the JWTs of an identity provider. Words and patterns that are none of ours are left out: a provider has
/// roles of other services too.
final class JwtCallers {
  /// Names stand in lists and in the audit log.
  private static final int NAME_LENGTH_MAX = 128;

  private final JwtDecoder decoder;
  private final String issuer;
  private final LightningProperties.Jwt settings;

  /// Trusts a decoder.
  ///
  /// @param decoder checks signatures, audience and age
  /// @param issuer the only one whose tokens count
  /// @param settings which claims count
  JwtCallers(JwtDecoder decoder, String issuer, LightningProperties.Jwt settings) {
    this.decoder = decoder;
    this.issuer = issuer;
    this.settings = settings;
  }

  /// Tells a JWT from other tokens.
  ///
  /// @param text what a client sent
  /// @return true if it has three parts
  static boolean isJwt(String text) {
    return text.chars().filter(c -> c == '.').count() == 2;
  }

  /// Reads a JWT.
  ///
  /// @param text what a client sent
  /// @return whose it is
  /// @throws InvalidBearerTokenException if it is not valid
  /// @throws ProviderUnavailableException if that cannot be found out
  Caller caller(String text) {
    Jwt jwt = decode(text);
    if (!issuer.equals(jwt.getClaimAsString("iss"))) {
      throw new InvalidBearerTokenException("The JWT is not valid.");
    }
    Instant expiresAt = jwt.getExpiresAt();
    if (expiresAt == null) {
      throw new InvalidBearerTokenException("The JWT does not expire.");
    }
    String subject = jwt.getSubject();
    if (subject == null || subject.isBlank()) {
      throw new InvalidBearerTokenException("The JWT has no subject.");
    }
    // Hashed: a subject may be of any length and alphabet.
    byte[] digest = TokenText.sha256(issuer + "\n" + subject);
    String id = "jwt:" + HexFormat.of().formatHex(digest, 0, 16);
    String name = subject.substring(0, Math.min(subject.length(), NAME_LENGTH_MAX));
    return new Caller(id, name, rights(jwt.getClaims()), expiresAt);
  }

  private Jwt decode(String text) {
    try {
      return decoder.decode(text);
    } catch (BadJwtException _) {
      // Not why: whoever forges tokens need not be told what to mend.
      throw new InvalidBearerTokenException("The JWT is not valid.");
    } catch (JwtException e) {
      throw new ProviderUnavailableException(e);
    }
  }

  private Rights rights(Map<String, Object> claims) {
    List<Role> roles =
        words(claim(claims, settings.rolesClaim()))
            .map(Role::find)
            .flatMap(Optional::stream)
            .toList();
    Object patterns = claim(claims, settings.keyspacesClaim());
    Stream<String> texts =
        patterns == null
            ? Arrays.stream(settings.keyspacesDefault().split(",", -1))
            : words(patterns);
    return Rights.of(
        roles,
        texts.map(String::strip).map(KeyspacePattern::find).flatMap(Optional::stream).toList());
  }

  /// A claim by its name, or by the names of the objects that it is in: `realm_access.roles`.
  private static @Nullable Object claim(Map<String, Object> claims, String path) {
    if (claims.containsKey(path)) {
      return claims.get(path);
    }
    Object found = claims;
    for (String name : path.split("\\.", -1)) {
      found = found instanceof Map<?, ?> map ? map.get(name) : null;
    }
    return found;
  }

  /// The words of a list, or of a text with spaces between them.
  private static Stream<String> words(@Nullable Object claim) {
    return switch (claim) {
      case Collection<?> many -> many.stream().map(String::valueOf);
      case String text -> Arrays.stream(text.split(" ", -1));
      case null, default -> Stream.empty();
    };
  }
}
