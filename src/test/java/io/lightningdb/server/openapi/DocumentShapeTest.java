package io.lightningdb.server.openapi;

import static org.assertj.core.api.Assertions.assertThat;

import io.lightningdb.server.Contract;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// The document is of the form that generators of clients understand: each rule is here because one of them makes something wrong of what
/// breaks it.
class DocumentShapeTest {
  private static final Contract CONTRACT = Contract.shipped();
  private static final JsonNode DOCUMENT = CONTRACT.document();

  private static final Set<String> KEYWORDS =
      Set.of(
          "$ref",
          "type",
          "format",
          "description",
          "example",
          "default",
          "enum",
          "pattern",
          "minimum",
          "maximum",
          "minLength",
          "maxLength",
          "items",
          "minItems",
          "maxItems",
          "properties",
          "required",
          "minProperties",
          "additionalProperties");

  /// What the introduction says before what is folded away.
  private static final int INTRODUCTION_LENGTH_MAX = 400;

  /// Visits each schema, with where it is.
  private static void schemas(BiConsumer<String, JsonNode> visitor) {
    DOCUMENT
        .at("/components/schemas")
        .properties()
        .forEach(named -> schema(named.getKey(), named.getValue(), visitor));
    inline("", DOCUMENT.path("paths"), visitor);
    for (String kind : List.of("parameters", "headers", "requestBodies", "responses")) {
      inline(kind, DOCUMENT.path("components").path(kind), visitor);
    }
  }

  private static void inline(String place, JsonNode node, BiConsumer<String, JsonNode> visitor) {
    for (Map.Entry<String, JsonNode> member : node.properties()) {
      String inner = place + "/" + member.getKey();
      if (member.getKey().equals("schema")) {
        schema(inner, member.getValue(), visitor);
      } else {
        inline(inner, member.getValue(), visitor);
      }
    }
    for (JsonNode element : node.isArray() ? node : List.<JsonNode>of()) {
      inline(place + "[]", element, visitor);
    }
  }

  private static void schema(String place, JsonNode schema, BiConsumer<String, JsonNode> visitor) {
    visitor.accept(place, schema);
    for (Map.Entry<String, JsonNode> member : schema.path("properties").properties()) {
      schema(place + "." + member.getKey(), member.getValue(), visitor);
    }
    for (String inner : List.of("items", "additionalProperties")) {
      if (schema.path(inner).isObject()) {
        schema(place + "." + inner, schema.path(inner), visitor);
      }
    }
  }

  private static List<String> placesWhere(SchemaFault fault) {
    List<String> places = new ArrayList<>();
    schemas((place, schema) -> {
      if (fault.is(place, schema)) {
        places.add(place + " " + schema);
      }
    });
    return places;
  }

  private interface SchemaFault {
    boolean is(String place, JsonNode schema);
  }

  private static boolean isType(JsonNode schema, String type) {
    return schema.path("type").asString("").equals(type);
  }

  /// A page on which calls are tried sends the examples of parameters with the call.
  @Test
  void callsCanBeTriedAsTheirPageOpens() {
    List<String> places = new ArrayList<>();
    for (JsonNode path : DOCUMENT.path("paths")) {
      for (JsonNode parameters : path.findValues("parameters")) {
        for (JsonNode each : parameters) {
          JsonNode parameter =
              each.has("$ref") ? DOCUMENT.at(each.path("$ref").asString().substring(1)) : each;
          boolean hasExample =
              parameter.has("example")
                  || parameter.has("examples")
                  || parameter.path("schema").has("example");
          if (hasExample != parameter.path("required").asBoolean(false)) {
            places.add(parameter.toString());
          }
        }
      }
    }
    assertThat(places).isEmpty();
  }

  @Test
  void schemasSayOnlyWhatGeneratorsRead() {
    // A comma that is not quoted makes a member of the rest of a sentence; a choice of schemas is
    // read as the first that fits.
    assertThat(placesWhere((_, schema) -> !KEYWORDS.containsAll(schema.propertyNames()))).isEmpty();
    int[] count = {0};
    schemas((_, _) -> count[0]++);
    assertThat(count[0]).isGreaterThan(500);
  }

  @Test
  void nothingIsNull() {
    List<String> nulls = new ArrayList<>();
    collectNulls("", DOCUMENT, nulls);
    assertThat(nulls).isEmpty();
  }

  private static void collectNulls(String place, JsonNode node, List<String> nulls) {
    if (node.isNull()) {
      nulls.add(place);
    }
    node.properties()
        .forEach(member -> collectNulls(place + "/" + member.getKey(), member.getValue(), nulls));
    if (node.isArray()) {
      node.forEach(element -> collectNulls(place + "[]", element, nulls));
    }
  }

  private static final Set<String> WORDS =
      Set.of(
          "description",
          "summary",
          "title",
          "name",
          "in",
          "operationId",
          "pattern",
          "format",
          "$ref");

  // What these hold has names of its own.
  private static final Set<String> NAMED = Set.of("properties", "examples", "value", "example");

  /// YAML makes a truth of `off`, a moment of a date and a number of a version, unless they are quoted.
  @Test
  void wordsAreText() {
    List<String> others = new ArrayList<>();
    collectOthers("", DOCUMENT, others);
    schemas((place, schema) -> {
      if (isType(schema, "string")) {
        schema
            .path("enum")
            .valueStream()
            .filter(each -> !each.isString())
            .forEach(each -> others.add(place + each));
        if (schema.has("default") && !schema.path("default").isString()) {
          others.add(place + schema.path("default"));
        }
      }
    });
    assertThat(others).isEmpty();
  }

  private static void collectOthers(String place, JsonNode node, List<String> others) {
    for (Map.Entry<String, JsonNode> member : node.properties()) {
      String inner = place + "/" + member.getKey();
      if (WORDS.contains(member.getKey()) && !member.getValue().isString()) {
        others.add(inner);
      }
      if (NAMED.contains(member.getKey())) {
        member.getValue().forEach(each -> collectOthers(inner, each.path("schema"), others));
      } else {
        collectOthers(inner, member.getValue(), others);
      }
    }
    if (node.isArray()) {
      node.forEach(element -> collectOthers(place + "[]", element, others));
    }
  }

  @Test
  void objectsHaveNames() {
    assertThat(placesWhere((place, schema) -> schema.has("properties") && !isName(place)))
        .isEmpty();
  }

  private static boolean isName(String place) {
    return DOCUMENT.at("/components/schemas").has(place);
  }

  @Test
  void objectsSayWhetherThereAreOtherMembers() {
    assertThat(
            placesWhere(
                (_, schema) -> isType(schema, "object") && !schema.has("additionalProperties")))
        .isEmpty();
  }

  /// A member more in an answer breaks no client that was generated before: the one that is generated for Java by default refuses what the
  /// document does not say in so many words that there may be. A member more in a request is a mistake.
  @Test
  void answersAreOpenToNewMembersAndBodiesAreClosed() {
    Set<String> ofBodies = new TreeSet<>(List.of("#/components/schemas/ImportLine"));
    Set<String> ofAnswers = new TreeSet<>();
    for (Contract.Operation call : CONTRACT.operations()) {
      JsonNode operation = DOCUMENT.path("paths").path(call.path()).path(call.method());
      collectAllReferences(operation.path("requestBody"), ofBodies);
      collectAllReferences(operation.path("responses"), ofAnswers);
    }
    collectAllReferences(DOCUMENT.at("/components/schemas/ImportLine"), ofBodies);

    DOCUMENT
        .at("/components/schemas")
        .properties()
        .forEach(named -> {
          JsonNode others = named.getValue().path("additionalProperties");
          String reference = "#/components/schemas/" + named.getKey();
          if (isType(named.getValue(), "object")) {
            boolean isOfAnswers = ofAnswers.contains(reference);
            assertThat(isOfAnswers).as(reference).isNotEqualTo(ofBodies.contains(reference));
            assertThat(others.isBoolean()).as(reference).isTrue();
            assertThat(others.asBoolean()).as(reference).isEqualTo(isOfAnswers);
          }
        });
    assertThat(ofBodies).contains("#/components/schemas/PlacedPut");
    assertThat(ofAnswers).contains("#/components/schemas/EntryLine");
  }

  /// Also those of what is referred to.
  private static void collectAllReferences(JsonNode node, Set<String> references) {
    Set<String> found = new TreeSet<>();
    collectReferences(node, found);
    for (String reference : found) {
      if (references.add(reference)) {
        collectAllReferences(DOCUMENT.at(reference.substring(1)), references);
      }
    }
  }

  @Test
  void numbersHaveAFormatThatHoldsThem() {
    assertThat(
            placesWhere((_, schema) ->
                isType(schema, "integer")
                    && !Set.of("int32", "int64").contains(schema.path("format").asString(""))))
        .isEmpty();
    assertThat(
            placesWhere((place, schema) ->
                isType(schema, "integer")
                    && !schema.path("format").asString("").equals("int64")
                    && (place.matches(".*([bB]ytes|Millis|[vV]ersion|[oO]ffset|limit|actual)(Max)?")
                        && !place.endsWith(".leafBytes"))))
        .isEmpty();
    assertThat(
            placesWhere((_, schema) ->
                isType(schema, "number") && !schema.path("format").asString("").equals("double")))
        .isEmpty();
  }

  @Test
  void typesAreOneOrAlsoNull() {
    assertThat(
            placesWhere((_, schema) -> {
              JsonNode type = schema.path("type");
              return type.isArray() && (type.size() != 2 || !type.get(1).asString().equals("null"));
            }))
        .isEmpty();
  }

  /// TypeScript has members with a default as ones that must be given.
  @Test
  void membersOfBodiesHaveNoDefault() {
    assertThat(
            placesWhere(
                (place, schema) -> schema.has("default") && !place.matches(".*/schema(\\.items)?")))
        .isEmpty();
    DOCUMENT
        .at("/components/schemas")
        .forEach(schema -> assertThat(schema.toString()).doesNotContain("\"default\":"));
  }

  /// Clients send the first media type of a body, or JSON wherever it is among them: bytes, which are in a file or in memory, would come out as
  /// JSON of their name or as a list of numbers.
  @Test
  void valuesNameTheirMediaTypesBytesFirst() {
    JsonNode components = DOCUMENT.path("components");
    Map<String, List<String>> types =
        Map.of(
            "/requestBodies/Value/content",
            List.of("application/octet-stream", "text/plain"),
            "/responses/Value/content",
            List.of("application/octet-stream", "application/json", "text/plain"),
            "/responses/ValuePart/content",
            List.of("application/octet-stream", "application/json", "text/plain"));
    for (Map.Entry<String, List<String>> each : types.entrySet()) {
      JsonNode content = components.at(each.getKey());
      assertThat(content.propertyNames()).containsExactlyElementsOf(each.getValue());
      JsonNode bytes = content.path("application/octet-stream").path("schema");
      assertThat(isType(bytes, "string") && bytes.path("format").asString().equals("binary"))
          .isTrue();
    }
    assertThat(DOCUMENT.toString()).doesNotContain("\"*/*\"");
    for (String scope : List.of("/v1", "/v1/transactions/{transaction}")) {
      JsonNode path = DOCUMENT.path("paths").path(scope + "/keyspaces/{keyspace}/entries/{key}");
      assertThat(path.at("/put/requestBody/$ref").asString()).endsWith("/requestBodies/Value");
      assertThat(path.at("/put/parameters").toString()).contains("/parameters/ContentTypeHeader");
      assertThat(path.at("/get/responses/200/$ref").asString()).endsWith("/responses/Value");
      assertThat(path.at("/get/responses/206/$ref").asString()).endsWith("/responses/ValuePart");
    }
  }

  private static Stream<JsonNode> parameters() {
    Stream<JsonNode> own =
        DOCUMENT
            .path("paths")
            .valueStream()
            .flatMap(path ->
                Stream.concat(Stream.of(path), path.valueStream())
                    .flatMap(each -> each.path("parameters").valueStream()));
    return Stream.concat(own, DOCUMENT.at("/components/parameters").valueStream())
        .map(CONTRACT::resolve);
  }

  /// The page that tries calls out sends the examples of parameters as it opens.
  @Test
  void optionalParametersHaveNoExample() {
    assertThat(
            parameters()
                .filter(parameter -> !parameter.path("required").asBoolean(false))
                .filter(parameter ->
                    parameter.has("example")
                        || parameter.has("examples")
                        || parameter.path("schema").has("example")))
        .isEmpty();
    assertThat(parameters()).hasSizeGreaterThan(100);
    assertThat(DOCUMENT.at("/components/parameters/Keyspace/example").asString())
        .as("a keyspace that is there as the page opens")
        .isEqualTo("default");
  }

  @Test
  void introductionLeavesRoomForTheCalls() {
    String introduction = DOCUMENT.at("/info/description").asString();
    assertThat(introduction.indexOf("<details>")).isBetween(1, INTRODUCTION_LENGTH_MAX);
    assertThat(introduction.strip()).endsWith("</details>");
  }

  @Test
  void everyCallListsWhatEveryCallCanAnswer() {
    for (Contract.Operation call : CONTRACT.operations()) {
      JsonNode operation = DOCUMENT.path("paths").path(call.path()).path(call.method());
      assertThat(operation.path("responses").propertyNames())
          .as(call.toString())
          .contains("401", "403", "414", "431", "501", "505");
      assertThat(operation.path("responses").has("408"))
          .as(call.toString())
          .isEqualTo(operation.has("requestBody"));
      assertThat(operation.path("security").isArray()).as(call.toString()).isTrue();
    }
  }

  @Test
  void everyComponentIsReferredToAndEveryReferenceLeadsToOne() {
    Set<String> references = new TreeSet<>();
    collectReferences(DOCUMENT, references);
    Set<String> components = new TreeSet<>();
    for (Map.Entry<String, JsonNode> kind : DOCUMENT.path("components").properties()) {
      if (!kind.getKey().equals("securitySchemes")) {
        for (String name : kind.getValue().propertyNames()) {
          components.add("#/components/" + kind.getKey() + "/" + name);
        }
      }
    }
    // What is answered to methods and paths that are not in the document, and a line of what is
    // sent
    // as bytes.
    Set<String> named =
        Set.of(
            "#/components/responses/MethodNotAllowed",
            "#/components/responses/PathNotFound",
            "#/components/examples/method-not-allowed",
            "#/components/examples/path-not-found",
            "#/components/schemas/ImportLine");
    references.addAll(named);
    assertThat(references).isEqualTo(components);
  }

  private static void collectReferences(JsonNode node, Set<String> references) {
    if (node.path("$ref").isString()) {
      references.add(node.path("$ref").asString());
    }
    node.forEach(inner -> collectReferences(inner, references));
  }

  @Test
  void yamlSaysWhatJsonSays() {
    byte[] yaml = OpenApiDocument.yaml((ObjectNode) DOCUMENT);
    Object read =
        new Yaml(new SafeConstructor(new LoaderOptions()))
            .load(new String(yaml, StandardCharsets.UTF_8));
    assertThat(JsonMapper.shared().<JsonNode>valueToTree(read)).isEqualTo(DOCUMENT);
  }
}
