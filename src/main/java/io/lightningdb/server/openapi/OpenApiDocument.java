package io.lightningdb.server.openapi;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Puts the OpenAPI document together: from its parts among the resources, one a tag of calls and three that these share, and from the
/// statuses that every call can give because they come from in front of it.
public final class OpenApiDocument {
  /// Where the parts are.
  private static final String FOLDER = "/openapi/";

  /// The parts, in the order in which the document has what is in them.
  private static final List<String> PARTS =
      List.of(
          "shared",
          "keyspaces",
          "entries",
          "ranges",
          "transactions",
          "administration",
          "problems",
          "operations",
          "responses",
          "problem-examples");

  // Members of the document, and members of these, that parts add to: paths and kinds of
  // components.
  private static final int SHARED_LEVELS = 2;

  private static final int ALIASES_MAX = 1000;
  private static final int LINE_LENGTH_MAX = 140;
  private static final String LIMITS = "/v1/limits";
  private static final String CALLER = "/v1/caller";
  private static final Set<String> METHODS = Set.of("get", "head", "put", "post", "delete");

  private OpenApiDocument() {}

  /// Reads the parts.
  ///
  /// @return the whole document, to change as one likes
  /// @throws IOException if a part is not in the jar
  /// @throws IllegalStateException if two parts say something of the same
  public static ObjectNode read() throws IOException {
    ObjectNode document = JsonMapper.shared().createObjectNode();
    for (String part : PARTS) {
      merge(document, part(part), SHARED_LEVELS);
    }
    for (Map.Entry<String, JsonNode> path : document.path("paths").properties()) {
      for (Map.Entry<String, JsonNode> member : path.getValue().properties()) {
        if (METHODS.contains(member.getKey())) {
          addStatuses(path.getKey(), (ObjectNode) member.getValue());
        }
      }
    }
    return document;
  }

  private static ObjectNode part(String name) throws IOException {
    String file = FOLDER + name + ".yaml";
    LoaderOptions options = new LoaderOptions();
    options.setMaxAliasesForCollections(ALIASES_MAX);
    try (InputStream in = OpenApiDocument.class.getResourceAsStream(file)) {
      if (in == null) {
        throw new FileNotFoundException("the jar has no " + file);
      }
      return JsonMapper.shared()
          .valueToTree(new Yaml(new SafeConstructor(options)).<Object>load(in));
    }
  }

  private static void merge(ObjectNode document, ObjectNode part, int levels) {
    for (Map.Entry<String, JsonNode> member : part.properties()) {
      String name = member.getKey();
      if (!document.has(name)) {
        document.set(name, member.getValue());
      } else if (levels > 0
          && document.get(name) instanceof ObjectNode known
          && member.getValue() instanceof ObjectNode more) {
        merge(known, more, levels - 1);
      } else {
        throw new IllegalStateException("two parts of the OpenAPI document have " + name);
      }
    }
  }

  /// Adds what the web server, the checks of callers and the guard of requests answer.
  private static void addStatuses(String path, ObjectNode call) {
    Map<String, String> statuses = new LinkedHashMap<>();
    statuses.put("401", "Unauthenticated");
    statuses.put("403", "AccessDenied");
    if (call.has("requestBody")) {
      statuses.put("408", "BodyTooSlow");
    }
    statuses.put("414", "UriTooLong");
    boolean isTimed = path.startsWith("/v1/") && !path.equals(LIMITS);
    if (isTimed && !path.startsWith("/v1/admin") && !path.equals(CALLER)) {
      statuses.put("429", "RateLimited");
    }
    statuses.put("431", "HeadersTooLarge");
    statuses.put("501", "NotImplemented");
    if (isTimed) {
      statuses.put("504", "DeadlineExceeded");
    }
    statuses.put("505", "HttpVersionNotSupported");
    ObjectNode responses = (ObjectNode) call.path("responses");
    statuses.forEach((status, name) -> {
      if (!responses.has(status)) {
        responses.putObject(status).put("$ref", "#/components/responses/" + name);
      }
    });
  }

  /// Writes the document in YAML.
  ///
  /// @param document the whole
  /// @return UTF-8
  static byte[] yaml(ObjectNode document) {
    DumperOptions options = new DumperOptions();
    options.setDefaultFlowStyle(DumperOptions.FlowStyle.BLOCK);
    options.setWidth(LINE_LENGTH_MAX);
    Object plain = JsonMapper.shared().treeToValue(document, Object.class);
    return new Yaml(options).dump(plain).getBytes(StandardCharsets.UTF_8);
  }
}
