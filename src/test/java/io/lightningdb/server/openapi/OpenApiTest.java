package io.lightningdb.server.openapi;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import io.lightningdb.server.Contract;
import io.lightningdb.server.RunningService;
import io.lightningdb.server.problem.ProblemType;
import io.lightningdb.server.web.QueryParameters;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.mvc.method.RequestMappingInfo;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The document and the code say the same. Besides, every test that talks to the service compares what it is answered.
class OpenApiTest extends RunningService {
  private static final Set<String> NOT_PART_OF_THE_CONTRACT =
      Set.of(
          "/",
          "/style.css",
          "/console",
          "/console/{*path}",
          "/error",
          "/v3/api-docs",
          "/v3/api-docs.yaml",
          "/v3/api-docs/swagger-config",
          "/swagger-ui",
          "/swagger-ui.html");

  private final Contract contract = Contract.shipped();

  @Autowired
  @Qualifier("requestMappingHandlerMapping")
  private RequestMappingHandlerMapping mappings;

  @Test
  void everyCallIsDocumentedAndEveryDocumentedCallExists() {
    Set<String> mapped = new TreeSet<>();
    for (RequestMappingInfo mapping : mappings.getHandlerMethods().keySet()) {
      for (String path : mapping.getPatternValues()) {
        if (!NOT_PART_OF_THE_CONTRACT.contains(path)) {
          assertThat(mapping.getMethodsCondition().getMethods()).as(path).isNotEmpty();
          for (RequestMethod method : mapping.getMethodsCondition().getMethods()) {
            mapped.add(method + " " + path);
          }
        }
      }
    }
    Set<String> documented =
        contract.operations().stream()
            .filter(operation -> !operation.path().startsWith("/actuator"))
            .filter(operation -> !operation.method().equals("head"))
            .map(Contract.Operation::toString)
            .collect(Collectors.toCollection(TreeSet::new));

    assertThat(documented).isEqualTo(mapped);
  }

  @Test
  void queryParametersAreThoseThatTheCodeKnows() {
    Map<String, Set<String>> known = new TreeMap<>();
    for (Map.Entry<RequestMappingInfo, HandlerMethod> mapping :
        mappings.getHandlerMethods().entrySet()) {
      QueryParameters declared = mapping.getValue().getMethodAnnotation(QueryParameters.class);
      for (String path : mapping.getKey().getPatternValues()) {
        for (RequestMethod method : mapping.getKey().getMethodsCondition().getMethods()) {
          known.put(method + " " + path, declared == null ? Set.of() : Set.of(declared.value()));
        }
      }
    }

    for (Contract.Operation operation : contract.operations()) {
      if (operation.path().startsWith("/v1")) {
        String get = operation.toString().replace("HEAD", "GET");
        assertThat(contract.queryParameters(operation)).as(get).isEqualTo(known.get(get));
      }
    }
  }

  @Test
  void pathParametersAreDocumented() {
    for (Contract.Operation operation : contract.operations()) {
      Set<String> named = new TreeSet<>();
      for (JsonNode parameter :
          contract.document().path("paths").path(operation.path()).path("parameters")) {
        JsonNode resolved = contract.resolve(parameter);
        if (resolved.path("in").asString().equals("path")) {
          named.add("{" + resolved.path("name").asString() + "}");
        }
      }
      Set<String> inPath =
          Arrays.stream(operation.path().split("(?=\\{)|(?<=\\})"))
              .filter(part -> part.startsWith("{"))
              .collect(Collectors.toCollection(TreeSet::new));
      assertThat(named).as(operation.path()).isEqualTo(inPath);
    }
  }

  @Test
  void everyProblemTypeHasAnExampleAndIsAnsweredSomewhereWithItsStatus() {
    JsonNode examples = contract.document().at("/components/examples");
    JsonNode responses = contract.document().at("/components/responses");
    for (ProblemType type : ProblemType.values()) {
      JsonNode example = examples.path(type.slug()).path("value");
      assertThat(contract.faultsOf("Problem", example)).as(type.slug()).isEmpty();
      assertThat(example.path("type").asString()).isEqualTo(type.path());
      assertThat(example.path("title").asString()).isEqualTo(type.title());
      assertThat(example.path("status").asInt()).isEqualTo(type.status());
      assertThat(example.path("retryable").asBoolean()).isEqualTo(type.isRetryable());
      assertThat(responses.valueStream().filter(response -> lists(response, type)))
          .as(type.slug())
          .isNotEmpty();
    }
    Set<String> listed = new TreeSet<>();
    responses.valueStream().forEach(response -> listed.addAll(types(response)));
    assertThat(listed)
        .isEqualTo(
            Stream.of(ProblemType.values()).map(ProblemType::slug).collect(Collectors.toSet()));
  }

  @Test
  void responsesListProblemsOfTheirStatusOnly() {
    for (Contract.Operation operation : contract.operations()) {
      JsonNode responses =
          contract
              .document()
              .path("paths")
              .path(operation.path())
              .path(operation.method())
              .path("responses");
      for (Map.Entry<String, JsonNode> response : responses.properties()) {
        for (String type : types(contract.resolve(response.getValue()))) {
          int status = ProblemType.find(type).orElseThrow().status();
          assertThat(Integer.toString(status))
              .as(operation + " " + type)
              .isEqualTo(response.getKey());
        }
      }
    }
  }

  private static boolean lists(JsonNode response, ProblemType type) {
    return types(response).contains(type.slug());
  }

  private static List<String> types(JsonNode response) {
    return List.copyOf(
        response.path("content").path("application/problem+json").path("examples").propertyNames());
  }

  @Test
  void examplesAreAsTheirSchemasDemand() {
    List<String> faults = new ArrayList<>();
    int[] count = {0};
    for (Contract.Operation operation : contract.operations()) {
      JsonNode call =
          contract.document().path("paths").path(operation.path()).path(operation.method());
      List<JsonNode> contents = new ArrayList<>();
      contents.add(call.path("requestBody").path("content"));
      call.path("responses")
          .forEach(response -> contents.add(contract.resolve(response).path("content")));
      for (JsonNode content : contents) {
        for (Map.Entry<String, JsonNode> media : content.properties()) {
          for (JsonNode example : media.getValue().path("examples")) {
            count[0]++;
            JsonNode value = contract.resolve(example).path("value");
            contract
                .faults(media.getValue().path("schema"), value)
                .forEach(fault -> faults.add(operation + " " + media.getKey() + ": " + fault));
          }
        }
      }
    }

    assertThat(faults).isEmpty();
    assertThat(count[0]).isGreaterThan(100);
  }

  @Test
  void everyCallHasWordsAndAnIdOfItsOwn() {
    Set<String> ids = new TreeSet<>();
    for (Contract.Operation operation : contract.operations()) {
      JsonNode call =
          contract.document().path("paths").path(operation.path()).path(operation.method());
      assertThat(ids.add(call.path("operationId").asString())).as(operation.toString()).isTrue();
      assertThat(call.path("summary").asString()).as(operation.toString()).isNotBlank();
      assertThat(call.path("tags").size()).as(operation.toString()).isEqualTo(1);
    }
  }

  @Test
  void schemasRefuseWhatIsNotDocumented() {
    // The comparison of answers with schemas would prove nothing if these let everything pass.
    assertThat(contract.faultsOf("Version", JsonMapper.shared().readTree("{\"version\":1}")))
        .isEmpty();
    assertThat(contract.faultsOf("Version", JsonMapper.shared().readTree("{\"version\":\"1\"}")))
        .isNotEmpty();
    assertThat(
            contract.faultsOf(
                "Version", JsonMapper.shared().readTree("{\"version\":1,\"more\":1}")))
        .isNotEmpty();
    assertThat(
            contract.faultsOf(
                "EntryPage",
                JsonMapper.shared().readTree("{\"entries\":[{\"k\":1}],\"version\":1}")))
        .isNotEmpty();
  }

  @Test
  void documentIsServedAsJsonAndYaml() {
    JsonNode served =
        JsonMapper.shared().readTree(given().port(port()).get("/v3/api-docs").asByteArray());
    assertThat(served).isEqualTo(contract.document());
    assertThat(served.path("openapi").asString()).startsWith("3.1");
    String yaml = given().port(port()).get("/v3/api-docs.yaml").asString();
    assertThat(yaml).contains("openapi: 3.1.0");
  }

  @Test
  void swaggerUiShowsTheDocument() {
    var page = given().port(port()).redirects().follow(false);
    for (String way : List.of("/swagger-ui", "/swagger-ui.html")) {
      page.get(way).then().statusCode(302).header("Location", "/swagger-ui/index.html");
    }
    for (String file :
        List.of(
            "index.html",
            "swagger-ui.css",
            "swagger-ui-bundle.js",
            "swagger-ui-standalone-preset.js")) {
      given().port(port()).get("/swagger-ui/" + file).then().statusCode(200);
    }
    given()
        .port(port())
        .get("/swagger-ui/swagger-initializer.js")
        .then()
        .statusCode(200)
        .body(containsString("\"/v3/api-docs/swagger-config\""));
    given()
        .port(port())
        .get("/v3/api-docs/swagger-config")
        .then()
        .statusCode(200)
        .body("url", equalTo("/v3/api-docs"));
    given()
        .port(port())
        .get("/swagger-ui/index.html")
        .then()
        .body("html.head.title", equalTo("Swagger UI"));
  }
}
