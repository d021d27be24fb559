package io.lightningdb.client;

import java.util.Objects;

/** Which keys, in which direction. Immutable: each method answers another one. */
public final class Range {
  private static final Range ALL = new Range(null, null, null, false, 0);

  private final Key prefix;
  private final Key start;
  private final Key end;
  private final boolean reversed;
  private final long limit;

  private Range(Key prefix, Key start, Key end, boolean reversed, long limit) {
    this.prefix = prefix;
    this.start = start;
    this.end = end;
    this.reversed = reversed;
    this.limit = limit;
  }

  /**
   * All keys, from the first on.
   *
   * @return the range
   */
  public static Range all() {
    return ALL;
  }

  /**
   * The keys that start with a text.
   *
   * @param prefix what they start with
   * @return the range
   */
  public static Range prefix(String prefix) {
    return prefix(Key.of(prefix));
  }

  /**
   * The keys that start with bytes.
   *
   * @param prefix what they start with
   * @return the range
   */
  public static Range prefix(Key prefix) {
    return new Range(Objects.requireNonNull(prefix), null, null, false, 0);
  }

  /**
   * Leaves out the keys before a key.
   *
   * @param start the least key that is in it
   * @return the smaller range
   */
  public Range from(Key start) {
    return new Range(prefix, Objects.requireNonNull(start), end, reversed, limit);
  }

  /**
   * Leaves out the keys before a key.
   *
   * @param start the least key that is in it
   * @return the smaller range
   */
  public Range from(String start) {
    return from(Key.of(start));
  }

  /**
   * Leaves out a key and those behind it.
   *
   * @param end the least key behind it
   * @return the smaller range
   */
  public Range before(Key end) {
    return new Range(prefix, start, Objects.requireNonNull(end), reversed, limit);
  }

  /**
   * Leaves out a key and those behind it.
   *
   * @param end the least key behind it
   * @return the smaller range
   */
  public Range before(String end) {
    return before(Key.of(end));
  }

  /**
   * The same keys from the last one on. Counts and removals do not look at it.
   *
   * @return the range
   */
  public Range reversed() {
    return new Range(prefix, start, end, !reversed, limit);
  }

  /**
   * At most so many entries. Counts and removals refuse it.
   *
   * @param limit how many, from 1
   * @return the range
   */
  public Range limit(long limit) {
    if (limit < 1 || limit > Integer.MAX_VALUE) {
      throw new IllegalArgumentException("the limit is " + limit + ", not 1 to 2147483647");
    }
    return new Range(prefix, start, end, reversed, limit);
  }

  void requireNoLimit() {
    if (limit > 0) {
      throw new IllegalArgumentException("this call takes no limit");
    }
  }

  /** Bounds as text if all of them are, else as base64url. */
  void applyBoundsTo(Call call) {
    boolean text = isText(prefix) && isText(start) && isText(end);
    call.parameter("keyEncoding", text ? null : "base64url");
    call.parameter("prefix", written(prefix, text));
    call.parameter("start", written(start, text));
    call.parameter("end", written(end, text));
  }

  void applyTo(Call call) {
    applyBoundsTo(call);
    call.parameter("reverse", reversed ? "true" : null);
    call.parameter("limit", limit == 0 ? null : Long.toString(limit));
  }

  private static boolean isText(Key key) {
    return key == null || key.isText();
  }

  private static String written(Key key, boolean text) {
    return key == null ? null : text ? key.toString() : key.base64url();
  }
}
