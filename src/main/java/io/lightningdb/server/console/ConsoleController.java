package io.lightningdb.server.console;

import io.lightningdb.server.problem.Problem;
import io.lightningdb.server.problem.ProblemType;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/// The console: `/console/`. It asks for no credentials, as it tells nothing of what is stored; the calls that it makes do.
///
/// Files are read out of the jar when they are first asked for, so that no start of the service waits for that, and kept: there are only so
/// many. A browser keeps them too, and asks with the tag whether they are still the same, so that no old console talks to a new service.
///
/// *Thread-safe.*
@RestController
class ConsoleController {
  private static final String PAGE = "index.html";

  // Only files that exist are in it.
  private final Map<String, ConsoleFile> files = new ConcurrentHashMap<>();

  /// Called by Spring.
  ConsoleController() {}

  /// Leads to the page, from where the names of its files are relative: a proxy may have the service below another path.
  ///
  /// @return a redirection
  @GetMapping("/console")
  ResponseEntity<Void> lead() {
    return ResponseEntity.status(HttpStatus.FOUND).header(HttpHeaders.LOCATION, "console/").build();
  }

  /// Hands out the page and its files.
  ///
  /// @param path below the console; the page if empty
  /// @return the file
  @GetMapping("/console/{*path}")
  ResponseEntity<byte[]> file(@PathVariable("path") String path) {
    String name = path.length() <= 1 ? PAGE : path.substring(1);
    ConsoleFile file = files.computeIfAbsent(name, ConsoleController::read);
    return ResponseEntity.ok().eTag(file.tag()).contentType(file.type()).body(file.content());
  }

  private static ConsoleFile read(String name) {
    return ConsoleFile.read(name)
        .orElseThrow(() ->
            Problem.of(ProblemType.PATH_NOT_FOUND, "The console has no such file.").asException());
  }
}
