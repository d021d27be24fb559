package io.lightningdb.server.openapi;

import static io.lightningdb.server.DocumentedCalls.body;
import static io.lightningdb.server.DocumentedCalls.calls;
import static io.lightningdb.server.DocumentedCalls.hasBody;
import static io.lightningdb.server.DocumentedCalls.method;
import static io.lightningdb.server.DocumentedCalls.path;
import static io.lightningdb.server.DocumentedCalls.statuses;
import static io.lightningdb.server.DocumentedCalls.withBody;
import static org.assertj.core.api.Assertions.assertThat;

import io.lightningdb.server.Contract;
import io.lightningdb.server.DocumentedCalls;
import io.lightningdb.server.RunningService;
import io.lightningdb.server.keyvalue.Raw;
import io.restassured.specification.RequestSpecification;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Refusals that the document lists call by call, provoked call by call: each call that lists one gives it, and each call that gives it lists
/// it. What takes a state of its own, such as a conflict, has tests of its own.
class DocumentedStatusTest extends RunningService {
  private RequestSpecification request(Contract.Operation call) {
    return withBody(api(), call);
  }

  static Stream<Contract.Operation> callsThatRefuseParameters() {
    return calls(400);
  }

  @ParameterizedTest
  @MethodSource("callsThatRefuseParameters")
  void unknownParameters(Contract.Operation call) {
    String path = path(call, "default") + "?nonsense=1";
    assertThat(request(call).request(method(call), path).statusCode()).isEqualTo(400);
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
                .request(method(call), path(call, "default"))
                .statusCode())
        .isEqualTo(406);
  }

  static Stream<Contract.Operation> callsThatRefuseMediaTypes() {
    return calls(415).filter(DocumentedCalls::isOffered);
  }

  @ParameterizedTest
  @MethodSource("callsThatRefuseMediaTypes")
  void mediaTypesThatAreNotTaken(Contract.Operation call) {
    // A value may have any media type that is concrete, but no encoding.
    RequestSpecification encoded = request(call).header("Content-Encoding", "br");
    assertThat(statusInTransaction(call, encoded, path(call, "default"))).isEqualTo(415);
  }

  /// Has a transaction open that the path names.
  private int statusInTransaction(
      Contract.Operation call, RequestSpecification request, String path) {
    if (!call.path().contains("{transaction}")) {
      return request.request(method(call), path).statusCode();
    }
    String open = api().post("/v1/transactions").jsonPath().getString("id");
    String inside = path.replace("/transactions/absent", "/transactions/" + open);
    int status = request.request(method(call), inside).statusCode();
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
                .request(method(call), path(call, "default"))
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
                .request(method(call), path(call, "absent") + confirmation(call))
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
    return DocumentedCalls.all()
        .filter(DocumentedCalls::takesJson)
        .filter(call -> !call.path().endsWith("/entries/{key}"))
        .filter(DocumentedCalls::isOffered);
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
        .filter(call -> hasBody(call) && !call.path().endsWith(":import"))
        .filter(call -> !call.path().contains("{transaction}"))
        .filter(DocumentedCalls::isOffered);
  }

  @ParameterizedTest
  @MethodSource("callsThatRefuseLongBodies")
  void bodiesThatAreTooLong(Contract.Operation call) {
    String head =
        "%s %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: 1000000000\r\nExpect: 100-continue\r\n\r\n"
            .formatted(method(call), path(call, "default"));
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
