package io.lightningdb.server.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.lightningdb.server.Contract;
import io.lightningdb.token.Role;
import io.restassured.response.Response;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// `OPTIONS`, and the refusal of a method, name the methods of a path that the document has, to everybody who may know that the path is there.
class AllowTest extends SecuredService {

  /// A path, and its methods.
  record Path(String path, Set<String> methods) {}

  static Stream<Path> paths() {
    Map<String, Set<String>> methods = new TreeMap<>();
    for (Contract.Operation call : Contract.shipped().operations()) {
      Set<String> of =
          methods.computeIfAbsent(
              call.path().replaceAll("\\{[^}]+}", "x"), _ -> new TreeSet<>(Set.of("OPTIONS")));
      of.add(call.method().toUpperCase(Locale.ROOT));
      if (call.method().equals("get")) {
        of.add("HEAD");
      }
    }
    return methods.entrySet().stream().map(each -> new Path(each.getKey(), each.getValue()));
  }

  private static boolean isPublic(Path path) {
    return path.path().startsWith("/problems") || path.path().startsWith("/actuator/health");
  }

  private static Set<String> allowed(Response answer) {
    return new TreeSet<>(Arrays.asList(answer.header("Allow").split(",\\s*")));
  }

  @ParameterizedTest
  @MethodSource("paths")
  void methodsAreThoseOfTheDocument(Path path) {
    Response options = with(Role.READER).options(path.path());
    assertThat(options.statusCode()).isEqualTo(200);
    assertThat(allowed(options)).isEqualTo(path.methods());

    Response wrong = with(Role.READER).request("BREW", path.path());
    assertThat(wrong.statusCode()).isEqualTo(405);
    assertThat(allowed(wrong)).isEqualTo(path.methods());

    Response unknown = nobody().options(path.path());
    assertThat(unknown.statusCode()).isEqualTo(isPublic(path) ? 200 : 401);
  }
}
