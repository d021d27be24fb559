package io.lightningdb.client;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;

/** How a write is done. Immutable: each method answers another one. */
public final class WriteOptions {
  private static final WriteOptions DEFAULTS = new WriteOptions(null, null, null, null);

  private final Condition condition;
  private final String ttl;
  private final Instant expiresAt;
  private final Durability durability;

  private WriteOptions(Condition condition, String ttl, Instant expiresAt, Durability durability) {
    this.condition = condition;
    this.ttl = ttl;
    this.expiresAt = expiresAt;
    this.durability = durability;
  }

  /**
   * No condition, and end and durability as the keyspace has them.
   *
   * @return these options
   */
  public static WriteOptions defaults() {
    return DEFAULTS;
  }

  /**
   * The write happens only if a condition holds, else a {@link ConditionFailedException} is thrown.
   *
   * @param condition of the entry
   * @return options with it
   */
  public WriteOptions onlyIf(Condition condition) {
    return new WriteOptions(Objects.requireNonNull(condition), ttl, expiresAt, durability);
  }

  /**
   * The entry ends after a time.
   *
   * @param ttl from 1 ms; zero for no end, whatever the keyspace has for a default
   * @return options with it and without another end
   */
  public WriteOptions ttl(Duration ttl) {
    if (ttl.isNegative()) {
      throw new IllegalArgumentException("the time to live is " + ttl + ", not zero or more");
    }
    return new WriteOptions(condition, ttl.isZero() ? "none" : ttl.toString(), null, durability);
  }

  /**
   * The entry ends at a moment.
   *
   * @param moment of the end, in milliseconds; if it has passed the entry is written and never seen
   * @return options with it and without another end
   */
  public WriteOptions expiresAt(Instant moment) {
    return new WriteOptions(condition, null, Objects.requireNonNull(moment), durability);
  }

  /**
   * What the write must survive before it is answered.
   *
   * @param durability of the write
   * @return options with it
   */
  public WriteOptions durability(Durability durability) {
    return new WriteOptions(condition, ttl, expiresAt, Objects.requireNonNull(durability));
  }

  boolean hasCondition() {
    return condition != null;
  }

  Condition condition() {
    return condition;
  }

  String ttl() {
    return ttl;
  }

  String expiresAtText() {
    return expiresAt == null ? null : expiresAt.toString();
  }

  String durabilityWord() {
    return Durability.word(durability);
  }

  void requireNoEnd() {
    if (ttl != null || expiresAt != null) {
      throw new IllegalArgumentException("this operation takes no time to live");
    }
  }

  void requireNoDurability() {
    if (durability != null) {
      throw new IllegalArgumentException("durability is said of the commit, not of this operation");
    }
  }

  void applyTo(Call call) {
    call.header("Lightning-Ttl", ttl).header("Lightning-Expires-At", expiresAtText());
    if (condition != null) {
      condition.applyTo(call);
    }
  }
}
