package io.lightningdb.server.web;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import org.springframework.boot.actuate.autoconfigure.web.server.ManagementPortType;
import org.springframework.core.env.Environment;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/// Leads to what there is: programs by an index in JSON, people to the console. It tells what the OpenAPI document tells anyone, and nothing of
/// what is stored or who asks.
@RestController
class IndexController {
  private static final String CSS = "text/css";
  private static final String DOCUMENTATION = "documentation";

  private static final List<Link> LINKS =
      List.of(
          new Link("keyspaces", "/v1/keyspaces", "Keyspaces, with the entries below them"),
          new Link("transactions", "/v1/transactions", "Transactions"),
          new Link("limits", "/v1/limits", "Limits of requests"),
          new Link("openapi", "/v3/api-docs", "The contract as OpenAPI 3.1"),
          new Link(DOCUMENTATION, "/swagger-ui", "The contract as a page, to try calls"),
          new Link("problems", "/problems", "Problems, and what to do about them"),
          new Link("console", "/console/", "The console, for people"));

  private final List<Link> links;

  private final byte[] style;

  /// Called by Spring.
  ///
  /// @param environment tells where Actuator is
  /// @throws IOException if the style is not in the jar
  IndexController(Environment environment) throws IOException {
    this.links = links(environment);
    try (InputStream in = IndexController.class.getResourceAsStream("/pages/style.css")) {
      if (in == null) {
        throw new IOException("the jar has no /pages/style.css");
      }
      this.style = in.readAllBytes();
    }
  }

  /// Swagger UI is not here where it is switched off, nor health where a management port has it.
  static List<Link> links(Environment environment) {
    List<Link> links = new ArrayList<>(LINKS);
    if (!environment.getProperty("springdoc.swagger-ui.enabled", Boolean.class, true)) {
      links.removeIf(link -> link.rel().equals(DOCUMENTATION));
    }
    if (ManagementPortType.get(environment) == ManagementPortType.SAME) {
      String actuator = environment.getProperty("management.endpoints.web.base-path", "/actuator");
      links.add(new Link("health", actuator + "/health", "Health of the service"));
    }
    return List.copyOf(links);
  }

  /// Somewhere to go.
  ///
  /// @param rel what is there, in a word
  /// @param href path on this server
  /// @param title what is there, in a few words
  record Link(String rel, String href, String title) {}

  /// What there is.
  ///
  /// @param name of the service
  /// @param links where to go
  record Index(String name, List<Link> links) {}

  /// Leads programs.
  ///
  /// @return all links
  @GetMapping(path = "/", produces = MediaType.APPLICATION_JSON_VALUE)
  Index index() {
    return new Index("Lightning DB", links);
  }

  /// Leads people.
  ///
  /// @return a redirection to the console, relative, as a proxy may have the service below another path
  @GetMapping(path = "/", produces = MediaType.TEXT_HTML_VALUE)
  ResponseEntity<Void> page() {
    return ResponseEntity.status(HttpStatus.FOUND).header(HttpHeaders.LOCATION, "console/").build();
  }

  /// How pages look.
  ///
  /// @return CSS
  @GetMapping(path = HtmlPage.STYLE, produces = CSS)
  byte[] style() {
    return style.clone();
  }
}
