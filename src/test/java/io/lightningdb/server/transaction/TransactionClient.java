package io.lightningdb.server.transaction;

import static org.hamcrest.Matchers.equalTo;

import io.lightningdb.server.RunningService;
import io.restassured.response.Response;
import io.restassured.response.ValidatableResponse;
import java.util.ArrayDeque;
import java.util.Deque;
import org.junit.jupiter.api.AfterEach;

/// What tests of transactions share. What a test leaves open is rolled back behind it.
abstract class TransactionClient extends RunningService {
  private final Deque<String> begun = new ArrayDeque<>();

  @AfterEach
  void rollBackWhatIsOpen() {
    begun.forEach(transaction -> api().delete(transaction));
  }

  /// Begins a transaction; answers its path.
  protected String begin(String json) {
    Response answer = api().contentType("application/json").body(json).post("/v1/transactions");
    answer.then().statusCode(201);
    String path = answer.header("Location");
    begun.add(path);
    return path;
  }

  protected String begin() {
    return begin("{}");
  }

  protected static String entry(String transaction, String keyspace, String key) {
    return transaction + "/keyspaces/" + keyspace + "/entries/" + key;
  }

  protected void put(String path, String json) {
    api().contentType("application/json").body(json).put(path).then().statusCode(204);
  }

  protected void store(String keyspace, String key, String json) {
    int status =
        api()
            .contentType("application/json")
            .body(json)
            .put("/v1/keyspaces/" + keyspace + "/entries/" + key)
            .statusCode();
    if (status != 200 && status != 201) {
      throw new AssertionError("the write of " + key + " was answered " + status);
    }
  }

  protected Response stored(String keyspace, String key) {
    return api().get("/v1/keyspaces/" + keyspace + "/entries/" + key);
  }

  protected Response commit(String transaction) {
    return api().post(transaction + "/commit");
  }

  protected static ValidatableResponse problem(Response answer, int status, String type) {
    return answer.then().statusCode(status).body("type", equalTo("/problems/" + type));
  }
}
