package io.lightningdb.server.keyvalue;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import io.lightningdb.server.RunningService;
import io.restassured.response.Response;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A member that is there twice means nothing, at any depth of what the service reads; values are the client's and stay as they are.
class DuplicateMembersTest extends RunningService {
  private static final String ENTRIES = "/v1/keyspaces/default/entries";

  private static final String TWICE_WITHIN = "{\"a\":1,\"a\":{\"b\":2,\"b\":3}}";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "entries:batch {\"operations\":[],\"atomic\":true,\"operations\":[{\"put\":{\"key\":\"a\",\"value\":1}}]}",
        "entries:batch {\"operations\":[{\"put\":{\"key\":\"a\",\"value\":1,\"key\":\"b\"}}]}",
        "entries:batch {\"operations\":[{\"put\":{\"key\":\"a\",\"value\":1,\"value\":2}}]}",
        "entries:batch {\"operations\":[{\"put\":{\"key\":\"a\",\"k\\u0065y\":\"b\",\"value\":1}}]}",
        "entries:batch {\"operations\":[{\"put\":{\"key\":\"a\",\"value\":1},\"put\":{\"key\":\"b\",\"value\":1}}]}",
        "entries:multiget {\"keys\":[\"a\"],\"keys\":[\"b\"]}",
        "entries/a/increment {\"by\":1,\"by\":1}",
        "transactions:execute {\"compare\":[{\"keyspace\":\"default\",\"key\":\"a\",\"key\":\"b\",\"version\":0}],\"then\":[]}",
        "transactions:execute {\"then\":[{\"put\":{\"keyspace\":\"default\",\"key\":\"a\",\"value\":1,\"ttl\":\"PT1H\",\"ttl\":\"PT2H\"}}]}",
      })
  void requestsAreRefused(String call) {
    String[] parts = call.split(" ", 2);
    String path =
        parts[0].startsWith("entries") ? "/v1/keyspaces/default/" + parts[0] : "/v1/" + parts[0];

    api()
        .contentType("application/json")
        .body(parts[1].getBytes(UTF_8))
        .post(path)
        .then()
        .statusCode(400)
        .body("type", equalTo("/problems/malformed-json"))
        .body("detail", containsString("twice"));

    api().get(ENTRIES + "/a").then().statusCode(404);
    api().get(ENTRIES + "/b").then().statusCode(404);
  }

  private Response load(String query, String line) {
    return api()
        .contentType("application/x-ndjson")
        .body(("\n" + line + "\n").getBytes(UTF_8))
        .post(ENTRIES + ":import" + query);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "|{\"key\":\"a\",\"value\":1,\"key\":\"b\"}",
        "|{\"key\":\"a\",\"version\":1,\"value\":1,\"version\":2}",
        "?keyField=/id|{\"id\":\"a\",\"more\":[{}],\"id\":\"b\"}",
        "?keyField=/in/1/id|{\"in\":[{},{\"id\":\"a\",\"id\":\"b\"}]}",
        "?keyField=/in/1/id|{\"in\":[{},{\"id\":\"a\"}],\"in\":1}",
      })
  void linesAreRefused(String line) {
    String[] parts = line.split("\\|", 2);
    load(parts[0], parts[1])
        .then()
        .statusCode(422)
        .body("line", equalTo(2))
        .body("reason", containsString("twice"));
    api().get(ENTRIES + "/a").then().statusCode(404);
    api().get(ENTRIES + "/b").then().statusCode(404);
  }

  @Test
  void valuesStayAsTheyAre() {
    api()
        .contentType("application/json")
        .body(TWICE_WITHIN.getBytes(UTF_8))
        .put(ENTRIES + "/twice-put")
        .then()
        .statusCode(201);
    String put = "{\"put\":{\"key\":\"twice-batch\",\"value\":" + TWICE_WITHIN + "}}";
    api()
        .contentType("application/json")
        .body(("{\"operations\":[" + put + "]}").getBytes(UTF_8))
        .post(ENTRIES + ":batch")
        .then()
        .statusCode(200);
    load("", "{\"key\":\"twice-line\",\"value\":" + TWICE_WITHIN + "}").then().statusCode(200);
    String document = "{\"id\":\"twice-document\",\"value\":" + TWICE_WITHIN + "}";
    load("?keyField=/id", document).then().statusCode(200);

    for (String key : new String[] {"twice-put", "twice-batch", "twice-line"}) {
      assertThat(api().get(ENTRIES + "/" + key).asString()).isEqualTo(TWICE_WITHIN);
    }
    assertThat(api().get(ENTRIES + "/twice-document").asString()).isEqualTo(document);
  }
}
