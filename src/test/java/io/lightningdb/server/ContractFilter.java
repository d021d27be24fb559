package io.lightningdb.server;

import io.restassured.filter.Filter;
import io.restassured.filter.FilterContext;
import io.restassured.response.Response;
import io.restassured.specification.FilterableRequestSpecification;
import io.restassured.specification.FilterableResponseSpecification;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Fails a test whose answer is not as the OpenAPI document says: status, headers, media type, schema and type of problem.
public final class ContractFilter implements Filter {
  private static final String PROBLEM = "application/problem+json";

  /// What the words of the document say of lines.
  private static final Set<String> OTHER_NAMES_OF_LINES =
      Set.of("application/ndjson", "application/jsonl");

  private final Contract contract = Contract.shipped();

  @Override
  public Response filter(
      FilterableRequestSpecification request,
      FilterableResponseSpecification specification,
      FilterContext context) {
    Response response = context.next(request, specification);
    URI uri = URI.create(request.getURI());
    SeenStatuses.add(request.getMethod(), uri.getRawPath(), response.statusCode());
    List<String> faults = faults(request.getMethod(), uri, response);
    if (!faults.isEmpty()) {
      throw new AssertionError(
          "%s %s was answered %d, which is not as documented: %s%n%s"
              .formatted(
                  request.getMethod(),
                  uri.getRawPath(),
                  response.statusCode(),
                  faults,
                  response.asString()));
    }
    return response;
  }

  private List<String> faults(String method, URI uri, Response response) {
    List<String> faults = new ArrayList<>();
    if (method.equals("OPTIONS") && response.statusCode() == 200) {
      // Of every path; the words of the document say so.
      checkNoBody(response, faults);
      if (response.header("Allow") == null) {
        faults.add("the header Allow is missing");
      }
      return faults;
    }
    String path = uri.getRawPath();
    boolean beforeTheApplication = Set.of(400, 401, 403, 414).contains(response.statusCode());
    Optional<Contract.Operation> operation = contract.find(method, path);
    // What no role may call is refused in front of the application, too.
    boolean refused =
        operation.isEmpty()
            || response.asString().contains("/problems/identity-provider-unavailable");
    if (path.startsWith("/v1/")
        && response.header("Lightning-Version") == null
        && !beforeTheApplication
        && !refused) {
      faults.add("Lightning-Version is missing");
    }
    Optional<JsonNode> documented =
        operation.isPresent()
            ? contract.response(operation.get(), response.statusCode())
            : undocumentedPath(response.statusCode());
    if (documented.isEmpty()) {
      faults.add("the status is not documented");
      return faults;
    }
    if (operation.isPresent() && response.statusCode() < 300) {
      checkParameters(operation.get(), uri, faults);
    }
    checkHeaders(documented.get(), response, faults);
    if (method.equals("HEAD")) {
      checkNoBody(response, faults);
    } else {
      checkBody(documented.get(), response, faults);
      checkEnd(method, path, response, faults);
    }
    return faults;
  }

  private Optional<JsonNode> undocumentedPath(int status) {
    JsonNode responses = contract.document().path("components").path("responses");
    return switch (status) {
      case 400 -> Optional.of(responses.path("BadRequest"));
      case 404 -> Optional.of(responses.path("PathNotFound"));
      default -> contract.everywhere(status);
    };
  }

  private void checkParameters(Contract.Operation operation, URI uri, List<String> faults) {
    String query = Optional.ofNullable(uri.getRawQuery()).orElse("");
    for (String pair : query.split("&", -1)) {
      String name = pair.split("=", -1)[0];
      if (!name.isEmpty() && !contract.queryParameters(operation).contains(name)) {
        faults.add("the parameter " + name + " is not documented");
      }
    }
  }

  private void checkHeaders(JsonNode documented, Response response, List<String> faults) {
    for (Map.Entry<String, JsonNode> header : documented.path("headers").properties()) {
      JsonNode resolved = contract.resolve(header.getValue());
      String value = response.header(header.getKey());
      if (value == null) {
        if (resolved.path("required").asBoolean(false)) {
          faults.add("the header " + header.getKey() + " is missing");
        }
        continue;
      }
      JsonNode schema = resolved.path("schema");
      boolean number = schema.path("type").asString().equals("integer");
      JsonNode node =
          number
              ? JsonMapper.shared().getNodeFactory().numberNode(Long.parseLong(value))
              : JsonMapper.shared().getNodeFactory().stringNode(value);
      contract.faults(schema, node).forEach(fault -> faults.add(header.getKey() + ": " + fault));
    }
  }

  private static void checkNoBody(Response response, List<String> faults) {
    if (response.asByteArray().length > 0) {
      faults.add("there is a body");
    }
  }

  private void checkBody(JsonNode documented, Response response, List<String> faults) {
    JsonNode content = documented.path("content");
    byte[] body = response.asByteArray();
    if (content.isMissingNode()) {
      checkNoBody(response, faults);
      return;
    }
    String type = Optional.ofNullable(response.contentType()).orElse("").split(";", -1)[0].strip();
    if (content.has("application/octet-stream")) {
      // A value comes with the media type that it was stored with, byte by byte.
      return;
    }
    type = OTHER_NAMES_OF_LINES.contains(type) ? "application/x-ndjson" : type;
    JsonNode media = content.path(type);
    if (media.isMissingNode()) {
      faults.add("the media type " + type + " is not documented");
    } else if (type.equals(PROBLEM)) {
      checkProblem(media, response.statusCode(), parse(body), faults);
    } else if (type.endsWith("json")) {
      checkJson(type, media.path("schema"), body, faults);
    }
  }

  /// A document ends with one line feed, and a value as it was stored.
  private static void checkEnd(String method, String path, Response response, List<String> faults) {
    byte[] body = response.asByteArray();
    String type = Optional.ofNullable(response.contentType()).orElse("");
    boolean isValue =
        method.equals("GET") && path.contains("/entries/") && response.statusCode() < 300;
    if (body.length > 0 && type.contains("json") && !isValue) {
      boolean ends = body[body.length - 1] == '\n';
      if (!ends || (body.length > 1 && body[body.length - 2] == '\n')) {
        faults.add("the document does not end with one line feed");
      }
    }
    String length = response.header("Content-Length");
    // The client asks for compression, and shows what it has decompressed.
    boolean isCoded = response.header("Content-Encoding") != null;
    if (length != null && !isCoded && Long.parseLong(length) != body.length) {
      faults.add("there are " + body.length + " bytes, and Content-Length says " + length);
    }
  }

  private void checkProblem(JsonNode media, int status, JsonNode problem, List<String> faults) {
    faults.addAll(contract.faultsOf("Problem", problem));
    if (problem.path("status").asInt() != status) {
      faults.add("the member status is another than the status");
    }
    String type = problem.path("type").asString().replace("/problems/", "");
    if (!media.path("examples").has(type)) {
      faults.add("problems of the type " + type + " are not documented here");
    }
  }

  private void checkJson(String type, JsonNode schema, byte[] body, List<String> faults) {
    if (type.endsWith("x-ndjson")) {
      Arrays.stream(new String(body, StandardCharsets.UTF_8).split("\n"))
          .filter(line -> !line.isEmpty())
          .forEach(
              line -> faults.addAll(contract.faults(schema, JsonMapper.shared().readTree(line))));
    } else {
      faults.addAll(contract.faults(schema, parse(body)));
    }
  }

  private static JsonNode parse(byte[] body) {
    return JsonMapper.shared().readTree(body);
  }
}
