package io.lightningdb.server.transaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThanOrEqualTo;

import io.restassured.response.Response;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Pessimistic locks: `lock=update`.
class TransactionLockTest extends TransactionClient {
  private static final String SPACE = "tx-lock";

  @BeforeEach
  void fill() {
    keyspace(SPACE);
    store(SPACE, "a", "1");
    store(SPACE, "b", "1");
  }

  private Response lock(String transaction, String key) {
    return api().get(entry(transaction, SPACE, key) + "?lock=update");
  }

  private CompletableFuture<Response> lockMeanwhile(String transaction, String key) {
    CompletableFuture<Response> answer =
        CompletableFuture.supplyAsync(() -> lock(transaction, key));
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> answer.isDone() || database.transactionStats().lockWaiters() > 0);
    return answer;
  }

  @Test
  void whoClosesACircleOfWaitersEndsIt() throws Exception {
    String older = begin();
    String younger = begin();
    lock(older, "a").then().statusCode(200);
    lock(younger, "b").then().statusCode(200);
    CompletableFuture<Response> waiting = lockMeanwhile(older, "b");

    Response victim = lock(younger, "a");

    problem(victim, 409, "deadlock").body("retryable", equalTo(true));
    assertThat(victim.jsonPath().getList("cycle", Long.class))
        .containsExactlyInAnyOrder(number(older), number(younger));
    waiting.get(20, TimeUnit.SECONDS).then().statusCode(200);
    problem(commit(younger), 409, "transaction-ended").body("state", equalTo("rolled-back"));
    commit(older).then().statusCode(200);
  }

  /// The number that an id begins with.
  private static long number(String transaction) {
    String id = transaction.substring(transaction.lastIndexOf('/') + 1);
    return Long.parseLong(id.substring(0, id.indexOf('-')));
  }

  @Test
  void lockIsHadWhenItsHolderHasEnded() throws Exception {
    String holder = begin();
    String waiter = begin();
    lock(holder, "a").then().statusCode(200);
    CompletableFuture<Response> waiting = lockMeanwhile(waiter, "a");

    api().delete(holder).then().statusCode(204);

    waiting.get(20, TimeUnit.SECONDS).then().statusCode(200).body(equalTo("1"));
  }

  @Test
  void lockThatWasChangedBehindTheSnapshotConflicts() {
    String transaction = begin();
    store(SPACE, "a", "2");

    problem(lock(transaction, "a"), 409, "transaction-conflict")
        .body("conflictingKey", equalTo("a"));
    problem(commit(transaction), 409, "transaction-ended");
  }

  @Test
  void waitsAreBounded() {
    String holder = begin();
    String waiter = begin();
    lock(holder, "a").then().statusCode(200);

    problem(lock(waiter, "a"), 409, "lock-timeout")
        .body("retryable", equalTo(true))
        .body("waitedMillis", greaterThanOrEqualTo(1500));
    lock(waiter, "b").then().statusCode(200);
    commit(waiter).then().statusCode(200);
  }

  @Test
  void absentKeysCanBeLocked() {
    String holder = begin();
    String waiter = begin();
    problem(lock(holder, "absent"), 404, "entry-not-found");
    CompletableFuture<Response> waiting = lockMeanwhile(waiter, "absent");
    assertThat(waiting).isNotDone();

    commit(holder).then().statusCode(200);

    problem(waiting.orTimeout(20, TimeUnit.SECONDS).join(), 404, "entry-not-found");
  }

  @Test
  void rollbackToASavepointGivesLocksBack() {
    String holder = begin();
    int savepoint =
        api().post(holder + "/savepoints").then().statusCode(201).extract().path("savepoint");
    lock(holder, "a").then().statusCode(200);

    api().post(holder + "/savepoints/" + savepoint + "/rollback").then().statusCode(204);

    lock(begin(), "a").then().statusCode(200);
  }

  @Test
  void otherLocksAreNotKnown() {
    for (String lock : List.of("share", "UPDATE", "")) {
      problem(api().get(entry(begin(), SPACE, "a") + "?lock=" + lock), 400, "invalid-parameter");
    }
    api().get(entry(begin(), SPACE, "a") + "?lock=none").then().statusCode(200);
  }
}
