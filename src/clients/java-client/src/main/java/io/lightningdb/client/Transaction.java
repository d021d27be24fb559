package io.lightningdb.client;

import java.util.Objects;

/**
 * Many calls that read one moment and their own writes, and become one commit or none. Used by one thread at a time.
 *
 * <p>{@link LightningClient#transact} is the way to most of them. One that was {@linkplain LightningClient#begin begun} by hand is to be closed,
 * which rolls it back unless it was committed.
 */
public final class Transaction implements AutoCloseable {
  private final Transport transport;
  private final TransactionOptions options;
  private final String path;
  private final String id;
  private boolean ended;

  Transaction(Transport transport, TransactionOptions options, String id) {
    this.transport = transport;
    this.options = options;
    this.id = id;
    this.path = "/v1/transactions/" + id;
  }

  static Transaction begin(Transport transport, TransactionOptions options) {
    // A begin that was lost is rolled back when its lease passes.
    Call call = Call.repeatable("POST", "/v1/transactions").json(options.written());
    String id = Json.MAPPER.readTree(transport.send(call).body()).get("id").asString();
    return new Transaction(transport, options, id);
  }

  /**
   * Its id, for logs and operators.
   *
   * @return the id
   */
  public String id() {
    return id;
  }

  /**
   * A keyspace as the transaction sees it.
   *
   * @param name of the keyspace
   * @return its entries
   */
  public TransactionKeyspace keyspace(String name) {
    Objects.requireNonNull(name);
    String place = path + EntryCalls.keyspacePath(name).substring("/v1".length());
    return new TransactionKeyspace(new EntryCalls(transport, place, true));
  }

  /** Renews the lease, which every call of the transaction does as well. */
  public void keepAlive() {
    transport.send(Call.repeatable("POST", path + "/keep-alive"));
  }

  /**
   * Marks a moment to come back to. It is not sent again where its answer is lost.
   *
   * @return number of the savepoint
   */
  public long savepoint() {
    Call call = Call.once("POST", path + "/savepoints");
    return Json.MAPPER.readTree(transport.send(call).body()).get("savepoint").asLong();
  }

  /**
   * Takes back what was written since a savepoint.
   *
   * @param savepoint that {@link #savepoint()} answered
   */
  public void rollbackTo(long savepoint) {
    transport.send(Call.repeatable("POST", path + "/savepoints/" + savepoint + "/rollback"));
  }

  /**
   * Makes everything that was written visible at once. It is sent again where its answer is lost: the service answers the same.
   *
   * @return version of the commit; without writes, of what was read
   * @throws ConflictException if others were faster; nothing was changed
   */
  public long commit() {
    Call call =
        Call.repeatable("POST", path + "/commit")
            .withIdempotencyKey()
            .header("Lightning-Durability", options.durabilityWord());
    try {
      long version = Json.MAPPER.readTree(transport.send(call).body()).get("version").asLong();
      ended = true;
      return version;
    } catch (ConflictException e) {
      ended = true;
      throw e;
    }
  }

  /** Gives up everything that was written. */
  public void rollback() {
    if (!ended) {
      transport.send(Call.repeatable("DELETE", path));
      ended = true;
    }
  }

  /** Rolls it back unless it has ended. If that fails the service does it when the lease passes. */
  @Override
  public void close() {
    try {
      rollback();
    } catch (LightningException e) {
      ended = true;
    }
  }
}
