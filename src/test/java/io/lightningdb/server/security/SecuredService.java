package io.lightningdb.server.security;

import static io.restassured.RestAssured.given;

import io.lightningdb.LightningDbApplication;
import io.lightningdb.engine.io.DiskStorage;
import io.lightningdb.server.ContractFilter;
import io.lightningdb.token.KeyspacePattern;
import io.lightningdb.token.NewToken;
import io.lightningdb.token.Rights;
import io.lightningdb.token.Role;
import io.lightningdb.token.TokenFile;
import io.lightningdb.token.TokenText;
import io.lightningdb.token.Tokens;
import io.restassured.specification.RequestSpecification;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/// The one service with tokens that most tests of security talk to. Every answer is held against the OpenAPI document.
@SpringBootTest(
    classes = LightningDbApplication.class,
    webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
    properties = {
      "lightning.log.segment-bytes=4MB",
      "lightning.cors.allowed-origins=https://app.example, https://second.example",
    })
public abstract class SecuredService {
  /// The token whose hash is a setting.
  protected static final String ADMIN = "the-admin-token-of-the-tests";

  /// Valid since the year 2000 and void a second later.
  protected static final NewToken EXPIRED =
      NewToken.of(
          "expired",
          Rights.ALL,
          Instant.parse("2000-01-01T00:00:00Z"),
          Instant.parse("2000-01-01T00:00:01Z"));

  private static final Map<Role, NewToken> BY_ROLE = new EnumMap<>(Role.class);
  private static final NewToken ORDERS =
      made("orders", List.of(Role.ADMIN, Role.OPERATOR), "orders-*", "carts");

  static {
    for (Role role : Role.values()) {
      BY_ROLE.put(role, made(role.word(), List.of(role), "*"));
    }
  }

  @LocalServerPort private int port;

  protected static NewToken made(String name, List<Role> roles, String... patterns) {
    List<KeyspacePattern> keyspaces =
        Arrays.stream(patterns).map(text -> KeyspacePattern.find(text).orElseThrow()).toList();
    return NewToken.of(name, Rights.of(roles, keyspaces), Instant.now(), null);
  }

  @DynamicPropertySource
  static void credentials(DynamicPropertyRegistry registry) {
    Path directory = newDirectory();
    registry.add("lightning.data-directory", directory::toString);
    registry.add(
        "lightning.security.admin-token-hash",
        () -> HexFormat.of().formatHex(TokenText.sha256(ADMIN)));
    Tokens tokens = Tokens.NONE.with(EXPIRED.token()).with(ORDERS.token());
    for (NewToken each : BY_ROLE.values()) {
      tokens = tokens.with(each.token());
    }
    try {
      TokenFile.write(new DiskStorage(directory), tokens);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path newDirectory() {
    try {
      Path parent = Files.createDirectories(Path.of("target", "service-tests"));
      return Files.createTempDirectory(parent.toAbsolutePath(), "data-");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  protected int port() {
    return port;
  }

  protected static String token(Role role) {
    return Objects.requireNonNull(BY_ROLE.get(role)).text();
  }

  /// The token of somebody who is everything, for keyspaces `orders-*` and `carts` only.
  protected static String ordersToken() {
    return ORDERS.text();
  }

  /// A request without a token whose answer must be as the document says.
  protected RequestSpecification nobody() {
    return given()
        .baseUri("http://127.0.0.1")
        .port(port)
        .urlEncodingEnabled(false)
        .filter(new ContractFilter());
  }

  /// A request with a token.
  protected RequestSpecification with(String token) {
    return nobody().header("Authorization", "Bearer " + token);
  }

  protected RequestSpecification with(Role role) {
    return with(token(role));
  }

  /// Creates a keyspace if it is not there.
  protected String keyspace(String name) {
    int status = with(ADMIN).put("/v1/keyspaces/" + name).statusCode();
    if (status != 200 && status != 201) {
      throw new AssertionError("keyspace " + name + " was answered " + status);
    }
    return "/v1/keyspaces/" + name;
  }
}
