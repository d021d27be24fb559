package io.lightningdb.engine;

import io.lightningdb.engine.format.ExpiryTime;
import io.lightningdb.engine.format.Limits;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// When an entry that is written stops to be there. Immutable.
///
/// Moments count in milliseconds of wall-clock time. An entry that has expired is as deleted, for everybody at once:
/// reads, scans, conditions and transactions that begin later. A snapshot and a transaction go on seeing what had not
/// expired when they began.
public final class Expiry {
  private static final Instant LATEST = Instant.ofEpochMilli(ExpiryTime.MILLIS_MAX);
  private static final Instant EARLIEST = Instant.ofEpochMilli(ExpiryTime.MILLIS_MIN);
  private static final Duration TTL_MAX = Duration.ofMillis(Limits.TTL_MILLIS_MAX);

  private static final Expiry BY_DEFAULT = new Expiry(null, 0);
  private static final Expiry NEVER = new Expiry(null, ExpiryTime.NEVER);

  private final @Nullable Duration ttl;
  private final long millis;

  private Expiry(@Nullable Duration ttl, long millis) {
    this.ttl = ttl;
    this.millis = millis;
  }

  /// After the default time to live of the keyspace, if it has one.
  ///
  /// @return what applies where nothing else is said
  public static Expiry byDefault() {
    return BY_DEFAULT;
  }

  /// Never, whatever the keyspace says.
  ///
  /// @return no end
  public static Expiry never() {
    return NEVER;
  }

  /// Some time after the write is given to a keyspace, a batch or a transaction.
  ///
  /// @param ttl time to live, 1 ms to 100 years; what is less than a millisecond counts as a whole one
  /// @return a moment that is computed with the engine's clock
  /// @throws EngineException.LimitExceeded if it is not positive, or too long
  public static Expiry after(Duration ttl) {
    return new Expiry(checked(ttl), 0);
  }

  /// At a moment. If it has passed already the entry is written and never seen, which is as if the key were deleted:
  /// what was exported with its expiry can be imported later.
  ///
  /// @param moment after 1970-01-01T00:00Z, before the year 10000; what is less than a millisecond does not count
  /// @return the moment
  /// @throws EngineException.LimitExceeded if it is out of range
  public static Expiry at(Instant moment) {
    if (moment.isBefore(EARLIEST)) {
      throw new EngineException.LimitExceeded(
          "expires-at-millis-min", ExpiryTime.MILLIS_MIN, millis(moment));
    }
    if (moment.isAfter(LATEST)) {
      throw new EngineException.LimitExceeded(
          "expires-at-millis-max", ExpiryTime.MILLIS_MAX, millis(moment));
    }
    return new Expiry(null, moment.toEpochMilli());
  }

  /// At a moment, or never.
  ///
  /// @param moment as for [#at], or null for never
  /// @return the moment
  /// @throws EngineException.LimitExceeded if it is out of range
  public static Expiry atOrNever(@Nullable Instant moment) {
    return moment == null ? NEVER : at(moment);
  }

  private static long millis(Instant moment) {
    try {
      return moment.toEpochMilli();
    } catch (ArithmeticException _) {
      return moment.isBefore(EARLIEST) ? Long.MIN_VALUE : Long.MAX_VALUE;
    }
  }

  /// Checks a time to live, and rounds it up to whole milliseconds.
  static Duration checked(Duration ttl) {
    if (ttl.isNegative() || ttl.isZero()) {
      throw new EngineException.LimitExceeded("ttl-millis-min", 1, roundedUpMillis(ttl));
    }
    if (ttl.compareTo(TTL_MAX) > 0) {
      throw new EngineException.LimitExceeded(
          "ttl-millis-max", Limits.TTL_MILLIS_MAX, roundedUpMillis(ttl));
    }
    return Duration.ofMillis(roundedUpMillis(ttl));
  }

  private static long roundedUpMillis(Duration ttl) {
    try {
      long whole = ttl.toMillis();
      return ttl.toNanosPart() % 1_000_000 > 0 ? Math.addExact(whole, 1) : whole;
    } catch (ArithmeticException _) {
      return ttl.isNegative() ? Long.MIN_VALUE : Long.MAX_VALUE;
    }
  }

  /// The moment for a write that is made now.
  ///
  /// @param keyspace where
  /// @return when the entry expires, or null if it does not; to be given to [#atOrNever]
  public @Nullable Instant moment(Keyspace keyspace) {
    return instant(millis(keyspace));
  }

  /// The moment for a write that is made now, [ExpiryTime#NEVER] if there is none.
  long millis(Keyspace keyspace) {
    if (this == BY_DEFAULT) {
      Duration defaultTtl = keyspace.options().defaultTtl();
      return defaultTtl.isZero() ? ExpiryTime.NEVER : after(defaultTtl, keyspace);
    }
    return ttl == null ? millis : after(ttl, keyspace);
  }

  private static long after(Duration ttl, Keyspace keyspace) {
    long moment = keyspace.engine().millis() + ttl.toMillis();
    return Math.clamp(moment, ExpiryTime.MILLIS_MIN, ExpiryTime.MILLIS_MAX);
  }

  /// The moment as readers see it.
  static @Nullable Instant instant(long expiryMillis) {
    return expiryMillis == ExpiryTime.NEVER ? null : Instant.ofEpochMilli(expiryMillis);
  }
}
