package io.lightningdb.tool.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import io.lightningdb.server.security.Certificate;
import io.lightningdb.tool.Ran;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Certificates, tokens and redirects, against a server of the JDK that wants a certificate of its clients.
class ClientTlsTest {
  @TempDir private static Path directory;

  private static HttpsServer server;
  private static final List<String> TOKENS = new ArrayList<>();

  @BeforeAll
  static void start() throws Exception {
    Certificate own = Certificate.make(directory, "own");
    Certificate client = Certificate.make(directory, "client");
    Files.writeString(directory.resolve("ca.pem"), own.certificatePem());
    Files.writeString(directory.resolve("client.pem"), client.certificatePem());
    Files.writeString(directory.resolve("client.key"), client.keyPem());
    Files.writeString(directory.resolve("own.key"), own.keyPem());
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("client", client.certificate());
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(own.keys().getKeyManagers(), trust.getTrustManagers(), null);
    server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(
        new HttpsConfigurator(context) {
          @Override
          public void configure(HttpsParameters parameters) {
            SSLParameters wanted = context.getDefaultSSLParameters();
            wanted.setNeedClientAuth(true);
            parameters.setSSLParameters(wanted);
          }
        });
    server.createContext(
        "/",
        exchange -> {
          TOKENS.add(exchange.getRequestHeaders().getFirst("Authorization"));
          boolean redirect = exchange.getRequestURI().getPath().endsWith("moved");
          exchange.getResponseHeaders().set("Lightning-Version", "1");
          if (redirect) {
            exchange.getResponseHeaders().set("Location", "/elsewhere");
          }
          byte[] body = "value".getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(redirect ? 307 : 200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
  }

  @AfterAll
  static void stop() {
    server.stop(0);
  }

  private static String file(String name) {
    return directory.resolve(name).toString();
  }

  private static Ran get(String key, Map<String, String> environment, String... more) {
    List<String> args = new ArrayList<>(List.of("get", key));
    args.add("--url=https://127.0.0.1:" + server.getAddress().getPort());
    args.addAll(List.of(more));
    return Ran.command(_ -> {}, new byte[0], environment, args.toArray());
  }

  @Test
  void certificatesOfBothSidesAreChecked() throws Exception {
    String[] both = {
      "--cacert=" + file("ca.pem"), "--cert=" + file("client.pem"), "--key=" + file("client.key")
    };
    assertThat(get("k", Map.of(), both)).isEqualTo(new Ran(0, "value", ""));
    Ran named =
        get(
            "k",
            Map.of(
                "LIGHTNING_CACERT", file("ca.pem"),
                "LIGHTNING_CERT", file("client.pem"),
                "LIGHTNING_KEY", file("client.key")));
    assertThat(named.out()).isEqualTo("value");
    Ran untrusted = get("k", Map.of());
    assertThat(untrusted.exitCode()).isEqualTo(ClientExit.UNTRUSTED);
    assertThat(untrusted.err()).contains("--cacert").hasLineCount(1);
    Ran nobody = get("k", Map.of(), "--cacert=" + file("ca.pem"));
    assertThat(nobody.err()).contains("--cert").hasLineCount(1);
    // The server may have closed the connection before the client has read why.
    assertThat(nobody.exitCode()).isIn(ClientExit.UNTRUSTED, ClientExit.SERVICE_FAILED);
  }

  @Test
  void aTokenGoesToTheServiceAndNowhereElse() throws Exception {
    Path token = Files.writeString(directory.resolve("token"), "ldb_secret\n");
    String[] all = {
      "--cacert=" + file("ca.pem"),
      "--cert=" + file("client.pem"),
      "--key=" + file("client.key"),
      "--token-file=" + token
    };
    TOKENS.clear();
    assertThat(get("k", Map.of("LIGHTNING_TOKEN", "ldb_other"), all).out()).isEqualTo("value");
    assertThat(TOKENS).containsExactly("Bearer ldb_secret");
    Ran moved = get("moved", Map.of(), all);
    assertThat(moved.exitCode()).isEqualTo(ClientExit.REFUSED);
    assertThat(moved.err()).contains("307").hasLineCount(1);
    assertThat(TOKENS).hasSize(2);
  }

  @Test
  void whatIsNoKeyIsToldByItsFile() {
    Ran swapped =
        get(
            "k",
            Map.of(),
            "--cacert=" + file("ca.pem"),
            "--cert=" + file("client.pem"),
            "--key=" + file("ca.pem"));
    assertThat(swapped.exitCode()).isEqualTo(ClientExit.UNREADABLE);
    assertThat(swapped.err()).contains("ca.pem holds no private key in PEM form").hasLineCount(1);
  }
}
