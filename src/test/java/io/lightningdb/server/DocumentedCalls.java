package io.lightningdb.server;

import io.restassured.specification.RequestSpecification;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/// The calls of the OpenAPI document below `/v1`, and requests for them.
public final class DocumentedCalls {
  /// Bodies that the calls take, by the end of their path.
  private static final Map<String, String> BODIES =
      Map.ofEntries(
          Map.entry("entries:batch", "{\"operations\":[{\"get\":{\"key\":\"a\"}}]}"),
          Map.entry("entries:multiget", "{\"keys\":[\"a\"]}"),
          Map.entry("/increment", "{\"by\":1}"),
          Map.entry("entries:import", "{\"key\":\"a\",\"value\":1}"),
          Map.entry(
              "transactions:execute",
              "{\"then\":[{\"get\":{\"keyspace\":\"absent\",\"key\":\"a\"}}]}"),
          Map.entry("/v1/transactions", "{\"readOnly\":false}"),
          Map.entry("/v1/admin/operations", "{\"kind\":\"flush\"}"),
          Map.entry("/v1/admin/mode", "{\"mode\":\"read-write\"}"),
          Map.entry("/v1/admin/tokens", "{\"name\":\"a\",\"roles\":[]}"),
          Map.entry("/v1/keyspaces/{keyspace}", "{\"layout\":\"auto\"}"),
          Map.entry("/entries/{key}", "1"));

  private static final Contract CONTRACT = Contract.shipped();

  private DocumentedCalls() {}

  public static Stream<Contract.Operation> all() {
    return CONTRACT.operations().stream().filter(call -> call.path().startsWith("/v1/"));
  }

  /// Those that list a status.
  public static Stream<Contract.Operation> calls(int status) {
    return all().filter(call -> statuses(call).contains(Integer.toString(status)));
  }

  private static JsonNode of(Contract.Operation call) {
    return CONTRACT.document().path("paths").path(call.path()).path(call.method());
  }

  public static Set<String> statuses(Contract.Operation call) {
    return Set.copyOf(of(call).path("responses").propertyNames());
  }

  public static boolean hasBody(Contract.Operation call) {
    return of(call).has("requestBody");
  }

  public static boolean takesJson(Contract.Operation call) {
    return of(call).path("requestBody").path("content").has("application/json");
  }

  /// Tokens are administered where clients are asked who they are, which most services of tests do not do.
  public static boolean isOffered(Contract.Operation call) {
    return !call.path().startsWith("/v1/admin/tokens");
  }

  public static String method(Contract.Operation call) {
    return call.method().toUpperCase(Locale.ROOT);
  }

  /// The path of a call that names a keyspace, and otherwise what is not there.
  public static String path(Contract.Operation call, String keyspace) {
    return call.path()
        .replace("{keyspace}", keyspace)
        .replace("{name}", "entry-not-found")
        .replace("{group}", "liveness")
        .replaceAll("\\{(transaction|operation|backup|snapshot|token|savepoint)\\}", "absent")
        .replace("{key}", "absent");
  }

  public static String body(Contract.Operation call) {
    return BODIES.entrySet().stream()
        .filter(each -> call.path().endsWith(each.getKey()))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElse("{}");
  }

  /// A request with the body that a call takes, if it takes one.
  public static RequestSpecification withBody(
      RequestSpecification request, Contract.Operation call) {
    return hasBody(call) ? withBody(request, call, body(call)) : request;
  }

  public static RequestSpecification withBody(
      RequestSpecification request, Contract.Operation call, String body) {
    return request
        .contentType(call.path().endsWith(":import") ? "application/x-ndjson" : "application/json")
        .body(body.getBytes(StandardCharsets.UTF_8));
  }
}
