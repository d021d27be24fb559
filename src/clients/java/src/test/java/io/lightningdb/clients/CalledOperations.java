package io.lightningdb.clients;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/// Which operations of the document a client has called, and how they were answered.
final class CalledOperations {
  private static final Set<String> METHODS = Set.of("get", "head", "put", "post", "delete");

  private final List<Operation> operations = document();
  private final Set<String> succeeded = new TreeSet<>();
  private final Set<String> refused = new TreeSet<>();

  private record Operation(String method, Pattern path, String tag, String id) {}

  private static List<Operation> document() {
    try {
      JsonNode document = new ObjectMapper().readTree(new File(System.getProperty("document")));
      List<Operation> operations = new ArrayList<>();
      for (Map.Entry<String, JsonNode> path : document.get("paths").properties()) {
        Pattern pattern =
            Pattern.compile(
                "\\Q" + path.getKey().replaceAll("\\{\\w+}", "\\\\E[^/]+\\\\Q") + "\\E");
        for (Map.Entry<String, JsonNode> method : path.getValue().properties()) {
          if (METHODS.contains(method.getKey())) {
            JsonNode call = method.getValue();
            operations.add(
                new Operation(
                    method.getKey(),
                    pattern,
                    call.get("tags").get(0).asText(),
                    call.get("operationId").asText()));
          }
        }
      }
      return operations;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The tags that the operations of the document have.
  Set<String> tags() {
    Set<String> tags = new TreeSet<>();
    operations.forEach(operation -> tags.add(operation.tag()));
    return tags;
  }

  /// Notes an answer.
  synchronized void add(String method, String path, int status, String contentType) {
    Operation called =
        operations.stream()
            .filter(operation ->
                operation.method().equals(method.toLowerCase(Locale.ROOT))
                    && operation.path().matcher(path).matches())
            .findFirst()
            .orElseThrow(() -> new AssertionError(method + " " + path + " is not documented"));
    if (status / 100 == 2) {
      succeeded.add(called.id());
    } else if (method.equals("HEAD") || contentType.startsWith("application/problem+json")) {
      refused.add(called.id());
    }
  }

  /// Holds that every operation with a tag was called with success, and was answered with a problem.
  synchronized void assertComplete(String tag) {
    Set<String> wanted = new TreeSet<>();
    operations.stream()
        .filter(operation -> operation.tag().equals(tag))
        .forEach(operation -> wanted.add(operation.id()));
    Set<String> answered = new TreeSet<>(succeeded);
    answered.retainAll(wanted);
    assertEquals(wanted, answered, "called with success");
    answered = new TreeSet<>(refused);
    answered.retainAll(wanted);
    assertEquals(wanted, answered, "answered with a problem");
  }
}
