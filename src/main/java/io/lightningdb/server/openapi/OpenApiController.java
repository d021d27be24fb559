package io.lightningdb.server.openapi;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.util.function.SingletonSupplier;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Hands out the OpenAPI document, and leads to the page that shows it. The document is put together when it is first asked for, so that no
/// start of the service waits for that.
@RestController
class OpenApiController {
  private static final String YAML_TYPE = "application/yaml";

  private final SingletonSupplier<byte[]> json;
  private final SingletonSupplier<byte[]> yaml;

  /// Called by Spring.
  ///
  /// @param mapper writes JSON
  OpenApiController(JsonMapper mapper) {
    this.json =
        SingletonSupplier.of(
            () -> (mapper.writeValueAsString(document()) + "\n").getBytes(StandardCharsets.UTF_8));
    this.yaml = SingletonSupplier.of(() -> OpenApiDocument.yaml(document()));
  }

  private static ObjectNode document() {
    try {
      return OpenApiDocument.read();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The document as JSON.
  ///
  /// @return OpenAPI 3.1
  @GetMapping(path = "/v3/api-docs", produces = MediaType.APPLICATION_JSON_VALUE)
  byte[] json() {
    return json.obtain();
  }

  /// The document as YAML.
  ///
  /// @return OpenAPI 3.1
  @GetMapping(path = "/v3/api-docs.yaml", produces = YAML_TYPE)
  byte[] yaml() {
    return yaml.obtain();
  }

  /// Leads to the page.
  ///
  /// @return a redirection
  @GetMapping("/swagger-ui")
  ResponseEntity<Void> page() {
    return ResponseEntity.status(302)
        .header(HttpHeaders.LOCATION, "/swagger-ui/index.html")
        .build();
  }
}
