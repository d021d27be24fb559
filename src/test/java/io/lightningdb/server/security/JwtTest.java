package io.lightningdb.server.security;

import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.notNullValue;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// JWTs of an identity provider, which is a page with keys on the loopback address.
class JwtTest {
  private static final String AUDIENCE = "lightningdb";

  @TempDir static Path directory;

  private static RSAKey key;
  private static HttpServer provider;
  private static StartedService service;

  @BeforeAll
  static void start() throws IOException, JOSEException {
    key = new RSAKeyGenerator(2048).keyID("one").generate();
    byte[] keys = new JWKSet(key.toPublicJWK()).toString().getBytes(StandardCharsets.UTF_8);
    provider = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    provider.createContext(
        "/keys",
        exchange -> {
          exchange.getResponseHeaders().set("Content-Type", "application/json");
          exchange.sendResponseHeaders(200, keys.length);
          exchange.getResponseBody().write(keys);
          exchange.close();
        });
    provider.start();
    service = start(directory, "http://127.0.0.1:" + provider.getAddress().getPort() + "/keys");
  }

  private static StartedService start(Path data, String keys) {
    return StartedService.start(
        data,
        "--spring.security.oauth2.resourceserver.jwt.jwk-set-uri=" + keys,
        "--spring.security.oauth2.resourceserver.jwt.issuer-uri=https://id.example",
        "--spring.security.oauth2.resourceserver.jwt.audiences=" + AUDIENCE,
        "--lightning.security.jwt.roles-claim=access.roles",
        "--lightning.security.jwt.keyspaces-default=public-*");
  }

  @AfterAll
  static void stop() {
    service.close();
    provider.stop(0);
  }

  private static JWTClaimsSet.Builder claims(String subject, Object roles) {
    return new JWTClaimsSet.Builder()
        .issuer("https://id.example")
        .subject(subject)
        .audience(AUDIENCE)
        .expirationTime(Date.from(Instant.now().plusSeconds(300)))
        .claim("access", Map.of("roles", roles))
        .claim("keyspaces", List.of("*"));
  }

  private static String signed(JWTClaimsSet claims, RSAKey by) throws JOSEException {
    JWSHeader header = new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("one").build();
    SignedJWT jwt = new SignedJWT(header, claims);
    jwt.sign(new RSASSASigner(by));
    return jwt.serialize();
  }

  /// Signed with a secret that everyone knows, the public key, for a verifier that takes any algorithm.
  private static String signedByPublicKey(JWTClaimsSet claims) throws JOSEException {
    SignedJWT jwt =
        new SignedJWT(new JWSHeader.Builder(JWSAlgorithm.HS256).keyID("one").build(), claims);
    jwt.sign(new MACSigner(key.toRSAPublicKey().getEncoded()));
    return jwt.serialize();
  }

  private static String token(JWTClaimsSet.Builder claims) throws JOSEException {
    return signed(claims.build(), key);
  }

  @Test
  void claimsBecomeRolesAndKeyspaces() throws JOSEException {
    String admin = token(claims("ann", List.of("admin", "role-of-another-service")));
    String reader = token(claims("ron", "reader openid profile"));
    String entry = "/v1/keyspaces/default/entries/a";

    service.with(admin).body("x").put(entry).then().statusCode(201);
    service.with(reader).get(entry).then().statusCode(200);
    service.with(reader).body("y").put(entry).then().statusCode(403);
    service.with(token(claims("nil", List.of()))).get("/v1/limits").then().statusCode(403);
  }

  @Test
  void keyspacesOfTheClaimOrOfTheSettingAreCovered() throws JOSEException {
    String admin = token(claims("ann", List.of("admin")));
    for (String name : List.of("public-a", "private-a")) {
      service.with(admin).put("/v1/keyspaces/" + name);
    }
    String without = token(claims("una", List.of("reader")).claim("keyspaces", null));
    String some = token(claims("sam", List.of("reader")).claim("keyspaces", "private-* carts"));

    service.with(without).get("/v1/keyspaces").then().body("keyspaces.name", hasItem("public-a"));
    service.with(without).get("/v1/keyspaces/private-a").then().statusCode(403);
    service
        .with(some)
        .get("/v1/keyspaces")
        .then()
        .body("keyspaces.name", hasItem("private-a"))
        .body("keyspaces.name", not(hasItem("public-a")));
  }

  private static void refused(String token) {
    service
        .with(token)
        .get("/v1/limits")
        .then()
        .statusCode(401)
        .body("type", equalTo("/problems/unauthenticated"))
        .header("WWW-Authenticate", notNullValue());
  }

  @Test
  void whatIsNotValidIsRefused() throws JOSEException {
    RSAKey other = new RSAKeyGenerator(2048).keyID("one").generate();
    JWTClaimsSet valid = claims("ann", List.of("admin")).build();
    Date past = Date.from(Instant.now().minusSeconds(3600));
    Date future = Date.from(Instant.now().plusSeconds(3600));

    refused(signed(valid, other));
    refused(new PlainJWT(valid).serialize());
    refused(token(claims("ann", List.of("admin")).expirationTime(past)));
    refused(token(claims("ann", List.of("admin")).notBeforeTime(future)));
    refused(token(claims("ann", List.of("admin")).audience("another service")));
    refused(token(claims("ann", List.of("admin")).subject(null)));
    refused(token(claims("ann", List.of("admin")).issuer("https://other.example")));
    refused(token(claims("ann", List.of("admin")).issuer(null)));
    refused(token(claims("ann", List.of("admin")).expirationTime(null)));
    refused(token(claims("ann", List.of("admin")).audience(List.of("another service", ""))));
    refused(token(claims("ann", List.of("admin")).audience(List.of())));
    refused(signedByPublicKey(valid));
    service
        .with(token(claims("ann", List.of("admin")).audience(List.of("another", AUDIENCE))))
        .get("/v1/limits")
        .then()
        .statusCode(200);
    String good = signed(valid, key);
    refused(good.substring(0, good.lastIndexOf('.') + 1));
    service.with(good).get("/v1/limits").then().statusCode(200);
  }

  @Test
  void subjectsAreCallersOfTheirOwn() throws JOSEException {
    String id =
        service.with(token(claims("ann", List.of("writer")))).post("/v1/transactions").path("id");

    service
        .with(token(claims("ben", List.of("admin"))))
        .get("/v1/transactions/" + id)
        .then()
        .statusCode(404);
    // Another token of the same subject is the same caller.
    service
        .with(token(claims("ann", List.of("writer")).jwtID("2")))
        .get("/v1/transactions/" + id)
        .then()
        .statusCode(200);
  }

  @Test
  void aProviderThatDoesNotAnswerIsNoVerdict(@TempDir Path data) throws IOException, JOSEException {
    String keys;
    try (ServerSocket gone = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      keys = "http://127.0.0.1:" + gone.getLocalPort() + "/keys";
    }
    String admin = StartedService.tokenIn(data);
    try (StartedService alone = start(data, keys)) {
      alone
          .with(token(claims("ann", List.of("admin"))))
          .get("/v1/limits")
          .then()
          .statusCode(503)
          .body("type", equalTo("/problems/identity-provider-unavailable"))
          .header("Retry-After", equalTo("5"));
      // API tokens do not depend on it.
      alone.with(admin).get("/v1/limits").then().statusCode(200);
    }
  }
}
