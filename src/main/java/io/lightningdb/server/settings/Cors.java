package io.lightningdb.server.settings;

import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// Which pages in browsers may call the service, beside its own: `lightning.cors`.
///
/// @param allowedOrigins origins such as `https://app.example`, with commas between them, as browsers send them: scheme and host, in lower case,
///     and the port unless it is that of the scheme; or `*` for all, where clients have tokens. Default empty: none
public record Cors(@DefaultValue("") String allowedOrigins) {
  private static final String NAME = "lightning.cors.allowed-origins";
  private static final String ALL = "*";
  private static final Pattern ORIGIN =
      Pattern.compile(
          "(http|https)://([a-z0-9]([a-z0-9._-]*[a-z0-9])?|\\[[0-9a-f:.]+])(:[1-9][0-9]{0,4})?");
  private static final int PORT_MAX = 65_535;

  /// Checks the origins: one that no browser sends would never be allowed.
  ///
  /// @throws InvalidSettingException naming the setting, its value and what is allowed
  public Cors {
    List<String> origins = words(allowedOrigins);
    for (String origin : origins) {
      if (!origin.equals(ALL)) {
        check(origin);
      } else if (origins.size() > 1) {
        throw new InvalidSettingException(
            NAME, allowedOrigins, "* alone, or origins such as https://app.example without it");
      }
    }
  }

  private static List<String> words(String list) {
    return list.isBlank() ? List.of() : Stream.of(list.split(",", -1)).map(String::strip).toList();
  }

  private static void check(String origin) {
    if (!ORIGIN.matcher(origin).matches()) {
      throw new InvalidSettingException(
          NAME,
          origin,
          "an origin as browsers send it, such as https://app.example or http://localhost:3000: http or https, a host in lower case, and no path, no slash at the end and no space");
    }
    if (!canBeSent(origin)) {
      throw new InvalidSettingException(
          NAME,
          origin,
          "an origin as browsers send it: a host that can be, and a port only if it is up to 65535 and not the one of the scheme");
    }
  }

  private static boolean canBeSent(String origin) {
    try {
      URI uri = URI.create(origin);
      int ofScheme = uri.getScheme().equals("https") ? 443 : 80;
      return uri.getHost() != null && uri.getPort() <= PORT_MAX && uri.getPort() != ofScheme;
    } catch (IllegalArgumentException _) {
      return false;
    }
  }

  /// Tells whether there is any origin.
  ///
  /// @return false if the setting is empty
  public boolean isSet() {
    return !allowedOrigins.isBlank();
  }

  /// Tells whether pages from anywhere are allowed.
  ///
  /// @return true for `*`
  public boolean allowsAll() {
    return allowedOrigins.strip().equals(ALL);
  }

  /// The origin, if it is the only one.
  ///
  /// @return nothing if there are several, or none, or all are allowed
  public Optional<String> only() {
    List<String> origins = words(allowedOrigins);
    return origins.size() == 1 && !allowsAll() ? Optional.of(origins.getFirst()) : Optional.empty();
  }

  /// Tells whether pages of an origin are allowed.
  ///
  /// @param origin what a browser says
  /// @return true if it is named, or all are
  public boolean allows(String origin) {
    return isSet() && (allowsAll() || words(allowedOrigins).contains(origin));
  }

  /// Refuses `*` where nobody has to say who they are: any page that a browser of this machine has open could read and change everything.
  ///
  /// @throws InvalidSettingException if all are allowed
  public void requireNamed() {
    if (allowsAll()) {
      throw new InvalidSettingException(
          NAME, ALL, "origins by name as long as no credentials are configured");
    }
  }
}
