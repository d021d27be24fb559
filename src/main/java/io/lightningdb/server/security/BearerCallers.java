package io.lightningdb.server.security;

import io.lightningdb.server.settings.LightningProperties;
import io.lightningdb.token.Rights;
import io.lightningdb.token.Token;
import io.lightningdb.token.TokenText;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.security.authentication.AuthenticationManager;
import org.springframework.security.core.Authentication;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.server.resource.InvalidBearerTokenException;
import org.springframework.security.oauth2.server.resource.authentication.BearerTokenAuthenticationToken;
import org.springframework.stereotype.Component;

/// Tells whose a bearer token is: an API token, the token of the setting `lightning.security.admin-token-hash`, or a JWT of the
/// identity provider. For the first two it takes one SHA-256 and no I/O.
@Component
final class BearerCallers implements AuthenticationManager {
  /// Longest token that is looked at; the web server bounds headers too, further up.
  private static final int LENGTH_MAX = 16 * 1024;

  private final ApiTokens tokens;
  private final byte[] adminHash;
  private final CallerAuthentication admin =
      new CallerAuthentication(new Caller("admin", "admin-token-hash", Rights.ALL, null));
  private final @Nullable JwtCallers jwts;

  /// Called by Spring.
  ///
  /// @param tokens API tokens
  /// @param decoder there if an identity provider is configured
  /// @param settings has the hash, and how claims are read
  /// @param issuer whose tokens the provider's are, empty without one
  BearerCallers(
      ApiTokens tokens,
      ObjectProvider<JwtDecoder> decoder,
      LightningProperties settings,
      @Value("${" + JwtTrust.ISSUER + ":}") String issuer) {
    this.tokens = tokens;
    this.adminHash = HexFormat.of().parseHex(settings.security().adminTokenHash());
    JwtDecoder known = decoder.getIfAvailable();
    this.jwts = known == null ? null : new JwtCallers(known, issuer, settings.security().jwt());
  }

  @Override
  public Authentication authenticate(Authentication request) {
    String text = ((BearerTokenAuthenticationToken) request).getToken();
    if (text.length() > LENGTH_MAX) {
      throw unknown();
    }
    if (jwts != null && JwtCallers.isJwt(text)) {
      return new CallerAuthentication(jwts.caller(text));
    }
    byte[] digest = TokenText.sha256(text);
    if (MessageDigest.isEqual(adminHash, digest)) {
      return admin;
    }
    Token token = tokens.use(text, digest);
    if (token == null) {
      throw unknown();
    }
    return new CallerAuthentication(
        new Caller("token:" + token.id(), token.name(), token.rights(), token.expiresAt()));
  }

  private static InvalidBearerTokenException unknown() {
    return new InvalidBearerTokenException("The token is unknown, was revoked or has expired.");
  }
}
