package io.lightningdb.server;

import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.lightningdb.server.openapi.OpenApiDocument;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// The OpenAPI document as tests need it.
public final class Contract {
  private static final String LOCATION = "https://lightningdb.example/openapi.json";
  private static final Contract SHIPPED = load();

  /// Answers that every path can give; they are listed once in the document.
  private static final Map<Integer, String> EVERYWHERE =
      Map.ofEntries(
          Map.entry(401, "Unauthenticated"),
          Map.entry(403, "AccessDenied"),
          Map.entry(405, "MethodNotAllowed"),
          Map.entry(408, "BodyTooSlow"),
          Map.entry(414, "UriTooLong"),
          Map.entry(429, "RateLimited"),
          Map.entry(431, "HeadersTooLarge"),
          Map.entry(501, "NotImplemented"),
          Map.entry(504, "DeadlineExceeded"),
          Map.entry(505, "HttpVersionNotSupported"));

  private final JsonNode document;
  private final SchemaRegistry schemas;
  private final List<Operation> operations;

  /// Templates of paths, and what matches them.
  private final Map<String, Pattern> paths;

  private Contract(JsonNode document) {
    this.document = document;
    this.schemas =
        SchemaRegistry.withDefaultDialect(
            SpecificationVersion.DRAFT_2020_12,
            builder -> builder.schemas(Map.of(LOCATION, strict(document))));
    this.operations = operations(document);
    this.paths =
        document.path("paths").propertyNames().stream()
            .collect(Collectors.toMap(path -> path, Contract::pattern));
  }

  public static Contract shipped() {
    return SHIPPED;
  }

  private static Contract load() {
    try {
      return new Contract(OpenApiDocument.read());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Clients are to expect members of answers that they do not know; the service is to have none that are not documented.
  private static String strict(JsonNode document) {
    JsonNode strict = document.deepCopy();
    for (JsonNode schema : strict.at("/components/schemas")) {
      if (schema.path("additionalProperties").isBoolean()) {
        ((ObjectNode) schema).put("additionalProperties", false);
      }
    }
    return strict.toString();
  }

  public JsonNode document() {
    return document;
  }

  /// One call of the document.
  public record Operation(String path, String method) {
    @Override
    public String toString() {
      return method.toUpperCase(Locale.ROOT) + " " + path;
    }
  }

  public List<Operation> operations() {
    return operations;
  }

  private static List<Operation> operations(JsonNode document) {
    Set<String> methods = Set.of("get", "head", "put", "post", "delete", "patch", "options");
    List<Operation> operations = new ArrayList<>();
    for (Map.Entry<String, JsonNode> path : document.path("paths").properties()) {
      for (String member : path.getValue().propertyNames()) {
        if (methods.contains(member)) {
          operations.add(new Operation(path.getKey(), member));
        }
      }
    }
    return List.copyOf(operations);
  }

  /// The call that a request is.
  public Optional<Operation> find(String method, String path) {
    return operations.stream()
        .filter(operation -> operation.method().equalsIgnoreCase(method))
        .filter(operation -> matches(operation.path(), path))
        .findFirst();
  }

  /// The path of the document that a path is, whatever its method.
  public Optional<String> template(String path) {
    return paths.keySet().stream().filter(template -> matches(template, path)).findFirst();
  }

  private boolean matches(String template, String path) {
    return Objects.requireNonNull(paths.get(template)).matcher(path).matches();
  }

  private static Pattern pattern(String template) {
    return Pattern.compile(
        Arrays.stream(template.split("(?=\\{)|(?<=\\})"))
            .map(part -> part.startsWith("{") ? "[^/]+" : Pattern.quote(part))
            .collect(Collectors.joining()));
  }

  /// Names of the query parameters that a call has.
  public Set<String> queryParameters(Operation operation) {
    JsonNode path = document.path("paths").path(operation.path());
    Set<String> names = new TreeSet<>();
    for (JsonNode list :
        List.of(path.path("parameters"), path.path(operation.method()).path("parameters"))) {
      for (JsonNode parameter : list) {
        JsonNode resolved = resolve(parameter);
        if (resolved.path("in").asString().equals("query")) {
          names.add(resolved.path("name").asString());
        }
      }
    }
    return names;
  }

  /// What the document says of an answer.
  public Optional<JsonNode> response(Operation operation, int status) {
    JsonNode found =
        document
            .path("paths")
            .path(operation.path())
            .path(operation.method())
            .path("responses")
            .path(Integer.toString(status));
    return found.isMissingNode() ? everywhere(status) : Optional.of(resolve(found));
  }

  public Optional<JsonNode> everywhere(int status) {
    return Optional.ofNullable(EVERYWHERE.get(status))
        .map(name -> document.path("components").path("responses").path(name));
  }

  public JsonNode resolve(JsonNode node) {
    return node.has("$ref") ? document.at(node.path("$ref").asString().substring(1)) : node;
  }

  /// What keeps a value from being as a schema of the document demands.
  public List<String> faults(JsonNode schema, JsonNode value) {
    JsonNode rooted = JsonMapper.shared().readTree(absolute(schema.toString()));
    Schema compiled = schemas.getSchema(rooted);
    return compiled.validate(value).stream().map(Object::toString).toList();
  }

  /// What keeps a value from being as a named schema demands.
  public List<String> faultsOf(String name, JsonNode value) {
    Schema compiled =
        schemas.getSchema(SchemaLocation.of(LOCATION + "#/components/schemas/" + name));
    return compiled.validate(value).stream().map(Object::toString).toList();
  }

  private static String absolute(String schema) {
    return schema.replace("\"#/components/", "\"" + LOCATION + "#/components/");
  }
}
