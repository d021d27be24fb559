package io.lightningdb.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Writes down which calls of the document were answered with which status, once each and process, into a file to which all processes of a
/// run of tests add. A whole run begins with removing it and ends with a look at what it lacks.
public final class SeenStatuses {
  /// One line for each answer: method, path as in the document, status.
  public static final Path FILE = Path.of("target", "seen-statuses.txt");

  /// Stands for a method that the document does not have.
  public static final String OTHER_METHOD = "*";

  private static final Pattern REQUEST_LINE = Pattern.compile("([A-Z]+) (/\\S*) HTTP/\\S*\\s*");
  private static final Pattern TYPE = Pattern.compile("\"type\":\\s*\"/problems/([a-z-]+)\"");
  private static final Contract CONTRACT = Contract.shipped();
  private static final Set<String> SEEN = ConcurrentHashMap.newKeySet();

  private SeenStatuses() {}

  /// A line of the file.
  ///
  /// @param call method and path as in the document
  /// @param status what it was answered
  public static String line(Object call, int status) {
    return call + " " + status;
  }

  static void add(String method, String path, int status) {
    CONTRACT
        .template(path)
        .ifPresent(template -> {
          Object call =
              CONTRACT
                  .find(method, path)
                  .<Object>map(operation -> operation)
                  .orElse(OTHER_METHOD + " " + template);
          add(line(call, status));
        });
  }

  private static void add(String line) {
    if (SEEN.add(line)) {
      try {
        Files.createDirectories(FILE.getParent());
        // One call of the system for a line that is short, so that lines of two processes do not
        // mix.
        Files.write(FILE, List.of(line), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /// Takes down an answer to a request that was sent without a client, and holds its status and type of problem against the document.
  /// What is no request line of a documented path is left to its test.
  ///
  /// @param requestLine what was sent first
  /// @param status what was answered
  /// @param body what was answered
  public static void addRaw(String requestLine, int status, String body) {
    Matcher line = REQUEST_LINE.matcher(requestLine);
    if (status < 200 || !line.matches()) {
      return;
    }
    String method = line.group(1);
    Optional<String> path = path(line.group(2));
    if (path.isEmpty()) {
      return;
    }
    add(method, path.get(), status);
    List<String> faults = new ArrayList<>();
    CONTRACT.find(method, path.get()).ifPresent(call -> faults.addAll(faults(call, status, body)));
    if (!faults.isEmpty()) {
      throw new AssertionError(
          "%s was answered %d, which is not as documented: %s%n%s"
              .formatted(requestLine.strip(), status, faults, body));
    }
  }

  private static List<String> faults(Contract.Operation call, int status, String body) {
    var documented = CONTRACT.response(call, status);
    if (documented.isEmpty()) {
      return List.of("the status is not documented");
    }
    Matcher type = TYPE.matcher(body);
    boolean isKnown =
        status < 400
            || !type.find()
            || documented
                .get()
                .path("content")
                .path("application/problem+json")
                .path("examples")
                .has(type.group(1));
    return isKnown ? List.of() : List.of("problems of the type " + type.group(1));
  }

  private static Optional<String> path(String target) {
    try {
      return Optional.ofNullable(new URI(target).getRawPath());
    } catch (URISyntaxException _) {
      return Optional.empty();
    }
  }
}
