package io.lightningdb.client;

import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * An entry. Immutable.
 *
 * @param key its key
 * @param value its value
 * @param version version of the commit that wrote it, which conditions take; 0 for one that the transaction itself wrote, or that was never
 *     stored
 * @param expiresAt when it ends, if it does
 */
public record Entry(Key key, Value value, long version, Optional<Instant> expiresAt) {
  /** None of these may be null. */
  public Entry {
    Objects.requireNonNull(key);
    Objects.requireNonNull(value);
    Objects.requireNonNull(expiresAt);
  }

  /**
   * An entry to be imported.
   *
   * @param key its key
   * @param value a {@link Value}, text, bytes, or anything that Jackson writes as JSON
   * @return the entry, which does not expire
   */
  public static Entry of(String key, Object value) {
    return new Entry(Key.of(key), Value.ofAny(value), 0, Optional.empty());
  }

  /**
   * Its value as JSON.
   *
   * @param <T> what it is read as
   * @param type what it is read as, such as a record
   * @return what Jackson makes of it
   * @throws tools.jackson.core.JacksonException if it is no JSON, or does not fit
   */
  public <T> T as(Class<T> type) {
    return value.as(type);
  }
}
