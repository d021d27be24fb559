package io.lightningdb.server.security;

import io.lightningdb.server.settings.InvalidSettingException;
import java.util.List;
import java.util.stream.Stream;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.Environment;

/// Stops the start if JWTs would be believed that were not made for this service: the keys of a provider sign tokens of
/// all its issuers and for all its services. Called by Spring once the environment is complete and before anything is
/// opened.
public final class JwtTrust
    implements ApplicationContextInitializer<ConfigurableApplicationContext> {
  static final String ISSUER = "spring.security.oauth2.resourceserver.jwt.issuer-uri";
  private static final String AUDIENCES = "spring.security.oauth2.resourceserver.jwt.audiences";
  private static final List<String> KEYS =
      List.of(
          "spring.security.oauth2.resourceserver.jwt.jwk-set-uri",
          "spring.security.oauth2.resourceserver.jwt.public-key-location");

  /// Called by Spring.
  public JwtTrust() {}

  @Override
  public void initialize(ConfigurableApplicationContext context) {
    check(context.getEnvironment());
  }

  /// Looks at the settings of an identity provider.
  ///
  /// @param settings what the service is started with
  /// @throws InvalidSettingException if there is one, and not both issuer and audience of its tokens are said, or one of
  ///     the audiences is blank
  static void check(Environment settings) {
    boolean known =
        Stream.concat(Stream.of(ISSUER), KEYS.stream()).anyMatch(name -> isSet(settings, name));
    if (!known) {
      return;
    }
    if (!isSet(settings, ISSUER)) {
      throw new InvalidSettingException(
          ISSUER,
          "",
          "the \"iss\" of the tokens: without it, tokens of every issuer that has these keys are accepted");
    }
    List<String> audiences =
        Binder.get(settings).bind(AUDIENCES, Bindable.listOf(String.class)).orElse(List.of());
    if (audiences.isEmpty() || audiences.stream().anyMatch(String::isBlank)) {
      throw new InvalidSettingException(
          AUDIENCES,
          "",
          "the name of this service in the \"aud\" of tokens: without it, those for other services are accepted");
    }
  }

  private static boolean isSet(Environment settings, String name) {
    return !settings.getProperty(name, "").isBlank();
  }
}
