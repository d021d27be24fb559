package io.lightningdb.client;

/**
 * Operations on one keyspace that are sent together; as a rule one commit. Made by one thread.
 *
 * <pre>{@code
 * keyspace.batch(new Batch().put("a", 1).increment("shells", 1).get("zsh"));
 * }</pre>
 */
public final class Batch {
  private final Operations operations = new Operations();
  private boolean atomic = true;
  private boolean keyed = true;
  private Durability durability;

  /** Begins one without operations. */
  public Batch() {}

  /**
   * Adds or replaces an entry.
   *
   * @param key of the entry
   * @param value a {@link Value}, text, bytes, or anything that Jackson writes as JSON
   * @return this
   */
  public Batch put(String key, Object value) {
    return put(Key.of(key), value, WriteOptions.defaults());
  }

  /**
   * Adds or replaces an entry.
   *
   * @param key of the entry
   * @param value a {@link Value}, text, bytes, or anything that Jackson writes as JSON
   * @param options a condition, which is of {@link Condition#absent()} or of a version, and an end; no durability
   * @return this
   */
  public Batch put(Key key, Object value, WriteOptions options) {
    operations.put(null, key, Value.ofAny(value), options);
    return this;
  }

  /**
   * Removes an entry, if there is one.
   *
   * @param key of the entry
   * @return this
   */
  public Batch delete(String key) {
    return delete(Key.of(key), WriteOptions.defaults());
  }

  /**
   * Removes an entry, if there is one.
   *
   * @param key of the entry
   * @param options a condition; neither end nor durability
   * @return this
   */
  public Batch delete(Key key, WriteOptions options) {
    operations.delete(null, key, options);
    return this;
  }

  /**
   * Reads an entry as it is right before the commit, changed by the operations before this one.
   *
   * @param key of the entry
   * @return this
   */
  public Batch get(String key) {
    return get(Key.of(key));
  }

  /**
   * Reads an entry as it is right before the commit, changed by the operations before this one.
   *
   * @param key of the entry
   * @return this
   */
  public Batch get(Key key) {
    operations.get(null, key);
    return this;
  }

  /**
   * Adds to a counter, which begins with 0.
   *
   * @param key of the counter
   * @param by what is added, which may be negative
   * @return this
   */
  public Batch increment(String key, long by) {
    operations.increment(null, Key.of(key), by, 0);
    return this;
  }

  /**
   * Lets each operation be on its own: one that fails has a problem for its result. Such a batch carries no idempotency key, so it is not
   * sent again where its answer is lost.
   *
   * @return this
   */
  public Batch notAtomic() {
    atomic = false;
    return this;
  }

  /**
   * Leaves the idempotency key out, with which the service keeps an answer of at most a mebibyte: for batches that write, and read more
   * than that. Such a batch is not sent again where its answer is lost.
   *
   * @return this
   */
  public Batch withoutIdempotencyKey() {
    keyed = false;
    return this;
  }

  /**
   * What the commit must survive before it is answered; without it as the keyspace has it.
   *
   * @param durability of the commit
   * @return this
   */
  public Batch durability(Durability durability) {
    this.durability = durability;
    return this;
  }

  boolean isKeyed() {
    return atomic && keyed && !operations.areReads();
  }

  boolean isRead() {
    return operations.areReads();
  }

  String durabilityWord() {
    return Durability.word(durability);
  }

  boolean isText() {
    return operations.areText();
  }

  byte[] written() {
    return Json.written(out -> {
      out.writeStartObject();
      out.writeBooleanProperty("atomic", atomic);
      out.writeName("operations");
      operations.write(out, operations.areText());
      out.writeEndObject();
    });
  }
}
