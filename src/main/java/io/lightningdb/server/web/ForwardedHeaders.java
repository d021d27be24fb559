package io.lightningdb.server.web;

import io.lightningdb.server.settings.AddressRange;
import io.lightningdb.server.settings.InvalidSettingException;
import io.lightningdb.server.settings.LightningProperties;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.env.Environment;

/// Believes what a proxy says of the client, `X-Forwarded-For` and `X-Forwarded-Proto`, if the proxy is one of
/// `lightning.http.trusted-proxies`; whatever anyone else sends in such headers is nothing. Everything behind it asks
/// the request for its address and its scheme, and never the headers.
///
/// Each proxy adds the address that it was called from at the end of the list. So the client is the last address that
/// is not a trusted proxy; what stands before it was made up by the client, as far as the service can know.
/// `X-Forwarded-Host` and `Forwarded` are not read: the host of a request is what its `Host` says.
@Configuration(proxyBeanMethods = false)
class ForwardedHeaders {
  private static final String FOR = "X-Forwarded-For";
  private static final String PROTO = "X-Forwarded-Proto";
  // An address of IPv6 with or without brackets, or one of IPv4; a port behind the latter or the
  // brackets.
  private static final String ZONE = "(?:%[A-Za-z0-9._~-]+)?";
  private static final String PORT = "(?::[0-9]{1,5})?";
  private static final Pattern HOP =
      Pattern.compile(
          "\\[([0-9A-Fa-f:.]+)"
              + ZONE
              + "\\]"
              + PORT
              + "|([0-9A-Fa-f.]*:[0-9A-Fa-f.]*:[0-9A-Fa-f:.]*)"
              + ZONE
              + "|([0-9.]+)"
              + PORT);
  private static final List<String> OF_SPRING =
      List.of(
          "server.forward-headers-strategy",
          "server.tomcat.remoteip.remote-ip-header",
          "server.tomcat.remoteip.protocol-header");

  /// Called by Spring.
  ForwardedHeaders() {}

  /// Puts the filter before all others, unless no proxy is trusted.
  ///
  /// @param settings name the proxies
  /// @param environment must not have the web server or Spring believe anyone
  /// @return the filter in its place
  /// @throws InvalidSettingException if it has
  @Bean
  static FilterRegistrationBean<RequestFilter> trustedProxies(
      LightningProperties settings, Environment environment) {
    requireNone(environment);
    List<AddressRange> trusted = settings.http().proxies();
    FilterRegistrationBean<RequestFilter> registration =
        new FilterRegistrationBean<>(new Believer(trusted));
    registration.setName("forwardedHeaders");
    registration.setOrder(Ordered.HIGHEST_PRECEDENCE);
    registration.setEnabled(!trusted.isEmpty());
    return registration;
  }

  /// What Spring Boot offers for this believes anyone in a private network, also in what the host is.
  private static void requireNone(Environment environment) {
    for (String name : OF_SPRING) {
      String value = environment.getProperty(name, "");
      if (!value.isBlank() && !value.equalsIgnoreCase("none")) {
        throw new InvalidSettingException(
            name, value, "nothing: name the proxies in lightning.http.trusted-proxies");
      }
    }
  }

  /// Believes trusted proxies. *Thread-safe.*
  ///
  /// @param trusted where they are
  record Believer(List<AddressRange> trusted) implements RequestFilter {
    @Override
    public void filter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
        throws IOException, ServletException {
      boolean isTrusted = address(request.getRemoteAddr()).filter(this::isTrusted).isPresent();
      chain.doFilter(isTrusted ? new Forwarded(request, client(request)) : request, response);
    }

    private boolean isTrusted(InetAddress address) {
      return trusted.stream().anyMatch(range -> range.contains(address));
    }

    /// The last address that is no trusted proxy, or else the first that is one.
    private @Nullable InetAddress client(HttpServletRequest request) {
      List<String> hops =
          List.of(String.join(",", Collections.list(request.getHeaders(FOR))).split(",", -1));
      InetAddress nearest = null;
      for (String hop : hops.reversed()) {
        Optional<InetAddress> address = address(hop.strip());
        if (address.isEmpty()) {
          break;
        }
        nearest = address.get();
        if (!isTrusted(nearest)) {
          break;
        }
      }
      return nearest;
    }

    /// Reads an address, with or without a port. The zone of an address is a name on the machine that called, and means
    /// nothing here.
    private static Optional<InetAddress> address(String text) {
      Matcher parts = HOP.matcher(text);
      if (!parts.matches()) {
        return Optional.empty();
      }
      return IntStream.rangeClosed(1, parts.groupCount())
          .mapToObj(parts::group)
          .filter(Objects::nonNull)
          .findFirst()
          .flatMap(AddressRange::address);
    }
  }

  /// A request as the client sent it to the first proxy.
  private static final class Forwarded extends HttpServletRequestWrapper {
    private final @Nullable String client;
    private final @Nullable Boolean secure;

    Forwarded(HttpServletRequest request, @Nullable InetAddress client) {
      super(request);
      this.client = client == null ? null : client.getHostAddress();
      this.secure = secure(request);
    }

    /// Whether the proxy that called was called by TLS; null if it does not say so in one of two words.
    private static @Nullable Boolean secure(HttpServletRequest request) {
      List<String> protocols =
          List.of(String.join(",", Collections.list(request.getHeaders(PROTO))).split(",", -1));
      return switch (protocols.getLast().strip().toLowerCase(Locale.ROOT)) {
        case "https" -> true;
        case "http" -> false;
        default -> null;
      };
    }

    @Override
    public String getRemoteAddr() {
      return client == null ? super.getRemoteAddr() : client;
    }

    @Override
    public String getRemoteHost() {
      return client == null ? super.getRemoteHost() : client;
    }

    @Override
    public boolean isSecure() {
      return secure == null ? super.isSecure() : secure;
    }

    @Override
    public String getScheme() {
      return secure == null ? super.getScheme() : secure ? "https" : "http";
    }
  }
}
