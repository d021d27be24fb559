package io.lightningdb.server.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.lightningdb.server.Contract;
import io.lightningdb.server.security.AccessRule.Scope;
import io.lightningdb.token.Role;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.server.PathContainer;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.servlet.handler.AbstractUrlHandlerMapping;
import org.springframework.web.servlet.mvc.method.RequestMappingInfo;
import org.springframework.web.servlet.mvc.method.RequestMappingInfoHandlerMapping;
import tools.jackson.databind.JsonNode;

/// Every call there is takes a stated role, and takes it: the table, Spring's mappings and the OpenAPI document say the same, and each
/// call is asked for with every role and without one.
class PathTableTest extends SecuredService {
  /// Reached by the web server's own dispatch of errors only; whoever asks for it is refused.
  private static final String ERROR = "/error";

  private static final AccessRules RULES = new AccessRules("/actuator");
  private static final Contract CONTRACT = Contract.shipped();

  @Autowired private List<RequestMappingInfoHandlerMapping> mappings;
  @Autowired private List<AbstractUrlHandlerMapping> resources;

  private static PathContainer example(String pattern) {
    String path = pattern.replace("/**", "/x/y").replaceAll("\\{[^}]+}", "x");
    return PathContainer.parsePath(path);
  }

  /// Method and pattern of everything that Spring would hand to a controller.
  private Set<String> mapped() {
    Set<String> mapped = new TreeSet<>();
    for (RequestMappingInfoHandlerMapping mapping : mappings) {
      for (RequestMappingInfo info : mapping.getHandlerMethods().keySet()) {
        Set<RequestMethod> methods = info.getMethodsCondition().getMethods();
        for (String path : info.getPatternValues()) {
          if (!path.equals(ERROR)) {
            assertThat(methods).as(path).isNotEmpty();
            methods.forEach(method -> mapped.add(method + " " + path));
          }
        }
      }
    }
    return mapped;
  }

  @Test
  void everyMappingHasARuleOfItsOwn() {
    Set<String> mapped = mapped();

    assertThat(mapped).hasSizeGreaterThan(50);
    for (String call : mapped) {
      String[] parts = call.split(" ", -1);
      AccessRule rule =
          RULES
              .find(parts[0], example(parts[1]))
              .orElseThrow(() -> new AssertionError(call + " has no rule in AccessRules"));
      if (!parts[1].startsWith("/actuator")) {
        assertThat(rule).hasToString(call);
      } else {
        // What nobody thought of takes the highest role.
        assertThat(
                rule.toString().equals(call)
                    || rule.role() == Role.ADMIN
                    || rule.scope() == Scope.PUBLIC)
            .as(call + " is under " + rule)
            .isTrue();
      }
    }
  }

  @Test
  void everyRuleIsForSomethingThatExists() {
    Set<String> known = mapped();
    resources.stream()
        .flatMap(mapping -> mapping.getPathPatternHandlerMap().keySet().stream())
        .forEach(pattern -> known.add("GET " + pattern.getPatternString()));
    List<String> stale =
        RULES.all().stream()
            .map(AccessRule::toString)
            .filter(rule -> !known.contains(rule))
            .filter(rule -> !rule.endsWith(" /actuator/**"))
            .toList();

    assertThat(stale).isEmpty();
  }

  @Test
  void staticResourcesHaveARule() {
    for (AbstractUrlHandlerMapping mapping : resources) {
      mapping
          .getPathPatternHandlerMap()
          .keySet()
          .forEach(pattern ->
              assertThat(RULES.find("GET", example(pattern.getPatternString())))
                  .as(pattern.getPatternString())
                  .isPresent());
    }
  }

  @Test
  void whatIsNotInTheTableIsRefused() {
    for (String path :
        List.of(
            "/error", "/v2", "/v1", "/v1/keyspaces/", "/v1/admin", "/env", "/v1/keyspaces/a/b")) {
      assertThat(RULES.find("GET", PathContainer.parsePath(path))).as(path).isEmpty();
    }
    assertThat(RULES.find("PATCH", example("/v1/keyspaces/{keyspace}"))).isEmpty();
    assertThat(RULES.find("TRACE", example("/actuator/health"))).isEmpty();
  }

  private static AccessRule rule(Contract.Operation operation) {
    return RULES
        .find(operation.method().toUpperCase(Locale.ROOT), example(operation.path()))
        .orElseThrow(() -> new AssertionError(operation + " has no rule in AccessRules"));
  }

  @Test
  void documentNamesTheRoleOfEveryCall() {
    for (Contract.Operation operation : CONTRACT.operations()) {
      JsonNode call =
          CONTRACT.document().path("paths").path(operation.path()).path(operation.method());
      AccessRule rule = rule(operation);
      String documented = call.path("security").toString();
      String expected =
          rule.scope() == Scope.PUBLIC
              ? "[]"
              : rule.role() == null
                  ? "[{\"bearer\":[]}]"
                  : "[{\"bearer\":[\"" + rule.role().word() + "\"]}]";
      assertThat(documented).as(operation.toString()).isEqualTo(expected);
    }
    assertThat(CONTRACT.document().at("/components/securitySchemes/bearer/scheme").asString())
        .isEqualTo("bearer");
  }

  static Stream<Contract.Operation> operations() {
    return CONTRACT.operations().stream();
  }

  /// Harmless: nothing that it names exists, and no body says what to do.
  private static Response send(RequestSpecification request, Contract.Operation operation) {
    String path =
        operation
            .path()
            .replace("{keyspace}", "absent")
            .replace("{group}", "liveness")
            .replace("{name}", "entry-not-found")
            .replaceAll("\\{[^}]+}", "0000000000000000");
    boolean takesBody = Set.of("post", "put").contains(operation.method());
    RequestSpecification sent = takesBody ? request.contentType(ContentType.JSON) : request;
    if (takesBody && !path.startsWith("/actuator")) {
      sent = sent.body("?");
    }
    return sent.request(operation.method().toUpperCase(Locale.ROOT), path);
  }

  @ParameterizedTest
  @MethodSource("operations")
  void takesAToken(Contract.Operation operation) {
    boolean open = rule(operation).scope() == Scope.PUBLIC;
    Response without = send(nobody(), operation);
    Response wrong = send(with(token(Role.ADMIN).replace("_", "-")), operation);

    if (open) {
      assertThat(without.statusCode()).isEqualTo(200);
    } else {
      assertThat(without.statusCode()).isEqualTo(401);
      assertThat(without.header("WWW-Authenticate")).isEqualTo("Bearer realm=\"lightningdb\"");
    }
    // Even where none is needed a wrong one is told, rather than ignored.
    assertThat(wrong.statusCode()).isEqualTo(401);
    assertThat(wrong.header("WWW-Authenticate")).contains("error=\"invalid_token\"");
  }

  static Stream<Object[]> operationsAndRoles() {
    return operations()
        .flatMap(operation -> Stream.of(Role.values()).map(role -> new Object[] {operation, role}));
  }

  @ParameterizedTest
  @MethodSource("operationsAndRoles")
  void takesTheRoleOfTheTable(Contract.Operation operation, Role role) {
    AccessRule rule = rule(operation);
    boolean allowed = rule.role() == null || role.includes(rule.role());

    int status = send(with(role), operation).statusCode();

    assertThat(status).isNotEqualTo(401);
    assertThat(status == 403).as(operation + " by " + role + ": " + status).isEqualTo(!allowed);
  }

  @ParameterizedTest
  @MethodSource("operations")
  void coversOnlyTheKeyspacesOfTheToken(Contract.Operation operation) {
    AccessRule rule = rule(operation);
    boolean allowed = rule.scope() == Scope.PUBLIC || rule.scope() == Scope.OWN;

    int elsewhere = send(with(ordersToken()), operation).statusCode();

    assertThat(elsewhere == 403).as(operation + ": " + elsewhere).isEqualTo(!allowed);
    if (rule.scope() == Scope.KEYSPACE) {
      Contract.Operation own =
          new Contract.Operation(
              operation.path().replace("{keyspace}", "orders-absent"), operation.method());
      assertThat(send(with(ordersToken()), own).statusCode()).as(own.toString()).isNotEqualTo(403);
    }
  }

  @ParameterizedTest
  @EnumSource(Role.class)
  void unknownPathsAndMethodsAreRefusedToEverybody(Role role) {
    with(role).get("/v1/nothing").then().statusCode(404);
    with(role).delete("/v1/limits").then().statusCode(405);
    with(role).options("/v1/nothing").then().statusCode(404);
    with(role).get(ERROR).then().statusCode(404);
    nobody().get("/v1/nothing").then().statusCode(401);
    nobody().get(ERROR).then().statusCode(401);
  }

  @Test
  void rolesOfTheTableAreThoseThatWereMeant() {
    List<String> administration = new ArrayList<>();
    for (AccessRule rule : RULES.all()) {
      if (rule.role() == Role.ADMIN) {
        administration.add(rule.toString());
      }
    }
    assertThat(
            administration.stream()
                .filter(rule -> !rule.contains("/actuator"))
                .collect(Collectors.toSet()))
        .isEqualTo(
            Set.of(
                "PUT /v1/keyspaces/{keyspace}",
                "DELETE /v1/keyspaces/{keyspace}",
                "PUT /v1/admin/mode",
                "GET /v1/admin/settings",
                "GET /v1/admin/audit",
                "GET /v1/admin/tokens",
                "POST /v1/admin/tokens",
                "GET /v1/admin/tokens/{token}",
                "DELETE /v1/admin/tokens/{token}",
                "DELETE /v1/admin/backups/{backup}"));
    assertThat(
            RULES.all().stream()
                .filter(rule -> rule.scope() == Scope.PUBLIC)
                .map(AccessRule::toString))
        .containsExactlyInAnyOrder(
            "GET /",
            "GET /style.css",
            "GET /console",
            "GET /console/{*path}",
            "GET /problems",
            "GET /problems/{name}",
            "GET /v3/api-docs",
            "GET /v3/api-docs.yaml",
            "GET /v3/api-docs/swagger-config",
            "GET /swagger-ui",
            "GET /swagger-ui.html",
            "GET /swagger-ui/**",
            "GET /actuator/health",
            "GET /actuator/health/**");
  }
}
