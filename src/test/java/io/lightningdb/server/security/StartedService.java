package io.lightningdb.server.security;

import static io.restassured.RestAssured.given;

import io.lightningdb.LightningDbApplication;
import io.lightningdb.engine.io.DiskStorage;
import io.lightningdb.token.KeyspacePattern;
import io.lightningdb.token.NewToken;
import io.lightningdb.token.Rights;
import io.lightningdb.token.Role;
import io.lightningdb.token.TokenFile;
import io.lightningdb.token.Tokens;
import io.restassured.specification.RequestSpecification;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/// A service of one test's own, with settings of its own and one token.
final class StartedService implements AutoCloseable {
  private final ConfigurableApplicationContext context;

  private StartedService(ConfigurableApplicationContext context) {
    this.context = context;
  }

  /// Puts a token that may do everything into a directory.
  static String tokenIn(Path directory) throws IOException {
    NewToken made =
        NewToken.of(
            "root",
            Rights.of(List.of(Role.ADMIN), List.of(KeyspacePattern.ALL)),
            Instant.now(),
            null);
    TokenFile.write(DiskStorage.inDirectory(directory), Tokens.NONE.with(made.token()));
    return made.text();
  }

  static StartedService start(Path directory, String... settings) {
    String[] arguments =
        Stream.concat(
                Stream.of(
                    "--server.port=0",
                    "--lightning.log.segment-bytes=4MB",
                    "--lightning.data-directory=" + directory),
                Stream.of(settings))
            .toArray(String[]::new);
    return new StartedService(
        new SpringApplicationBuilder(LightningDbApplication.class).run(arguments));
  }

  int port() {
    return port("local.server.port");
  }

  int managementPort() {
    return port("local.management.port");
  }

  private int port(String name) {
    return context.getEnvironment().getRequiredProperty(name, Integer.class);
  }

  <T> T bean(Class<T> type) {
    return context.getBean(type);
  }

  RequestSpecification nobody() {
    return at(port());
  }

  RequestSpecification at(int port) {
    return given().baseUri("http://127.0.0.1").port(port).urlEncodingEnabled(false);
  }

  RequestSpecification with(String token) {
    return nobody().header("Authorization", "Bearer " + token);
  }

  @Override
  public void close() {
    context.close();
  }
}
