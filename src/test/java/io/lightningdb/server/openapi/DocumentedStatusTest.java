package io.lightningdb.server.openapi;

import static io.lightningdb.server.DocumentedCalls.body;
import static io.lightningdb.server.DocumentedCalls.calls;
import static io.lightningdb.server.DocumentedCalls.hasBody;
import static io.lightningdb.server.DocumentedCalls.method;
import static io.lightningdb.server.DocumentedCalls.path;
import static io.lightningdb.server.DocumentedCalls.statuses;
import static io.lightningdb.server.DocumentedCalls.withBody;
import static java.nio.charset.StandardCharsets.US_ASCII;
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
  private static final Contract CONTRACT = Contract.shipped();
  private static final String CONFIRM = "&confirm=true";

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
    return CONTRACT.operations().stream().filter(call -> statuses(call).contains("406"));
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

  static Stream<Contract.Operation> callsThatDoNotNegotiate() {
    return CONTRACT.operations().stream().filter(call -> !statuses(call).contains("406"));
  }

  /// They answer with a value as it is, or with nothing; a problem comes as one whatever is accepted.
  @ParameterizedTest
  @MethodSource("callsThatDoNotNegotiate")
  void whatTheClientAcceptsDoesNotMatter(Contract.Operation call) {
    assertThat(
            request(call)
                .accept("image/png")
                .request(method(call), path(call, "absent") + confirmation(call))
                .statusCode())
        .isEqualTo(404);
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
    return call.path().endsWith("{keyspace}") ? "?confirm=absent" : "?prefix=a" + CONFIRM;
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

  static Stream<Contract.Operation> callsThatRefuseLongBounds() {
    return calls(413).filter(call -> CONTRACT.queryParameters(call).contains("prefix"));
  }

  @ParameterizedTest
  @MethodSource("callsThatRefuseLongBounds")
  void boundsThatAreTooLong(Contract.Operation call) {
    String query = "?prefix=" + "k".repeat(4097);
    String path = path(call, "default") + query + (statuses(call).contains("428") ? CONFIRM : "");
    assertThat(statusInTransaction(call, request(call), path)).isEqualTo(413);
  }

  static Stream<Contract.Operation> callsThatRefuseLongBodies() {
    return calls(413)
        .filter(call -> hasBody(call) && !call.path().endsWith(":import"))
        .filter(DocumentedCalls::isOffered);
  }

  @ParameterizedTest
  @MethodSource("callsThatRefuseLongBodies")
  void bodiesThatAreTooLong(Contract.Operation call) {
    String open = api().post("/v1/transactions").jsonPath().getString("id");
    String path = path(call, "default").replace("/transactions/absent", "/transactions/" + open);
    String head =
        "%s %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: 1000000000\r\nExpect: 100-continue\r\n\r\n"
            .formatted(method(call), path);
    assertThat(Raw.exchange(port(), out -> out.write(head.getBytes(US_ASCII))).status())
        .isEqualTo(413);
    api().delete("/v1/transactions/" + open).then().statusCode(204);
  }

  static Stream<Contract.Operation> allCalls() {
    return CONTRACT.operations().stream();
  }

  /// What the web server refuses before it looks at the path.
  @ParameterizedTest
  @MethodSource("allCalls")
  void headsThatNoPathTakes(Contract.Operation call) {
    String line = method(call) + " " + path(call, "default");
    String large = "x".repeat(70_000);
    assertThat(
            request(call)
                .header("Host", "rebound.example")
                .request(method(call), path(call, "default"))
                .statusCode())
        .isEqualTo(403);
    assertThat(Raw.send(port(), line + "?" + large, "", "").status()).isEqualTo(414);
    assertThat(Raw.send(port(), line, "X-Large: " + large + "\r\n", "").status()).isEqualTo(431);
    assertThat(Raw.send(port(), line, "Transfer-Encoding: nonsense\r\n", "").status())
        .isEqualTo(501);
    byte[] other = (line + " HTTP/9.9\r\nHost: localhost\r\n\r\n").getBytes(US_ASCII);
    assertThat(Raw.exchange(port(), out -> out.write(other)).status()).isEqualTo(505);
  }

  static Stream<Contract.Operation> callsWithDeadlines() {
    return DocumentedCalls.all().filter(call -> !call.path().equals("/v1/limits"));
  }

  @ParameterizedTest
  @MethodSource("callsWithDeadlines")
  void deadlinesThatPass(Contract.Operation call) {
    assertThat(
            request(call)
                .header("Lightning-Version-At-Least", 1_000_000_000_000L)
                .header("Lightning-Timeout", "PT0.001S")
                .request(method(call), path(call, "default"))
                .statusCode())
        .isEqualTo(504);
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
