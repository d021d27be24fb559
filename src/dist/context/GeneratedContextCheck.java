import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.lightningdb.LightningDbApplication;
import java.io.IOException;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringApplicationRunListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.AnnotationConfigRegistry;

/// Starts a distribution with every kind of setting that decides what beans there are, by the way that it chooses
/// itself and by the ordinary one, and compares names of beans and answers. `check-context` runs it from its source,
/// with the jar of the distribution as class path. It ends with 1 if anything differs, or if a way was taken that
/// should not have been. With an argument, only the start without any setting is compared, in an environment that this
/// argument describes.
public final class GeneratedContextCheck {
  private static final String ORDINARY = "--spring.aot.enabled=false";
  private static final String ISSUER = "https://id.example";
  private static final String ENTRY = "/v1/keyspaces/default/entries/k";
  private static final int MILLIS_MAX = 10_000;

  /// What the ordinary way reads configuration classes by; generated code has read them.
  private static final Set<String> OF_ORDINARY =
      Set.of(
          "org.springframework.boot.autoconfigure.internalCachingMetadataReaderFactory",
          "org.springframework.context.annotation.internalAutowiredAnnotationProcessor",
          "org.springframework.context.annotation.internalCommonAnnotationProcessor",
          "org.springframework.context.annotation.internalConfigurationAnnotationProcessor",
          "org.springframework.context.event.internalEventListenerFactory",
          "org.springframework.context.event.internalEventListenerProcessor");

  /// What reads annotations of configuration classes for generated code.
  private static final Set<String> OF_GENERATED =
      Set.of("org.springframework.context.annotation.internalImportAwareAotProcessor");

  private final Path work;
  private final RSAKey key = key();
  private final AtomicInteger traces = new AtomicInteger();
  private final HttpServer other;
  private final int managementPort;
  private final List<String> faults = new ArrayList<>();

  private record Case(
      String name, boolean generated, Map<String, String> answers, String... settings) {}

  private record Start(boolean generated, Set<String> beans, Map<String, String> answers) {}

  private GeneratedContextCheck(Path work) throws IOException {
    this.work = work;
    this.other = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    byte[] keys = new JWKSet(key.toPublicJWK()).toString().getBytes(StandardCharsets.UTF_8);
    other.createContext("/keys", exchange -> answer(exchange, keys));
    other.createContext(
        "/traces",
        exchange -> {
          traces.addAndGet(exchange.getRequestBody().readAllBytes().length);
          answer(exchange, new byte[0]);
        });
    other.start();
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      this.managementPort = free.getLocalPort();
    }
  }

  public static void main(String[] args) throws Exception {
    Path work = Files.createTempDirectory("generated-context");
    GeneratedContextCheck check = new GeneratedContextCheck(work);
    trustEverything();
    if (args.length > 0) {
      check.compare(new Case(args[0], true, Map.of("readiness", "200")));
    } else {
      for (Case each : check.cases()) {
        check.compare(each);
      }
    }
    check.other.stop(0);
    try (Stream<Path> files = Files.walk(work)) {
      for (Path path : files.sorted((a, b) -> b.compareTo(a)).toList()) {
        Files.delete(path);
      }
    }
    check.faults.forEach(System.err::println);
    System.out.println(
        check.faults.isEmpty() ? "Both ways come to the same." : check.faults.size() + " faults");
    System.exit(check.faults.isEmpty() ? 0 : 1);
  }

  private List<Case> cases() throws IOException, InterruptedException {
    String provider = "http://127.0.0.1:" + other.getAddress().getPort();
    String jwt = "--spring.security.oauth2.resourceserver.jwt.";
    certificate();
    String pem = "--spring.ssl.bundle.jks.server.";
    return List.of(
        new Case("nothing", true, Map.of("readiness", "200", "swagger", "200", "put", "201")),
        new Case(
            "what is only read",
            true,
            Map.of("readiness", "200"),
            "--server.shutdown=immediate",
            "--server.max-http-request-header-size=64KB",
            "--server.tomcat.accept-count=50",
            "--server.tomcat.connection-timeout=30s",
            "--server.tomcat.keep-alive-timeout=30s",
            "--server.tomcat.max-connections=500",
            "--server.tomcat.max-keep-alive-requests=100",
            "--server.tomcat.max-swallow-size=1MB",
            "--server.tomcat.threads.max=50",
            "--spring.application.name=orders",
            "--spring.lifecycle.timeout-per-shutdown-phase=20s",
            "--spring.output.ansi.enabled=never",
            "--management.endpoint.health.roles=reader",
            "--management.endpoint.health.show-details=always",
            "--management.endpoint.health.show-components=always",
            "--management.metrics.tags.region=test",
            "--management.metrics.distribution.percentiles-histogram.http.server.requests=true",
            "--logging.level.root=warn",
            "--logging.pattern.level=%p",
            "--lightning.preset=write-heavy",
            "--lightning.tracing.endpoint="),
        new Case(
            "keys of an identity provider",
            false,
            Map.of("put", "401", "put with a JWT", "201", "put with a forged JWT", "401"),
            jwt + "jwk-set-uri=" + provider + "/keys",
            jwt + "issuer-uri=" + ISSUER,
            jwt + "audiences=lightningdb",
            "--lightning.security.jwt.keyspaces-default=*"),
        new Case(
            "traces",
            false,
            Map.of("traces", "sent"),
            "--lightning.tracing.endpoint=" + provider + "/traces",
            "--lightning.tracing.sampled-ratio=1"),
        new Case(
            "no Swagger UI",
            false,
            Map.of("swagger", "404"),
            "--springdoc.swagger-ui.enabled=false"),
        new Case(
            "a management port",
            false,
            Map.of("readiness", "404", "readiness at the management port", "200"),
            "--management.server.port=" + managementPort,
            "--management.server.address=127.0.0.1"),
        new Case(
            "TLS",
            false,
            Map.of("readiness", "none", "readiness with TLS", "200"),
            "--server.ssl.bundle=server",
            pem + "keystore.location=file:" + work.resolve("server.p12"),
            pem + "keystore.password=changeit",
            pem + "keystore.type=PKCS12"),
        new Case(
            "fewer endpoints",
            false,
            Map.of("metrics", "404"),
            "--management.endpoints.web.exposure.include=health"),
        new Case(
            "no access to an endpoint",
            false,
            Map.of("metrics", "404"),
            "--management.endpoint.prometheus.access=none"),
        new Case(
            "no metrics for Prometheus",
            false,
            Map.of("metrics", "404"),
            "--management.prometheus.metrics.export.enabled=false"),
        new Case("a part of health off", false, Map.of(), "--management.health.ping.enabled=false"),
        new Case(
            "less auto-configuration",
            false,
            Map.of(),
            "--spring.autoconfigure.exclude=org.springframework.boot.micrometer.metrics.autoconfigure.jvm.JvmMetricsAutoConfiguration"),
        new Case("a profile", false, Map.of("readiness", "200"), "--spring.profiles.active=test"),
        new Case("late beans", false, Map.of(), "--spring.main.lazy-initialization=true"),
        new Case("platform threads", false, Map.of(), "--spring.threads.virtual.enabled=false"),
        new Case("a log file", false, Map.of(), "--logging.file.name=" + work.resolve("log")));
  }

  private void compare(Case each) throws IOException {
    Start chosen = start(each, each.settings());
    Start ordinary =
        start(
            each,
            Stream.concat(Arrays.stream(each.settings()), Stream.of(ORDINARY))
                .toArray(String[]::new));
    expect(each, "generated beans", each.generated(), chosen.generated());
    expect(each, "generated beans where they are refused", false, ordinary.generated());
    expect(each, "beans", difference(ordinary, chosen), "");
    expect(each, "answers", ordinary.answers(), chosen.answers());
    each.answers().forEach((name, value) -> expect(each, name, value, chosen.answers().get(name)));
    System.out.println(
        each.name()
            + ": "
            + chosen.beans().size()
            + " beans, generated "
            + chosen.generated()
            + ", "
            + chosen.answers());
  }

  private static String difference(Start ordinary, Start chosen) {
    Set<String> missing = new TreeSet<>(ordinary.beans());
    missing.removeAll(chosen.beans());
    missing.removeAll(OF_ORDINARY);
    Set<String> more = new TreeSet<>(chosen.beans());
    more.removeAll(ordinary.beans());
    more.removeAll(OF_GENERATED);
    return missing.isEmpty() && more.isEmpty() ? "" : "missing " + missing + ", more " + more;
  }

  private void expect(Case each, String what, Object expected, Object found) {
    if (!expected.equals(found)) {
      faults.add(each.name() + ": " + what + ": " + found + " in place of " + expected);
    }
  }

  private Start start(Case each, String... settings) throws IOException {
    Path data = Files.createTempDirectory(work, "data");
    AtomicReference<ConfigurableApplicationContext> ready = new AtomicReference<>();
    SpringApplicationRunListener listener =
        new SpringApplicationRunListener() {
          @Override
          public void ready(ConfigurableApplicationContext context, Duration taken) {
            // The first is the service; a management port has another one below it.
            ready.compareAndSet(null, context);
          }
        };
    String[] all =
        Stream.concat(
                Stream.of(
                    "--server.port=0",
                    "--spring.config.location=classpath:/",
                    "--lightning.log.segment-bytes=4MB",
                    "--lightning.data-directory=" + data),
                Arrays.stream(settings))
            .toArray(String[]::new);
    SpringApplication.withHook(_ -> listener, () -> LightningDbApplication.main(all));
    traces.set(0);
    try (ConfigurableApplicationContext context = ready.get()) {
      Set<String> beans = new TreeSet<>(Arrays.asList(context.getBeanDefinitionNames()));
      Map<String, String> answers = ask(context.getEnvironment().getProperty("local.server.port"));
      context.close();
      answers.put("traces", traces.get() > 0 ? "sent" : "none");
      return new Start(!(context instanceof AnnotationConfigRegistry), beans, answers);
    }
  }

  private Map<String, String> ask(String port) {
    String base = "http://127.0.0.1:" + port;
    String health = "/actuator/health/readiness";
    Map<String, String> answers = new TreeMap<>();
    answers.put("readiness", status("GET", base + health, null));
    answers.put("readiness with TLS", status("GET", "https://127.0.0.1:" + port + health, null));
    answers.put(
        "readiness at the management port",
        status("GET", "http://127.0.0.1:" + managementPort + health, null));
    answers.put("swagger", status("GET", base + "/swagger-ui/index.html", null));
    answers.put("document", status("GET", base + "/v3/api-docs", null));
    answers.put("metrics", status("GET", base + "/actuator/prometheus", null));
    answers.put("links", status("GET", base + "/actuator", null));
    answers.put("put", status("PUT", base + ENTRY, null));
    answers.put("put with a JWT", status("PUT", base + ENTRY + "1", jwt(key)));
    answers.put("put with a forged JWT", status("PUT", base + ENTRY + "2", jwt(key())));
    answers.put("get", status("GET", base + ENTRY, null));
    answers.put("absent", status("GET", base + "/v1/nothing", null));
    return answers;
  }

  private static String status(String method, String url, String token) {
    try {
      HttpURLConnection connection = (HttpURLConnection) URI.create(url).toURL().openConnection();
      connection.setConnectTimeout(MILLIS_MAX);
      connection.setReadTimeout(MILLIS_MAX);
      connection.setRequestMethod(method);
      if (token != null) {
        connection.setRequestProperty("Authorization", "Bearer " + token);
      }
      if (method.equals("PUT")) {
        connection.setDoOutput(true);
        connection.setFixedLengthStreamingMode(1);
        try (OutputStream body = connection.getOutputStream()) {
          body.write('v');
        }
      }
      int status = connection.getResponseCode();
      connection.disconnect();
      // A server with TLS says 400 to a request without it.
      return status == 400 ? "none" : Integer.toString(status);
    } catch (java.net.HttpRetryException _) {
      return "401";
    } catch (IOException _) {
      return "none";
    }
  }

  private static void answer(HttpExchange exchange, byte[] body) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(200, body.length == 0 ? -1 : body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  private static RSAKey key() {
    try {
      return new RSAKeyGenerator(2048).keyID("one").generate();
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String jwt(RSAKey signer) {
    try {
      SignedJWT jwt =
          new SignedJWT(
              new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("one").build(),
              new JWTClaimsSet.Builder()
                  .issuer(ISSUER)
                  .subject("ann")
                  .audience("lightningdb")
                  .expirationTime(Date.from(Instant.now().plusSeconds(300)))
                  .claim("roles", List.of("admin"))
                  .build());
      jwt.sign(new RSASSASigner(signer));
      return jwt.serialize();
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
  }

  private void certificate() throws IOException, InterruptedException {
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "key",
                "-keyalg",
                "EC",
                "-dname",
                "CN=server",
                "-ext",
                "SAN=ip:127.0.0.1",
                "-storetype",
                "PKCS12",
                "-storepass",
                "changeit",
                "-keystore",
                work.resolve("server.p12").toString())
            .inheritIO()
            .start();
    if (keytool.waitFor() != 0) {
      throw new IOException("keytool failed");
    }
  }

  /// The certificate is made for this run, and what is asked for is whether there is TLS.
  private static void trustEverything() throws GeneralSecurityException {
    X509TrustManager all =
        new X509TrustManager() {
          @Override
          public void checkClientTrusted(X509Certificate[] chain, String type) {}

          @Override
          public void checkServerTrusted(X509Certificate[] chain, String type) {}

          @Override
          public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
          }
        };
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, new TrustManager[] {all}, new SecureRandom());
    HttpsURLConnection.setDefaultSSLSocketFactory(context.getSocketFactory());
  }
}
