package io.lightningdb.server.openapi;

import io.lightningdb.server.problem.Problem;
import io.lightningdb.server.problem.ProblemException;
import io.lightningdb.server.problem.ProblemType;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.util.DigestUtils;
import org.springframework.util.function.SingletonSupplier;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/// Hands out the OpenAPI document, and leads to the page that shows it. Its files are read when they are first asked for, so that no start
/// of the service waits for that.
@RestController
class OpenApiController {
  private static final String YAML_TYPE = "application/yaml";

  private final SingletonSupplier<Tagged> json =
      SingletonSupplier.of(() -> Tagged.of(DocumentFiles.read(DocumentFiles.JSON)));
  private final SingletonSupplier<Tagged> yaml =
      SingletonSupplier.of(() -> Tagged.of(DocumentFiles.read(DocumentFiles.YAML)));

  private final boolean hasPage;

  /// Called by Spring.
  ///
  /// @param hasPage whether Swagger UI is switched on
  OpenApiController(@Value("${springdoc.swagger-ui.enabled:true}") boolean hasPage) {
    this.hasPage = hasPage;
  }

  /// The document as JSON.
  ///
  /// @return OpenAPI 3.1
  @GetMapping(path = "/v3/api-docs", produces = MediaType.APPLICATION_JSON_VALUE)
  ResponseEntity<byte[]> json() {
    return json.obtain().answer();
  }

  /// The document as YAML.
  ///
  /// @return OpenAPI 3.1
  @GetMapping(path = "/v3/api-docs.yaml", produces = YAML_TYPE)
  ResponseEntity<byte[]> yaml() {
    return yaml.obtain().answer();
  }

  /// Leads to the page.
  ///
  /// @return a redirection
  /// @throws ProblemException if there is no page
  @GetMapping("/swagger-ui")
  ResponseEntity<Void> page() {
    if (!hasPage) {
      throw Problem.of(ProblemType.PATH_NOT_FOUND, ProblemType.PATH_NOT_FOUND.meaning())
          .asException();
    }
    return ResponseEntity.status(302)
        .header(HttpHeaders.LOCATION, "/swagger-ui/index.html")
        .build();
  }

  /// A file with the tag by which a client that has it is told so.
  private record Tagged(byte[] file, String tag) {
    static Tagged of(byte[] file) {
      return new Tagged(file, "\"" + DigestUtils.md5DigestAsHex(file) + "\"");
    }

    ResponseEntity<byte[]> answer() {
      return ResponseEntity.ok().eTag(tag).body(file);
    }
  }
}
