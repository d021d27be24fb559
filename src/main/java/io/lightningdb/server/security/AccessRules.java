package io.lightningdb.server.security;

import static io.lightningdb.token.Role.ADMIN;
import static io.lightningdb.token.Role.OPERATOR;
import static io.lightningdb.token.Role.READER;
import static io.lightningdb.token.Role.WRITER;

import io.lightningdb.server.security.AccessRule.Scope;
import io.lightningdb.token.Role;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.http.server.PathContainer;
import org.springframework.web.util.pattern.PathPatternParser;

/// The table of what every call of the service takes. What is not in it is refused, whatever exists behind it.
///
/// Paths are matched by the very classes with which Spring finds the controller, so both understand a path alike. The first rule
/// that matches counts; those that are asked for most stand first.
final class AccessRules {
  private static final PathPatternParser PARSER = PathPatternParser.defaultInstance;
  private static final String OPTIONS = "OPTIONS";
  private static final String KEYSPACE = "/v1/keyspaces/{keyspace}";
  private static final String ENTRIES = KEYSPACE + "/entries";
  private static final String OPERATIONS = "/v1/admin/operations";
  private static final String TRANSACTION = "/v1/transactions/{transaction}";
  private static final String TRANSACTION_ENTRIES = TRANSACTION + "/keyspaces/{keyspace}/entries";

  private final List<AccessRule> all;

  /// Makes the table.
  ///
  /// @param actuator what the paths of Actuator begin with
  AccessRules(String actuator) {
    this.all =
        Stream.of(
                entries(), keyspaces(), transactions(), administration(), words(), watch(actuator))
            .flatMap(rules -> rules)
            .toList();
  }

  private static Stream<AccessRule> entries() {
    return Stream.of(
        rule("GET", ENTRIES + "/{key}", READER, Scope.KEYSPACE),
        rule("PUT", ENTRIES + "/{key}", WRITER, Scope.KEYSPACE),
        rule("DELETE", ENTRIES + "/{key}", WRITER, Scope.KEYSPACE),
        rule("POST", ENTRIES + "/{key}/increment", WRITER, Scope.KEYSPACE),
        rule("GET", ENTRIES + "/{key}/history", READER, Scope.KEYSPACE),
        rule("GET", ENTRIES, READER, Scope.KEYSPACE),
        rule("DELETE", ENTRIES, WRITER, Scope.KEYSPACE),
        rule("GET", ENTRIES + ":count", READER, Scope.KEYSPACE),
        rule("GET", ENTRIES + ":export", READER, Scope.KEYSPACE),
        rule("POST", ENTRIES + ":batch", WRITER, Scope.KEYSPACE),
        rule("POST", ENTRIES + ":multiget", READER, Scope.KEYSPACE),
        rule("POST", ENTRIES + ":import", WRITER, Scope.KEYSPACE));
  }

  private static Stream<AccessRule> keyspaces() {
    return Stream.of(
        // Shows those that the caller may see.
        rule("GET", "/v1/keyspaces", null, Scope.OWN),
        rule("GET", KEYSPACE, null, Scope.KEYSPACE),
        rule("PUT", KEYSPACE, ADMIN, Scope.KEYSPACE),
        rule("DELETE", KEYSPACE, ADMIN, Scope.KEYSPACE));
  }

  private static Stream<AccessRule> transactions() {
    return Stream.of(
        rule("GET", TRANSACTION_ENTRIES + "/{key}", READER, Scope.KEYSPACE),
        rule("PUT", TRANSACTION_ENTRIES + "/{key}", WRITER, Scope.KEYSPACE),
        rule("DELETE", TRANSACTION_ENTRIES + "/{key}", WRITER, Scope.KEYSPACE),
        rule("POST", TRANSACTION_ENTRIES + "/{key}/increment", WRITER, Scope.KEYSPACE),
        rule("GET", TRANSACTION_ENTRIES, READER, Scope.KEYSPACE),
        rule("DELETE", TRANSACTION_ENTRIES, WRITER, Scope.KEYSPACE),
        rule("GET", TRANSACTION_ENTRIES + ":count", READER, Scope.KEYSPACE),
        rule("POST", TRANSACTION_ENTRIES + ":batch", WRITER, Scope.KEYSPACE),
        rule("POST", TRANSACTION_ENTRIES + ":multiget", READER, Scope.KEYSPACE),
        // Looks at the keyspace of each comparison and operation itself.
        rule("POST", "/v1/transactions:execute", READER, Scope.OWN),
        rule("POST", "/v1/transactions", READER, Scope.OWN),
        // A transaction is there for the caller that began it only.
        rule("GET", TRANSACTION, READER, Scope.OWN),
        rule("DELETE", TRANSACTION, READER, Scope.OWN),
        rule("POST", TRANSACTION + "/keep-alive", READER, Scope.OWN),
        rule("POST", TRANSACTION + "/commit", READER, Scope.OWN),
        rule("POST", TRANSACTION + "/savepoints", READER, Scope.OWN),
        rule("POST", TRANSACTION + "/savepoints/{savepoint}/rollback", READER, Scope.OWN),
        rule("GET", "/v1/transactions", OPERATOR, Scope.SERVICE));
  }

  private static Stream<AccessRule> administration() {
    return Stream.of(
        rule("GET", "/v1/admin/storage", OPERATOR, Scope.SERVICE),
        rule("GET", "/v1/admin/storage/keyspaces/{keyspace}", OPERATOR, Scope.KEYSPACE),
        rule("GET", "/v1/admin/history", OPERATOR, Scope.SERVICE),
        rule("GET", "/v1/admin/settings", ADMIN, Scope.SERVICE),
        rule("GET", "/v1/admin/audit", ADMIN, Scope.SERVICE),
        rule("GET", "/v1/admin/quarantine", OPERATOR, Scope.SERVICE),
        rule("GET", "/v1/admin/transactions", OPERATOR, Scope.SERVICE),
        rule("DELETE", "/v1/admin/transactions/{transaction}", OPERATOR, Scope.SERVICE),
        rule("GET", OPERATIONS, OPERATOR, Scope.SERVICE),
        rule("POST", OPERATIONS, OPERATOR, Scope.SERVICE),
        rule("GET", OPERATIONS + "/{operation}", OPERATOR, Scope.SERVICE),
        rule("DELETE", OPERATIONS + "/{operation}", OPERATOR, Scope.SERVICE),
        rule("GET", "/v1/admin/backups", OPERATOR, Scope.SERVICE),
        rule("GET", "/v1/admin/backups/{backup}", OPERATOR, Scope.SERVICE),
        rule("DELETE", "/v1/admin/backups/{backup}", ADMIN, Scope.SERVICE),
        rule("GET", "/v1/admin/snapshots", OPERATOR, Scope.SERVICE),
        rule("DELETE", "/v1/admin/snapshots/{snapshot}", OPERATOR, Scope.SERVICE),
        rule("GET", "/v1/admin/mode", OPERATOR, Scope.SERVICE),
        rule("PUT", "/v1/admin/mode", ADMIN, Scope.SERVICE),
        rule("POST", "/v1/admin/resume", OPERATOR, Scope.SERVICE),
        rule("GET", "/v1/admin/tokens", ADMIN, Scope.SERVICE),
        rule("POST", "/v1/admin/tokens", ADMIN, Scope.SERVICE),
        rule("GET", "/v1/admin/tokens/{token}", ADMIN, Scope.SERVICE),
        rule("DELETE", "/v1/admin/tokens/{token}", ADMIN, Scope.SERVICE));
  }

  /// What tells how to use the service, and nothing of what is in it.
  private static Stream<AccessRule> words() {
    return Stream.of(
        rule("GET", "/v1/limits", null, Scope.OWN),
        rule("GET", "/v1/caller", null, Scope.OWN),
        open("/"),
        open("/style.css"),
        open("/console"),
        open("/console/{*path}"),
        open("/problems"),
        open("/problems/{name}"),
        open("/v3/api-docs"),
        open("/v3/api-docs.yaml"),
        open("/v3/api-docs/swagger-config"),
        open("/swagger-ui"),
        open("/swagger-ui.html"),
        open("/swagger-ui/**"));
  }

  private static Stream<AccessRule> watch(String actuator) {
    return Stream.of(
        // Orchestrators have no tokens. Who may not know more is told the status alone.
        open(actuator + "/health"),
        open(actuator + "/health/**"),
        rule("GET", actuator, OPERATOR, Scope.SERVICE),
        rule("GET", actuator + "/info", OPERATOR, Scope.SERVICE),
        rule("GET", actuator + "/metrics", OPERATOR, Scope.SERVICE),
        rule("GET", actuator + "/metrics/{requiredMetricName}", OPERATOR, Scope.SERVICE),
        rule("GET", actuator + "/prometheus", OPERATOR, Scope.SERVICE),
        rule("GET", actuator + "/lightning", OPERATOR, Scope.SERVICE),
        rule("GET", actuator + "/compaction", OPERATOR, Scope.SERVICE),
        rule("GET", actuator + "/integrity", OPERATOR, Scope.SERVICE),
        rule("POST", actuator + "/integrity", OPERATOR, Scope.SERVICE),
        // What an operator exposes besides, such as dumps of the heap.
        rule("GET", actuator + "/**", ADMIN, Scope.SERVICE),
        rule("POST", actuator + "/**", ADMIN, Scope.SERVICE),
        rule("DELETE", actuator + "/**", ADMIN, Scope.SERVICE));
  }

  private static AccessRule open(String path) {
    return rule("GET", path, null, Scope.PUBLIC);
  }

  private static AccessRule rule(String method, String path, @Nullable Role role, Scope scope) {
    return new AccessRule(method, PARSER.parse(path), role, scope);
  }

  /// All rules.
  ///
  /// @return in the order in which they are tried
  List<AccessRule> all() {
    return all;
  }

  /// Finds the rule of a call.
  ///
  /// @param method of the request
  /// @param path within the application
  /// @return the rule, or nothing if the call is refused to everybody
  Optional<AccessRule> find(String method, PathContainer path) {
    if (method.equals(OPTIONS)) {
      return rules(path).findFirst().map(AccessRules::options);
    }
    String asked = method.equals("HEAD") ? "GET" : method;
    return rules(path).filter(rule -> rule.method().equals(asked)).findFirst();
  }

  private Stream<AccessRule> rules(PathContainer path) {
    return all.stream().filter(rule -> rule.isFor(path));
  }

  /// Asking for the methods of a path takes no more than being known, or nothing where the path is open.
  private static AccessRule options(AccessRule rule) {
    Scope scope = rule.scope() == Scope.PUBLIC ? Scope.PUBLIC : Scope.OWN;
    return new AccessRule(OPTIONS, rule.path(), null, scope);
  }

  /// The methods that a path has.
  ///
  /// @param path within the application
  /// @return none if there are no calls at this path
  Set<String> methods(PathContainer path) {
    Set<String> methods = new TreeSet<>();
    // What stands for any path below says nothing of one that has rules of its own, before it.
    rules(path)
        .findFirst()
        .ifPresent(first ->
            all.stream()
                .filter(rule -> rule.path().equals(first.path()))
                .forEach(rule -> methods.add(rule.method())));
    if (methods.contains("GET")) {
      methods.add("HEAD");
    }
    if (!methods.isEmpty()) {
      methods.add(OPTIONS);
    }
    return methods;
  }
}
