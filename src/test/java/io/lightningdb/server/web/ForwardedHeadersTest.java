package io.lightningdb.server.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lightningdb.server.settings.InvalidSettingException;
import io.lightningdb.server.settings.LightningProperties;
import jakarta.servlet.ServletException;
import java.io.IOException;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.mock.env.MockEnvironment;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;

/// Only trusted proxies are believed, and of what they say only what they can know.
class ForwardedHeadersTest {

  private static LightningProperties settings(String proxies) {
    return new Binder(
            new MapConfigurationPropertySource(Map.of("lightning.http.trusted-proxies", proxies)))
        .bindOrCreate("lightning", Bindable.of(LightningProperties.class));
  }

  private static String seen(String peer, String forwardedFor, String proto)
      throws IOException, ServletException {
    MockHttpServletRequest request = new MockHttpServletRequest("GET", "/v1/limits");
    request.setRemoteAddr(peer);
    for (String line : forwardedFor.split("\\|", -1)) {
      request.addHeader("X-Forwarded-For", line);
    }
    request.addHeader("X-Forwarded-Proto", proto);
    request.addHeader("X-Forwarded-Host", "elsewhere.example");
    request.addHeader("Forwarded", "for=9.9.9.9;host=elsewhere.example");
    AtomicReference<String> seen = new AtomicReference<>("");
    Objects.requireNonNull(
            ForwardedHeaders.trustedProxies(
                    settings("10.0.0.0/8, 192.0.2.1, fd00::/8"), new MockEnvironment())
                .getFilter())
        .doFilter(
            request,
            new MockHttpServletResponse(),
            (passed, _) ->
                seen.set(
                    passed.getRemoteAddr()
                        + " "
                        + passed.getScheme()
                        + " "
                        + passed.isSecure()
                        + " "
                        + passed.getServerName()));
    return seen.get();
  }

  @ParameterizedTest
  @CsvSource({
    // No proxy: what it says is nothing.
    "203.0.113.7, 198.51.100.1, https, 203.0.113.7 http false",
    "192.0.2.2, 198.51.100.1, https, 192.0.2.2 http false",
    "11.0.0.1, 198.51.100.1, https, 11.0.0.1 http false",
    // The address that the nearest proxy saw, whatever its client sent before.
    "10.1.2.3, 198.51.100.1, https, 198.51.100.1 https true",
    "192.0.2.1, 1.1.1.1; 198.51.100.1, https, 198.51.100.1 https true",
    "10.1.2.3, 1.1.1.1|198.51.100.1, https, 198.51.100.1 https true",
    "10.1.2.3, 1.1.1.1; 198.51.100.1; 10.9.9.9, https, 198.51.100.1 https true",
    "10.1.2.3, 198.51.100.1:4711, http, 198.51.100.1 http false",
    "fd00::1, '[2001:db8::7]:4711', https, 2001:db8:0:0:0:0:0:7 https true",
    "::ffff:10.1.2.3, 2001:db8::7, https, 2001:db8:0:0:0:0:0:7 https true",
    "10.1.2.3, '[2001:db8::7]', https, 2001:db8:0:0:0:0:0:7 https true",
    "10.1.2.3, fe80::7%eth9, https, fe80:0:0:0:0:0:0:7 https true",
    "10.1.2.3, '[fe80::7%eth9]:1', https, fe80:0:0:0:0:0:0:7 https true",
    "10.1.2.3, fe80::7%, https, 10.1.2.3 https true",
    "10.1.2.3, 198.51.100.1:port, https, 10.1.2.3 https true",
    "10.1.2.3, 198.51.100.1:123456, https, 10.1.2.3 https true",
    "10.1.2.3, '[2001:db8::7]x', https, 10.1.2.3 https true",
    "10.1.2.3, '[2001:db8::7', https, 10.1.2.3 https true",
    "10.1.2.3, 198.051.100.1, https, 10.1.2.3 https true",
    "10.1.2.3, '[198.51.100.1]', https, 198.51.100.1 https true",
    // A chain of proxies alone, and one that breaks off.
    "10.1.2.3, 10.0.0.1; 10.0.0.2, https, 10.0.0.1 https true",
    "10.1.2.3, 1.1.1.1; nonsense; 10.0.0.2, https, 10.0.0.2 https true",
    // No addresses at all.
    "10.1.2.3, nonsense, https, 10.1.2.3 https true",
    "10.1.2.3, localhost, https, 10.1.2.3 https true",
    "10.1.2.3, '', https, 10.1.2.3 https true",
    "10.1.2.3, 7, https, 10.1.2.3 https true",
    "10.1.2.3, 300.1.1.1, https, 10.1.2.3 https true",
    // The last word is that of the nearest proxy.
    "10.1.2.3, 198.51.100.1, https; http, 198.51.100.1 http false",
    "10.1.2.3, 198.51.100.1, gopher, 198.51.100.1 http false",
  })
  void clientIsTheLastAddressThatIsNoTrustedProxy(
      String peer, String forwardedFor, String proto, String expected)
      throws IOException, ServletException {
    assertThat(seen(peer, forwardedFor.replace(';', ','), proto.replace(';', ',')))
        .isEqualTo(expected + " localhost");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "proxy.example",
        "10.0.0.0/33",
        "10.0.0.0/-1",
        "10.0.0.0/x",
        "10.0.0.0/+8",
        "010.0.0.0/8",
        "10.0.0/8",
        "::1/129",
        "10.0.0.1,,10.0.0.2",
        "10.0.0.1,"
      })
  void whatIsNoAddressStopsTheStart(String proxies) {
    assertThatThrownBy(() -> settings(proxies))
        .rootCause()
        .isInstanceOf(InvalidSettingException.class)
        .hasMessageContaining("lightning.http.trusted-proxies");
  }

  @Test
  void nothingElseBelievesAnyone() {
    assertThat(ForwardedHeaders.trustedProxies(settings(""), new MockEnvironment()).isEnabled())
        .isFalse();
    for (String name :
        new String[] {
          "server.forward-headers-strategy",
          "server.tomcat.remoteip.remote-ip-header",
          "server.tomcat.remoteip.protocol-header"
        }) {
      MockEnvironment environment = new MockEnvironment().withProperty(name, "native");
      assertThatThrownBy(() -> ForwardedHeaders.trustedProxies(settings(""), environment))
          .isInstanceOf(InvalidSettingException.class)
          .hasMessageContaining(name)
          .hasMessageContaining("lightning.http.trusted-proxies");
    }
  }
}
