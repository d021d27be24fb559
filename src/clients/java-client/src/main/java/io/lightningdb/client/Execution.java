package io.lightningdb.client;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import tools.jackson.core.JsonGenerator;

/**
 * Comparisons, and operations on any keyspaces for either outcome, in one commit of one request. Made by one thread.
 *
 * <pre>{@code
 * client.execute(new Execution()
 *     .compareVersion("orders", Key.of("4711"), 0)
 *     .then(case_ -> case_.put("orders", Key.of("4711"), order).increment("counts", Key.of("orders"), 1))
 *     .otherwise(case_ -> case_.get("orders", Key.of("4711"))));
 * }</pre>
 */
public final class Execution {
  private final List<Comparison> comparisons = new ArrayList<>();
  private final Case then = new Case();
  private final Case otherwise = new Case();
  private Durability durability;
  private boolean keyed = true;

  private static final class Comparison {
    private final String keyspace;
    private final Key key;
    private final long version;
    private final Value value;

    private Comparison(String keyspace, Key key, long version, Value value) {
      this.keyspace = keyspace;
      this.key = key;
      this.version = version;
      this.value = value;
    }
  }

  /** The operations of one outcome. */
  public static final class Case {
    private final Operations operations = new Operations();

    private Case() {}

    /**
     * Adds or replaces an entry.
     *
     * @param keyspace of the entry
     * @param key of the entry
     * @param value a {@link Value}, text, bytes, or anything that Jackson writes as JSON
     * @return this
     */
    public Case put(String keyspace, Key key, Object value) {
      return put(keyspace, key, value, WriteOptions.defaults());
    }

    /**
     * Adds or replaces an entry.
     *
     * @param keyspace of the entry
     * @param key of the entry
     * @param value a {@link Value}, text, bytes, or anything that Jackson writes as JSON
     * @param options an end, and a condition without which nothing at all is done; no durability
     * @return this
     */
    public Case put(String keyspace, Key key, Object value, WriteOptions options) {
      operations.put(keyspace, key, Value.ofAny(value), options);
      return this;
    }

    /**
     * Removes an entry, if there is one.
     *
     * @param keyspace of the entry
     * @param key of the entry
     * @return this
     */
    public Case delete(String keyspace, Key key) {
      operations.delete(keyspace, key, WriteOptions.defaults());
      return this;
    }

    /**
     * Reads an entry.
     *
     * @param keyspace of the entry
     * @param key of the entry
     * @return this
     */
    public Case get(String keyspace, Key key) {
      operations.get(keyspace, key);
      return this;
    }

    /**
     * Adds to a counter, which begins with 0.
     *
     * @param keyspace of the counter
     * @param key of the counter
     * @param by what is added, which may be negative
     * @return this
     */
    public Case increment(String keyspace, Key key, long by) {
      operations.increment(keyspace, key, by, 0);
      return this;
    }
  }

  /** Begins one that compares nothing, so that its first case applies. */
  public Execution() {}

  /**
   * Asks for a version of an entry.
   *
   * @param keyspace of the entry
   * @param key of the entry
   * @param version that it must have; 0 for no entry
   * @return this
   */
  public Execution compareVersion(String keyspace, Key key, long version) {
    comparisons.add(new Comparison(keyspace, key, version, null));
    return this;
  }

  /**
   * Asks for a value of an entry, byte by byte; JSON is compared as it is spelt.
   *
   * @param keyspace of the entry
   * @param key of the entry
   * @param value that it must have
   * @return this
   */
  public Execution compareValue(String keyspace, Key key, Value value) {
    comparisons.add(new Comparison(keyspace, key, -1, value));
    return this;
  }

  /**
   * What is done if all comparisons hold.
   *
   * @param operations are added by it
   * @return this
   */
  public Execution then(Consumer<Case> operations) {
    operations.accept(then);
    return this;
  }

  /**
   * What is done if not all comparisons hold.
   *
   * @param operations are added by it
   * @return this
   */
  public Execution otherwise(Consumer<Case> operations) {
    operations.accept(otherwise);
    return this;
  }

  /**
   * Leaves the idempotency key out, with which the service keeps an answer of at most a mebibyte. Such an execution is not sent again where its
   * answer is lost.
   *
   * @return this
   */
  public Execution withoutIdempotencyKey() {
    keyed = false;
    return this;
  }

  /**
   * What the commit must survive before it is answered; {@link Durability#SYNCED} without it.
   *
   * @param durability of the commit
   * @return this
   */
  public Execution durability(Durability durability) {
    this.durability = durability;
    return this;
  }

  boolean isKeyed() {
    return keyed;
  }

  String durabilityWord() {
    return Durability.word(durability);
  }

  boolean isText() {
    return comparisons.stream().allMatch(comparison -> comparison.key.isText())
        && then.operations.areText()
        && otherwise.operations.areText();
  }

  byte[] written() {
    boolean text = isText();
    return Json.written(out -> {
      out.writeStartObject();
      out.writeName("compare");
      out.writeStartArray();
      comparisons.forEach(comparison -> write(out, comparison, text));
      out.writeEndArray();
      out.writeName("then");
      then.operations.write(out, text);
      out.writeName("else");
      otherwise.operations.write(out, text);
      out.writeEndObject();
    });
  }

  private static void write(JsonGenerator out, Comparison comparison, boolean text) {
    out.writeStartObject();
    Operations.writePlace(out, comparison.keyspace, comparison.key, text);
    if (comparison.value == null) {
      out.writeNumberProperty("version", comparison.version);
    } else {
      Operations.writeValue(out, comparison.value);
    }
    out.writeEndObject();
  }
}
