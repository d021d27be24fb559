package io.lightningdb.server.openapi;

import static org.assertj.core.api.Assertions.assertThat;

import io.lightningdb.server.Contract;
import io.lightningdb.server.RunningService;
import io.lightningdb.server.keyvalue.Raw;
import io.restassured.specification.RequestSpecification;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/// Refusals that the document lists call by call, provoked call by call: each call that lists one gives it, and each call that gives it lists
/// it. What takes a state of its own, such as a conflict, has tests of its own.
class DocumentedStatusTest extends RunningService {
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

  private static Stream<Contract.Operation> calls(int status) {
    return CONTRACT.operations().stream()
        .filter(call -> call.path().startsWith("/v1/"))
        .filter(call -> statuses(call).contains(Integer.toString(status)));
  }

  private static Set<String> statuses(Contract.Operation call) {
    return Set.copyOf(
        CONTRACT
            .document()
            .path("paths")
            .path(call.path())
            .path(call.method())
            .path("responses")
            .propertyNames());
  }

  private static JsonNode bodyOf(Contract.Operation call) {
    return CONTRACT
        .document()
        .path("paths")
        .path(call.path())
        .path(call.method())
        .path("requestBody");
  }

  private static String path(Contract.Operation call, String keyspace) {
    return call.path()
        .replace("{keyspace}", keyspace)
        .replaceAll("\\{(transaction|operation|backup|snapshot|token|savepoint)\\}", "absent")
        .replace("{key}", "absent");
  }

  private RequestSpecification request(Contract.Operation call) {
    RequestSpecification request = api();
    if (bodyOf(call).isMissingNode()) {
      return request;
    }
    return request
        .contentType(call.path().endsWith(":import") ? "application/x-ndjson" : "application/json")
        .body(body(call).getBytes(StandardCharsets.UTF_8));
  }

  private static String body(Contract.Operation call) {
    return BODIES.entrySet().stream()
        .filter(each -> call.path().endsWith(each.getKey()))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElse("{}");
  }

  static Stream<Contract.Operation> callsThatRefuseParameters() {
    return calls(400);
  }

  @ParameterizedTest
  @MethodSource("callsThatRefuseParameters")
  void unknownParameters(Contract.Operation call) {
    String path = path(call, "default") + "?nonsense=1";
    assertThat(request(call).request(call.method().toUpperCase(Locale.ROOT), path).statusCode())
        .isEqualTo(400);
  }

  static Stream<Contract.Operation> callsThatRefuseWhatIsAccepted() {
    return calls(406);
  }

  @ParameterizedTest
  @MethodSource("callsThatRefuseWhatIsAccepted")
  void nothingThatTheClientAccepts(Contract.Operation call) {
    assertThat(
            request(call)
                .accept("image/png;q=0.5, nonsense")
                .request(call.method().toUpperCase(Locale.ROOT), path(call, "default"))
                .statusCode())
        .isEqualTo(406);
  }

  static Stream<Contract.Operation> callsThatRefuseMediaTypes() {
    return calls(415).filter(DocumentedStatusTest::isOffered);
  }

  @ParameterizedTest
  @MethodSource("callsThatRefuseMediaTypes")
  void mediaTypesThatAreNotTaken(Contract.Operation call) {
    // A value may have any media type that is concrete, but no encoding.
    RequestSpecification encoded = request(call).header("Content-Encoding", "br");
    assertThat(statusInTransaction(call, encoded, path(call, "default"))).isEqualTo(415);
  }

  /// Tokens are administered where clients are asked who they are, which this service does not do.
  private static boolean isOffered(Contract.Operation call) {
    return !call.path().startsWith("/v1/admin/tokens");
  }

  /// Has a transaction open that the path names.
  private int statusInTransaction(
      Contract.Operation call, RequestSpecification request, String path) {
    if (!call.path().contains("{transaction}")) {
      return request.request(call.method().toUpperCase(Locale.ROOT), path).statusCode();
    }
    String open = api().post("/v1/transactions").jsonPath().getString("id");
    String inside = path.replace("/transactions/absent", "/transactions/" + open);
    int status = request.request(call.method().toUpperCase(Locale.ROOT), inside).statusCode();
    api().delete("/v1/transactions/" + open).then().statusCode(204);
    return status;
  }

  static Stream<Contract.Operation> callsThatWaitForVersions() {
    return calls(503);
  }

  @ParameterizedTest
  @MethodSource("callsThatWaitForVersions")
  void versionsThatAreNotVisible(Contract.Operation call) {
    assertThat(
            request(call)
                .header("Lightning-Version-At-Least", 1_000_000_000_000L)
                .request(call.method().toUpperCase(Locale.ROOT), path(call, "default"))
                .statusCode())
        .isEqualTo(503);
  }

  /// What a path names is not there. Others answer 404 for what a body names, and the entry for which a transaction is needed first.
  static Stream<Contract.Operation> callsThatFindNothing() {
    return calls(404).filter(call -> call.path().contains("{")).filter(call -> !isCreation(call));
  }

  private static boolean isCreation(Contract.Operation call) {
    return call.method().equals("put") && call.path().equals("/v1/keyspaces/{keyspace}");
  }

  @ParameterizedTest
  @MethodSource("callsThatFindNothing")
  void whatThePathNamesIsNotThere(Contract.Operation call) {
    assertThat(
            request(call)
                .request(
                    call.method().toUpperCase(Locale.ROOT),
                    path(call, "absent") + confirmation(call))
                .statusCode())
        .isEqualTo(404);
  }

  private static String confirmation(Contract.Operation call) {
    if (!call.method().equals("delete") || !statuses(call).contains("428")) {
      return "";
    }
    return call.path().endsWith("{keyspace}") ? "?confirm=absent" : "?prefix=a&confirm=true";
  }

  static Stream<Contract.Operation> callsThatReadJson() {
    return CONTRACT.operations().stream()
        .filter(call -> bodyOf(call).path("content").has("application/json"))
        .filter(call -> !call.path().endsWith("/entries/{key}"))
        .filter(DocumentedStatusTest::isOffered);
  }

  @ParameterizedTest
  @MethodSource("callsThatReadJson")
  void membersThatAreThereTwice(Contract.Operation call) {
    String body = body(call);
    String twice = body.substring(0, body.length() - 1) + "," + body.substring(1);
    assertThat(
            statusInTransaction(
                call,
                api().contentType("application/json").body(twice.getBytes(StandardCharsets.UTF_8)),
                path(call, "default")))
        .isEqualTo(400);
  }

  static Stream<Contract.Operation> callsThatRefuseLongKeys() {
    return calls(413).filter(call -> call.path().contains("{key}"));
  }

  @ParameterizedTest
  @MethodSource("callsThatRefuseLongKeys")
  void keysThatAreTooLong(Contract.Operation call) {
    String path =
        path(call, "default").replaceFirst("entries/absent", "entries/" + "k".repeat(4097));
    assertThat(statusInTransaction(call, request(call), path)).isEqualTo(413);
  }

  static Stream<Contract.Operation> callsThatRefuseLongBodies() {
    return calls(413)
        .filter(call -> !bodyOf(call).isMissingNode() && !call.path().endsWith(":import"))
        .filter(call -> !call.path().contains("{transaction}"))
        .filter(DocumentedStatusTest::isOffered);
  }

  @ParameterizedTest
  @MethodSource("callsThatRefuseLongBodies")
  void bodiesThatAreTooLong(Contract.Operation call) {
    String head =
        "%s %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: 1000000000\r\nExpect: 100-continue\r\n\r\n"
            .formatted(call.method().toUpperCase(Locale.ROOT), path(call, "default"));
    assertThat(
            Raw.exchange(port(), out -> out.write(head.getBytes(StandardCharsets.US_ASCII)))
                .status())
        .isEqualTo(413);
  }

  /// A table that were empty would prove nothing.
  @Test
  void tablesAreNotEmpty() {
    List<Integer> counts =
        Stream.of(400, 404, 406, 413, 415, 503)
            .map(status -> (int) calls(status).count())
            .collect(Collectors.toList());
    assertThat(new TreeSet<>(counts).first()).isGreaterThan(10);
  }
}
