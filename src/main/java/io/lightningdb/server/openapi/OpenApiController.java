package io.lightningdb.server.openapi;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import tools.jackson.databind.json.JsonMapper;

/// Hands out the OpenAPI document, and leads to the page that shows it.
@RestController
class OpenApiController {
  private static final String DOCUMENT = "/openapi/lightning-v1.yaml";
  private static final String YAML_TYPE = "application/yaml";

  private final byte[] yaml;
  private final byte[] json;

  /// Called by Spring.
  ///
  /// @param mapper writes JSON
  /// @throws IOException if the document is not in the jar
  OpenApiController(JsonMapper mapper) throws IOException {
    this.yaml = load();
    this.json = mapper.writeValueAsBytes(parse(yaml));
  }

  private static byte[] load() throws IOException {
    try (InputStream in = OpenApiController.class.getResourceAsStream(DOCUMENT)) {
      if (in == null) {
        throw new IOException("the jar has no " + DOCUMENT);
      }
      return in.readAllBytes();
    }
  }

  private static Map<String, Object> parse(byte[] document) {
    LoaderOptions options = new LoaderOptions();
    options.setMaxAliasesForCollections(1000);
    return new Yaml(new SafeConstructor(options))
        .load(new String(document, StandardCharsets.UTF_8));
  }

  /// The document as JSON.
  ///
  /// @return OpenAPI 3.1
  @GetMapping(path = "/v3/api-docs", produces = MediaType.APPLICATION_JSON_VALUE)
  byte[] json() {
    return json;
  }

  /// The document as it was written.
  ///
  /// @return OpenAPI 3.1
  @GetMapping(path = "/v3/api-docs.yaml", produces = YAML_TYPE)
  byte[] yaml() {
    return yaml;
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
